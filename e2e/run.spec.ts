import type { Page } from '@playwright/test';
import { expect, OWNER, test, type Product } from './fixtures/product';

/** signedIn opens the product as its owner. */
async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page
    .getByLabel(/password/i)
    .first()
    .fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

const TASKS = [
  {
    id: 'numbers',
    kind: 'sql',
    name: 'numbers',
    config: {
      sql: "select i as id, 'row ' || i as name, (i * 7 % 13)::double as size from range(5000) t(i)",
    },
  },
  {
    id: 'talk',
    kind: 'shell',
    name: 'talk',
    config: {
      command:
        'for i in $(seq 1 20000); do echo "line $i of the talk <b>"; done; printf "\\033[31mERROR\\033[0m needle\\n"; sleep 2; echo last word',
    },
  },
  {
    id: 'broken',
    kind: 'sql',
    name: 'broken',
    config: { sql: 'select cast(name as double) as number from numbers' },
  },
  { id: 'after', kind: 'sql', name: 'after', config: { sql: 'select * from broken' } },
];
const EDGES = [
  { from: 'numbers', to: 'broken' },
  { from: 'talk', to: 'broken' },
  { from: 'broken', to: 'after' },
];

/** started publishes the pipeline and starts it. */
async function started(product: Product, slug: string): Promise<string> {
  await product.api('POST', '/w/demo/pipelines', { slug, name: slug });
  await product.api('POST', `/w/demo/pipelines/${slug}/publish`, {
    message: 'first',
    spec: { schemaVersion: 1, tasks: TASKS, edges: EDGES },
  });
  return (await product.api<{ id: string }>('POST', `/w/demo/pipelines/${slug}/runs`, {})).id;
}

const ended = (product: Product, id: string) =>
  product.api<{ state: string }>('GET', `/w/demo/runs/${id}/wait?timeoutSeconds=60`);

test('a run is watched live and its whole log is searched', async ({ page, product }) => {
  await signedIn(page, product);
  const id = await started(product, 'watched');
  await page.goto(`${product.url}/w/demo/runs/${id}?task=talk`);
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('Failed in broken, 1 task not run', { timeout: 60_000 });

  const log = page.getByRole('region', { name: /^Log of talk/ });
  await expect(page.getByText(/^20,\d{3} lines$/)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search the whole log' }).fill('line 12345 of');
  await expect(page.getByText('1 match', { exact: true })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(log.locator('mark')).toHaveText('line 12345 of');
  await expect(log.getByText('of the talk <b>').first()).toBeVisible();
  expect(await log.locator('[data-line]').count()).toBeLessThan(120);

  await page.getByRole('button', { name: 'First error' }).click();
  await expect(log.getByText('ERROR')).toBeVisible();
  await log
    .getByRole('link', { name: /Link to line 20/ })
    .last()
    .click();
  await expect(page).toHaveURL(/#L20\d+$/);
});

test('the table that a task gave is sorted, profiled and downloaded', async ({ page, product }) => {
  await signedIn(page, product);
  const id = await started(product, 'tabled');
  await ended(product, id);
  await page.goto(`${product.url}/w/demo/runs/${id}?task=numbers&tab=output`);
  await expect(page.getByText('5,000 rows, 3 columns')).toBeVisible();
  const table = page.getByRole('region', { name: 'Rows of numbers' });
  await table.getByRole('button', { name: 'id' }).click();
  await table.getByRole('button', { name: 'id' }).click();
  await expect(table.getByRole('cell', { name: '4999', exact: true })).toBeVisible();
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  expect((await saved).suggestedFilename()).toBe('numbers.csv');
  const refused = await product.call('GET', `/w/demo/runs/${id}/tasks/after/output`);
  expect(refused.status).toBe(404);
});

test('a failed task is explained, marked with a reason, and the run goes on', async ({ page, product }) => {
  await signedIn(page, product);
  const id = await started(product, 'marked');
  await ended(product, id);
  await page.goto(`${product.url}/w/demo/runs/${id}`);
  const why = page.getByRole('complementary', { name: 'Why' });
  await expect(why).toContainText('row 0');

  await page.getByRole('button', { name: 'Rerun from failed' }).click();
  const plan = page.getByRole('dialog', { name: 'Rerun from failed' });
  await expect(plan).toContainText('Runs 2 tasks again and keeps 2 results.');
  await plan.getByRole('button', { name: 'Run 2 tasks' }).click();
  await expect(page.getByRole('button', { name: 'Try 2', exact: true }).first()).toBeVisible({
    timeout: 30_000,
  });
  await ended(product, id);

  await why.getByRole('button', { name: 'Mark with a reason' }).click();
  const mark = page.getByRole('dialog', { name: 'Mark broken' });
  await mark.getByRole('button', { name: 'skipped' }).click();
  await mark.getByRole('button', { name: 'Mark skipped' }).click();
  await expect(mark).toContainText('Say why, so that others can follow it.');
  await mark.getByLabel('Reason').fill('looked at by hand');
  await mark.getByRole('button', { name: 'Mark skipped' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Succeeded', { timeout: 30_000 });
  await page.getByRole('tab', { name: 'Events' }).click();
  await expect(page.getByText(/marked broken skipped: looked at by hand/)).toBeVisible();
});
