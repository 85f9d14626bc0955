import type { Page } from '@playwright/test';
import { expect, OWNER, test, type Product } from './fixtures/product';

async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

type Preview = { rows: { date: string }[] };

test('a month of the weather is backfilled by mouse and fills the calendar', async ({ page, product }) => {
  test.setTimeout(400_000);
  await signedIn(page, product);
  await page.goto(`${product.url}/w/demo/pipelines/seattle-weather`);
  await page.getByRole('link', { name: 'Backfill', exact: true }).click();
  await page.getByRole('button', { name: "To the schedule's start" }).click();

  // dragging over the days of March plans them
  const day = (key: string) => page.locator(`[data-day="${key}"]`);
  await expect(day('2012-03-31')).toHaveAttribute('data-state', 'none');
  await day('2012-03-01').hover();
  await page.mouse.down();
  await day('2012-03-14').hover();
  await day('2012-03-31').hover();
  await page.mouse.up();
  const plan = page.getByRole('table', { name: 'Plan of the backfill' });
  await expect(plan.locator('tr[data-action=create]')).toHaveCount(31);
  await page.getByRole('button', { name: 'Start backfill of 31 days' }).click();

  // the calendar fills by itself
  await expect(page.locator('[data-day^="2012-03"][data-state=succeeded]')).toHaveCount(31, { timeout: 300_000 });
  await expect(day('2012-02-29')).toHaveAttribute('data-state', 'none');
  const { items } = await product.api<{ items: { number: number }[] }>('GET', '/w/demo/datasets/seattle_days/versions?limit=1');
  const { rows } = await product.api<Preview>('GET', `/w/demo/datasets/seattle_days/versions/${items[0]!.number}/preview?limit=100`);
  const days = Array.from({ length: 31 }, (_, i) => `2012-03-${String(i + 1).padStart(2, '0')}`);
  expect(rows.map((row) => row.date.slice(0, 10)).sort()).toEqual(days);

  // by keyboard: the same days are left as they are, and all run again when asked
  await day('2012-03-30').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(plan.locator('tr[data-action=skip]')).toHaveCount(2);
  await page.getByRole('button', { name: 'Rerun all' }).click();
  await expect(plan.locator('tr[data-action=rerun]')).toHaveCount(2);

  await page.goto(`${product.url}/w/demo/backfills`);
  const row = page.getByRole('row', { name: /seattle-weather/ }).first();
  await expect(row).toContainText('31 of 31 done');
  await row.getByRole('link').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Backfill of Seattle weather report');
  await expect(page.getByRole('table', { name: 'Intervals of the backfill' }).getByText('Succeeded')).toHaveCount(31);

  // two more days at its end
  await page.getByRole('button', { name: 'Extend', exact: true }).click();
  const more = page.getByRole('dialog', { name: 'Extend this backfill' });
  await more.getByLabel('To').fill('2012-03-01');
  await more.getByRole('button', { name: 'Extend it' }).click();
  await expect(more.getByText(/has all these intervals already/)).toBeVisible();
  await more.getByLabel('To').fill('2012-04-02');
  await more.getByRole('button', { name: 'Extend it' }).click();
  await expect(more).toBeHidden();
  await expect(page.getByRole('table', { name: 'Intervals of the backfill' }).getByText('Succeeded')).toHaveCount(33, { timeout: 120_000 });
});

test('the command line plans and runs a range', async ({ product }) => {
  const dry = await product.command(['backfill', 'seattle-weather', '--from', '2013-07-01', '--to', '2013-07-03', '--dry-run', '--json', '-w', 'demo']);
  expect([dry.code, (JSON.parse(dry.stdout) as { items: { action: string }[] }).items.map((item) => item.action)]).toEqual([0, ['create', 'create', 'create']]);
  const done = await product.command(['backfill', 'seattle-weather', '--from', '2013-07-01', '--to', '2013-07-03', '--wait', '-w', 'demo']);
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('succeeded: 3 succeeded')]);
  expect((await product.command(['backfill', 'seattle-weather', '-w', 'demo'])).code).toBe(2);
  const backwards = await product.command(['backfill', 'seattle-weather', '--from', '2013-07-03', '--to', '2013-07-01', '-w', 'demo']);
  expect([backwards.code, backwards.stderr]).toEqual([1, expect.stringContaining('ends before it begins')]);
});
