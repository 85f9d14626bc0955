import { expect, test, type Browser, type Page } from '@playwright/test';
import { newProduct, remove, type Product } from './fixtures/built-product';
import { readFlightsTruth, type Truth } from './fixtures/flights-truth';

const OWNER = { email: 'ada@example.test', name: 'Ada Lovelace', password: 'plain-copper-kettle-91' };
const VIEWER = { email: 'grace@example.test', name: 'Grace Hopper', password: 'seven-quiet-harbours-40' };

test.describe.configure({ mode: 'serial' });

let product: Product;
let page: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  product = await newProduct({}, { unattended: false });
  page = await newPage(browser);
});
test.afterAll(() => remove(product));

/** newPage opens a browser that nobody is signed in to. */
const newPage = async (browser: Browser) =>
  (await browser.newContext({ baseURL: product.url, permissions: ['clipboard-read', 'clipboard-write'] })).newPage();

/** signIn fills the form and presses its button; where that leads is for the caller to see. */
async function signIn(on: Page, email: string, password: string): Promise<void> {
  await on.goto('/sign-in');
  await on.getByLabel('E-mail').fill(email);
  await on.getByLabel('Password', { exact: true }).fill(password);
  await on.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** rowsOf reads the whole table that a task of a run gave. */
async function rowsOf(run: string, task: string): Promise<Record<string, unknown>[]> {
  const answer = await page.request.get(`/api/v1/w/demo/runs/${run}/tasks/${task}/output?limit=1000`);
  expect(answer.status()).toBe(200);
  const table = (await answer.json()) as { rows: Record<string, unknown>[]; rowCount: number };
  expect(table.rows).toHaveLength(table.rowCount);
  return table.rows;
}

/** expectTotals compares a table of the demo with the truth, row by row. */
function expectTotals(rows: Record<string, unknown>[], truth: Truth[], keyOf: (row: Record<string, unknown>) => string): void {
  expect(rows).toHaveLength(truth.length);
  const found = new Map(rows.map((row) => [keyOf(row), row]));
  for (const { key, flights, delay, late } of truth) {
    const row = found.get(key);
    expect(Number(row?.flights), `flights of ${key}`).toBe(flights);
    expect(Number(row?.avg_delay), `average delay of ${key}`).toBeCloseTo(delay / flights, 1.9);
    expect(Number(row?.late_share), `late share of ${key}`).toBeCloseTo(late / flights, 3.9);
  }
}

test('the first visit makes the owner and refuses a weak password with words', async () => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/setup$/);
  await page.getByLabel('E-mail').fill(OWNER.email);
  await page.getByLabel('Name').fill(OWNER.name);
  await page.getByLabel('Password', { exact: true }).fill('lovelace1');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByText(/Use at least 10 characters; this has 9/)).toBeVisible();
  await expect(page).toHaveURL(/\/setup$/);

  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: `Welcome, ${OWNER.name}` })).toBeVisible();
});

test('the demo is made, run from its page, and gives the totals of the file', async () => {
  test.setTimeout(180_000);
  await page.getByRole('button', { name: 'Start with the demo' }).click();
  await page.waitForURL(/\/w\/demo$/, { timeout: 60_000 });
  await page.getByRole('link', { name: 'Pipelines', exact: true }).first().click();
  await page.getByRole('link', { name: 'Flight delays', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: /Flight delays/ })).toBeVisible();
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  await page.waitForURL(/\/w\/demo\/runs\/[\w-]+/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Succeeded, all 8 tasks done', { timeout: 90_000 });

  const run = /runs\/([\w-]+)/.exec(page.url())?.[1] ?? '';
  const truth = await readFlightsTruth(15);
  const byAirport = await rowsOf(run, 'by_airport');
  expectTotals(byAirport, truth.byOrigin, (row) => String(row.origin));
  expectTotals(await rowsOf(run, 'by_hour'), truth.byHour, (row) => `${String(row.weekday)} ${String(row.hour)}`);
  expect(byAirport.reduce((sum, row) => sum + Number(row.flights), 0)).toBe(truth.flights);

  const busiest = truth.byOrigin.reduce((a, b) => (b.flights > a.flights ? b : a));
  await page.goto(`/w/demo/runs/${run}?task=by_airport&tab=output`);
  await expect(page.getByText(`${truth.byOrigin.length} rows, 7 columns`)).toBeVisible();
  const first = page.getByRole('region', { name: 'Rows of Delay by airport' }).locator('tbody tr').first();
  await expect(first.getByRole('cell').first()).toHaveText(busiest.key);
  const shown = await first.getByRole('cell').allTextContents();
  expect(shown.map((text) => text.replace(/[,\s]/g, ''))).toContain(String(busiest.flights));
});

