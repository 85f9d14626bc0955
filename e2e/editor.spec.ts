import { createServer, type AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { newProduct, OWNER, remove, type Product } from './fixtures/built-product';
import { expect, test } from './fixtures/product';

/** signedIn opens the product as its owner. */
async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

/** openDraft makes a new pipeline in the demo workspace and opens its editor. */
async function openDraft(page: Page, product: Product, slug: string): Promise<void> {
  await product.api('POST', '/w/demo/pipelines', { slug, name: slug });
  await page.goto(`${product.url}/w/demo/pipelines/${slug}/edit`);
  await expect(page.getByRole('application', { name: 'Pipeline canvas' })).toBeVisible();
}

type Draft = { draft: { spec: { tasks: { id: string; kind: string; config: Record<string, unknown> }[]; edges: { from: string; to: string }[] } } };
const draftOf = async (product: Product, slug: string) => (await product.api<Draft>('GET', `/w/demo/pipelines/${slug}`)).draft.spec;

/** runsFromHere starts the published version from the editor's own dialog and waits until its page says that it succeeded. */
async function runsFromHere(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  await page.waitForURL(/\/runs\/[\w-]+/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Succeeded', { timeout: 60_000 });
}

/** What the console said that it should not: errors, refused scripts, a page that differs from what the server sent. */
let complaints: string[] = [];
test.beforeEach(({ page }) => {
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || /hydrat|Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
});

test('a pipeline is drawn with the mouse, tried, published and run', async ({ page, product }) => {
  await signedIn(page, product);
  await openDraft(page, product, 'by-mouse');
  const pane = page.locator('.react-flow__pane');

  await page.locator('[data-kind=source]').dragTo(pane, { targetPosition: { x: 400, y: 120 } });
  await page.getByLabel('File', { exact: true }).fill('demo/airports.csv');
  await page.locator('[data-kind=sql]').dragTo(pane, { targetPosition: { x: 400, y: 320 } });

  // an edge from port to port
  const port = (id: string, side: string) => page.locator(`.react-flow__node[data-id=${id}] .cv-port.${side}`);
  await port('source', 'source').dragTo(port('sql', 'target'));
  await expect(page.locator('.react-flow__edge[data-id="source→sql"]')).toHaveCount(1);

  // a circle is refused with a reason
  await port('sql', 'source').dragTo(port('source', 'target'));
  await expect(page.getByText('Not connected')).toBeVisible();

  // a query, the rows it gives, and the time that trying it again takes
  await page.locator('.react-flow__node[data-id=sql]').click();
  const code = page.getByRole('textbox', { name: /^SQL/ });
  await code.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('select state, count(*) as airports from source group by 1 order by 2 desc');
  await page.getByRole('button', { name: /^Try this node/ }).click();
  const rows = page.getByRole('region', { name: 'First rows of sql' });
  await expect(rows.getByRole('cell', { name: 'AK' })).toBeVisible({ timeout: 60_000 });
  await expect(rows.getByRole('columnheader', { name: /airports bigint .*no nulls/ })).toBeVisible();
  await expect(page.getByText(/^sql · .* columns · .* s/)).toBeVisible();
  // how long the second try took is written down; nothing fails by a clock
  await page.getByRole('button', { name: /^Try this node/ }).click();
  const again = page.getByText(/1 earlier result reused/);
  await expect(again).toBeVisible();
  test.info().annotations.push({ type: 'tried again', description: (await again.textContent()) ?? '' });

  // a column that is not there is a problem beside its field
  await code.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type(', no_such_column');
  await expect(page.getByRole('complementary', { name: 'Inspector' }).getByText(/no_such_column/).last()).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(page.locator('[data-save=saved]')).toHaveText(/Saved \d\d:\d\d/);

  await page.getByRole('button', { name: /^Publish/ }).click();
  await page.getByRole('button', { name: 'Publish version 1' }).click();
  await expect(page.getByText('Published version 1')).toBeVisible();
  await page.getByRole('button', { name: 'Run now' }).click();
  await runsFromHere(page);
  expect(complaints).toEqual([]);
});

test('the same pipeline is drawn by keyboard alone', async ({ page, product }) => {
  await signedIn(page, product);
  await openDraft(page, product, 'by-keys');
  await page.getByRole('application', { name: 'Pipeline canvas' }).focus();

  await page.keyboard.press('Tab');
  await page.keyboard.type('source');
  await page.keyboard.press('Enter');
  await expect(page.locator('.react-flow__node')).toHaveCount(1);
  await page.keyboard.press('F2');
  await page.keyboard.type('Airports');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('query');
  await page.keyboard.press('Enter');
  await expect(page.locator('.react-flow__edge[data-id="airports→sql"]')).toHaveCount(1);

  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByLabel('File', { exact: true }).focus();
  await page.keyboard.type('demo/airports.csv');
  await expect(page.locator('[data-save=saved]')).toBeVisible();
  await expect.poll(async () => (await draftOf(product, 'by-keys')).tasks[0]?.config.path).toBe('demo/airports.csv');

  // a third node, connected by the list, deleted, and back by undo
  await page.getByRole('application', { name: 'Pipeline canvas' }).focus();
  await page.keyboard.press('Escape');
  await page.getByRole('application', { name: 'Pipeline canvas' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.type('empty');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Delete');
  await expect(page.locator('.react-flow__node')).toHaveCount(2);
  await page.keyboard.press('Control+z');
  await expect(page.locator('.react-flow__node')).toHaveCount(3);
  await expect.poll(async () => (await draftOf(product, 'by-keys')).tasks.length).toBe(3);

  await page.getByRole('button', { name: /^Publish/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Publish version 1' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Published version 1')).toBeVisible();
  await page.getByRole('button', { name: 'More' }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Run version 1' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Run now' })).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/runs\/[\w-]+/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Succeeded', { timeout: 60_000 });
  expect(complaints).toEqual([]);
});

test('a draft that was saved elsewhere meanwhile is shown with both versions', async ({ page, product }) => {
  await signedIn(page, product);
  await openDraft(page, product, 'twice');
  await page.locator('[data-kind=empty]').click();
  await expect(page.locator('[data-save=saved]')).toBeVisible();
  await expect.poll(async () => (await draftOf(product, 'twice')).tasks.length).toBe(1);

  // The page must not hear of the other save before its own: hold its live events back.
  await page.route('**/live', (route) => route.abort());
  await page.reload();
  const { draft } = await product.api<{ draft: { revision: number; spec: object } }>('GET', '/w/demo/pipelines/twice');
  await product.api('PUT', '/w/demo/pipelines/twice/draft', { baseRevision: draft.revision, spec: { tasks: [{ id: 'theirs', kind: 'empty', config: {} }] } });
  await page.locator('[data-kind=sql]').click();
  const dialog = page.getByRole('dialog', { name: 'This draft was changed elsewhere' });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByText('theirs', { exact: true })).toBeVisible();
  await dialog.getByRole('button', { name: 'Keep mine' }).click();
  await expect(page.locator('[data-save=saved]')).toBeVisible();
  expect((await draftOf(product, 'twice')).tasks.map((task) => task.kind).sort()).toEqual(['empty', 'sql']);
});

/** freePort is a port that the product keeps across its restarts, so that an open page finds it again. */
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

test('a killed product loses nothing of a draft', async ({ page }) => {
  test.setTimeout(240_000);
  const own = await newProduct({ PENSTOCK_DEMO: '1', PORT: String(await freePort()) });
  try {
    await signedIn(page, own);
    await openDraft(page, own, 'whole');
    await page.locator('[data-kind=source]').click();
    await expect.poll(async () => (await draftOf(own, 'whole')).tasks.length).toBe(1);

    // Killed while somebody edits: the tab keeps what was not acknowledged and sends it when the product is back.
    process.kill(await own.childPid('web'), 'SIGKILL');
    await own.kill();
    await page.locator('[data-kind=sql]').click();
    await expect(page.locator('[data-save=offline]')).toBeVisible();
    await own.start();
    await expect(page.locator('[data-save=saved]')).toBeVisible({ timeout: 60_000 });
    expect((await draftOf(own, 'whole')).tasks.map((task) => task.kind)).toEqual(['source', 'sql']);
    await page.reload();
    await expect(page.locator('.react-flow__node')).toHaveCount(2);

    // Killed, and the page is loaded anew: what was acknowledged is in the database, the rest comes back with the tab.
    process.kill(await own.childPid('web'), 'SIGKILL');
    await own.kill();
    await page.locator('[data-kind=check]').click();
    await expect(page.locator('[data-save=offline]')).toBeVisible();
    await own.start();
    page.once('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await expect(page.locator('.react-flow__node')).toHaveCount(3);
    await expect.poll(async () => (await draftOf(own, 'whole')).tasks.length).toBe(3);
  } finally {
    await remove(own);
  }
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the outline shows the pipeline, opens forms and connects by touch', async ({ page, product }) => {
    await signedIn(page, product);
    const spec = { tasks: [{ id: 'first', kind: 'empty', config: {} }, { id: 'second', kind: 'empty', config: {} }], edges: [] };
    await product.api('POST', '/w/demo/pipelines', { slug: 'by-touch', name: 'by-touch', spec });
    await page.goto(`${product.url}/w/demo/pipelines/by-touch/edit`);
    const row = (name: string) => page.getByRole('treeitem', { name: new RegExp(`^${name}`) });
    await expect(row('second')).toBeVisible();
    await row('first').tap();
    const sheet = page.getByRole('dialog', { name: 'first' });
    await sheet.getByRole('button', { name: 'More' }).tap();
    await page.getByRole('menuitem', { name: /Connect to/ }).tap();
    await page.getByRole('dialog', { name: 'Connect first to' }).getByRole('option', { name: /second/ }).tap();
    await expect.poll(async () => (await draftOf(product, 'by-touch')).edges).toEqual([{ from: 'first', to: 'second' }]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
  });
});
