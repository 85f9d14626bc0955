import { expect, test, type Page } from '@playwright/test';
import { newProduct, OWNER, remove, type Product } from './fixtures/built-product';

type Task = { taskId: string; state: string; attempt: number };
type Run = { id: string; state: string; tasks: Task[] };
type Attempt = { number: number; state: string };
type Draft = { draft: { revision: number; spec: { tasks: { id: string; kind: string; config: Record<string, unknown> }[] } } };

/** Several tasks beside a slow one that user code does, two datasets, and a task that waits for all of them. */
const SPEC = {
  schemaVersion: 1,
  tasks: [
    { id: 'numbers', kind: 'sql', config: { sql: 'select i from range(1000) t(i)' }, writes: { dataset: 'numbers', mode: 'append' } },
    { id: 'slow', kind: 'shell', config: { command: 'sleep 6; printf "part,rows\\nslow,7\\n" > "$PENSTOCK_OUTPUT"' } },
    { id: 'evens', kind: 'sql', config: { sql: 'select i from numbers where i % 2 = 0' } },
    { id: 'odds', kind: 'sql', config: { sql: 'select i from numbers where i % 2 = 1' } },
    { id: 'check_evens', kind: 'check', config: { checks: [{ type: 'row_count', min: 500, max: 500, severity: 'block' }] } },
    {
      id: 'sum',
      kind: 'sql',
      config: { sql: 'select (select count(*) from evens) + (select count(*) from odds) + (select sum(rows) from slow) as total' },
      writes: { dataset: 'sums', mode: 'append' },
    },
  ],
  edges: [
    { from: 'numbers', to: 'evens' },
    { from: 'numbers', to: 'odds' },
    { from: 'evens', to: 'check_evens' },
    { from: 'check_evens', to: 'sum' },
    { from: 'odds', to: 'sum' },
    { from: 'slow', to: 'sum' },
  ],
};

let product: Product;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  product = await newProduct({ PENSTOCK_LEASE_SECONDS: '3' });
});
test.afterAll(() => remove(product));

const runOf = (id: string) => product.api<Run>('GET', `/w/main/runs/${id}`);
const stateOf = async (id: string, task: string) => (await runOf(id)).tasks.find((t) => t.taskId === task)?.state;

/** startSlow publishes the pipeline under a slug and starts it; resolves once the slow task runs and others are done. */
async function startSlow(slug: string): Promise<string> {
  const spec = JSON.parse(JSON.stringify(SPEC).replace(/"dataset":"/g, `"dataset":"${slug.replaceAll('-', '_')}_`)) as typeof SPEC;
  await product.api('POST', '/w/main/pipelines', { slug, name: slug });
  await product.api('POST', `/w/main/pipelines/${slug}/publish`, { spec });
  const { id } = await product.api<Run>('POST', `/w/main/pipelines/${slug}/runs`, {});
  await expect.poll(() => stateOf(id, 'slow')).toBe('running');
  await expect.poll(() => stateOf(id, 'numbers')).toBe('succeeded');
  return id;
}

/** expectOnce proves that the run ended well with one success a task and one version a dataset, however often it was tried. */
async function expectOnce(slug: string, id: string): Promise<Map<string, Attempt[]>> {
  await expect.poll(async () => (await runOf(id)).state, { timeout: 60_000 }).toBe('succeeded');
  const attempts = new Map<string, Attempt[]>();
  for (const { id: task } of SPEC.tasks) {
    const { items } = await product.api<{ items: Attempt[] }>('GET', `/w/main/runs/${id}/tasks/${task}/attempts`);
    attempts.set(task, items);
    expect(items.filter((a) => a.state === 'succeeded'), `successes of ${task}`).toHaveLength(1);
    expect(items.at(-1)?.state, `last attempt of ${task}`).toBe('succeeded');
    expect(items.every((a) => a.state === 'succeeded' || a.state === 'lost'), `attempts of ${task}`).toBe(true);
  }
  for (const name of ['numbers', 'sums']) {
    const dataset = `${slug.replaceAll('-', '_')}_${name}`;
    const versions = await product.api<{ items: { state: string }[] }>('GET', `/w/main/datasets/${dataset}/versions`);
    expect(versions.items.map((v) => v.state), `versions of ${dataset}`).toEqual(['good']);
  }
  const sum = await product.api<{ rows: { total: number | string }[] }>('GET', `/w/main/runs/${id}/tasks/sum/output`);
  expect(sum.rows.map((row) => Number(row.total))).toEqual([1007]);
  const audit = await product.api<{ items: { verb: string; targetId: string }[] }>('GET', '/w/main/audit?limit=200');
  expect(audit.items.filter((row) => row.targetId === id && /create|start/.test(row.verb))).toHaveLength(1);
  return attempts;
}

/** openEditor signs in and opens the draft of a new pipeline. */
async function openEditor(page: Page, slug: string): Promise<void> {
  await product.api('POST', '/w/main/pipelines', { slug, name: slug });
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel('E-mail').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\/main/);
  await page.goto(`${product.url}/w/main/pipelines/${slug}/edit`);
  await expect(page.getByRole('application', { name: 'Pipeline canvas' })).toBeVisible();
}

const draftOf = async (slug: string) => (await product.api<Draft>('GET', `/w/main/pipelines/${slug}`)).draft;
const kindsOf = async (slug: string) => (await draftOf(slug)).spec.tasks.map((task) => task.kind).sort();

test('a draft is whole after the web process is killed mid-edit', async ({ page }) => {
  await openEditor(page, 'edited');
  await page.locator('[data-kind=source]').click();
  await page.getByLabel('File', { exact: true }).fill('somewhere/kept.csv');
  await expect(page.locator('[data-save=saved]')).toBeVisible();
  await expect.poll(async () => (await draftOf('edited')).spec.tasks[0]?.config.path).toBe('somewhere/kept.csv');

  const web = await product.childPid('web');
  process.kill(web, 'SIGKILL');
  await page.locator('[data-kind=sql]').click();
  await expect(page.locator('.react-flow__node')).toHaveCount(2);
  await expect(page.locator('[data-save=saved]')).toBeVisible({ timeout: 45_000 });
  await expect.poll(() => kindsOf('edited')).toEqual(['source', 'sql']);
  expect(await product.childPid('web')).not.toBe(web);
  await page.reload();
  await expect(page.locator('.react-flow__node')).toHaveCount(2);
  expect((await draftOf('edited')).spec.tasks[0]?.config.path).toBe('somewhere/kept.csv');
});

test('a run whose worker is killed goes on, and nothing is recorded twice', async () => {
  const id = await startSlow('worker-killed');
  const worker = await product.childPid('worker');
  process.kill(worker, 'SIGKILL');
  const attempts = await expectOnce('worker-killed', id);
  expect(attempts.get('slow')?.map((a) => a.state)).toEqual(['lost', 'succeeded']);
  expect(attempts.get('numbers')).toHaveLength(1);
  expect(await product.childPid('worker')).not.toBe(worker);
});

test('a run and a draft outlive a kill of the whole product', async ({ page }) => {
  await openEditor(page, 'all-killed-draft');
  await page.locator('[data-kind=sql]').click();
  await expect.poll(() => kindsOf('all-killed-draft')).toEqual(['sql']);
  const before = await draftOf('all-killed-draft');
  const id = await startSlow('all-killed');
  await product.kill();
  await product.start();
  const attempts = await expectOnce('all-killed', id);
  expect(attempts.get('slow')?.at(0)?.state).toBe('lost');
  expect(attempts.get('numbers')).toHaveLength(1);
  expect(await draftOf('all-killed-draft')).toEqual(before);
});