test('the owner signs out, is refused with a wrong password, and signs in again', async () => {
  await page.goto('/w/demo');
  await page.getByRole('button', { name: `Account of ${OWNER.name}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL(/\/sign-in/);
  await page.goto('/w/demo');
  await expect(page).toHaveURL(/\/sign-in/);

  await signIn(page, OWNER.email, 'not-the-password-1');
  await expect(page.getByText(/E-mail and password do not belong together/)).toBeVisible();
  await signIn(page, OWNER.email, OWNER.password);
  await page.waitForURL(/\/w\/demo/);
});

test('a colleague joins by link as viewer, sees everything and runs nothing', async ({ browser }) => {
  await page.goto('/w/demo/settings/members');
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite a colleague' });
  await dialog.getByLabel('E-mail').fill(VIEWER.email);
  await dialog.getByLabel('Role').click();
  await page.getByRole('option', { name: /^Viewer/ }).click();
  await dialog.getByRole('button', { name: 'Make invitation link' }).click();
  const link = await page.locator('code', { hasText: '/invite/' }).innerText();

  const theirs = await newPage(browser);
  await theirs.goto(link);
  await expect(theirs.getByText('You join as viewer.')).toBeVisible();
  await theirs.getByLabel('Name').fill(VIEWER.name);
  await theirs.getByLabel('Password', { exact: true }).fill(VIEWER.password);
  await theirs.getByRole('button', { name: 'Join the workspace' }).click();
  await theirs.waitForURL(/\/w\/demo$/);

  await theirs.goto('/w/demo/pipelines/flight-delays');
  await expect(theirs.getByRole('heading', { level: 1, name: /Flight delays/ })).toBeVisible();
  await expect(theirs.getByRole('link', { name: 'Open canvas' })).toBeVisible();
  await expect(theirs.getByRole('button', { name: 'Run now' })).toHaveCount(0);
  const refused = await theirs.evaluate(async () => {
    const answer = await fetch('/api/v1/w/demo/pipelines/flight-delays/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    return { status: answer.status, problem: (await answer.json()) as { detail: string } };
  });
  expect(refused.status).toBe(403);
  expect(refused.problem.detail).toMatch(/viewer/);
  await theirs.context().close();

  await theirs.context().close();
  const again = await newPage(browser);
  await again.goto(link);
  await expect(again.getByRole('heading', { name: 'This invitation cannot be used' })).toBeVisible();
  await again.context().close();
});

test('a password is changed, and the old one no longer opens anything', async ({ browser }) => {
  const next = 'broad-violet-lantern-58';
  await page.goto('/account');
  await page.getByLabel('Current password').fill('not-the-password-1');
  await page.getByLabel('New password').fill(next);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('This is not your current password.')).toBeVisible();
  await page.getByLabel('Current password').fill(OWNER.password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Password changed')).toBeVisible();

  const other = await newPage(browser);
  await signIn(other, OWNER.email, OWNER.password);
  await expect(other.getByText(/E-mail and password do not belong together/)).toBeVisible();
  await signIn(other, OWNER.email, next);
  await other.waitForURL(/\/w\/demo/);
  await other.context().close();
});

test('an API token works until it is revoked', async () => {
  await page.goto('/w/demo/settings/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API token' });
  await dialog.getByLabel('Name').fill('nightly import');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  const token = await page.locator('code', { hasText: 'pst_' }).innerText();
  const call = () => fetch(`${product.url}/api/v1/w/demo/pipelines`, { headers: { authorization: `Bearer ${token}` } });
  const works = await call();
  expect(works.status).toBe(200);
  expect(((await works.json()) as { items: { slug: string }[] }).items.map((item) => item.slug)).toContain('flight-delays');

  await page.getByRole('button', { name: 'Revoke nightly import' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('No tokens yet')).toBeVisible();
  const refused = await call();
  expect(refused.status).toBe(401);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
});
