import type { Page } from '@playwright/test';
import { expect, OWNER, test, type Product } from './fixtures/product';

async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

/** The last Sunday of the next March, when clocks in Berlin leave 02:00 to 03:00 out. */
function nextSpring(): { day: number; year: number } {
  const now = new Date();
  const lastSunday = (year: number) => 31 - new Date(Date.UTC(year, 2, 31)).getUTCDay();
  const year = now < new Date(Date.UTC(now.getUTCFullYear(), 2, lastSunday(now.getUTCFullYear()))) ? now.getUTCFullYear() : now.getUTCFullYear() + 1;
  return { day: lastSunday(year), year };
}

test('a schedule over a clock change is drawn up, published, and listed with its next run', async ({ page, product }) => {
  const slug = 'spring';
  await product.api('POST', '/w/demo/pipelines', {
    slug,
    name: 'Spring report',
    spec: { schemaVersion: 1, tasks: [{ id: 'a', kind: 'sql', config: { sql: 'select 1 as a' } }], edges: [] },
  });
  await signedIn(page, product);
  await page.goto(`${product.url}/w/demo/pipelines/${slug}/edit`);
  await page.getByRole('tab', { name: /^Triggers/ }).click();
  await page.getByRole('button', { name: 'Schedule', exact: true }).click();

  // a cron that cannot be read says why, beside its times
  const times = page.getByRole('region', { name: 'Next times' });
  await page.getByLabel('Cron', { exact: true }).fill('0 25 * * *');
  await expect(page.getByText(/The cron expression "0 25 \* \* \*" cannot be read/).first()).toBeVisible();

  const { day, year } = nextSpring();
  await page.getByLabel('Cron', { exact: true }).fill(`30 2 ${day} 3 *`);
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await expect(times.getByRole('listitem')).toHaveCount(10);
  // 02:30 is not on the clocks that night: it fires when they have jumped
  await expect(times.getByRole('listitem').first()).toHaveText(new RegExp(`^Sun,? ${day} Mar ${year},? 03:00 GMT\\+2$`));
  await expect(times.getByText(/02:30 GMT/).first()).toBeVisible();
  await expect(times.getByText('At 02:30', { exact: false }).first()).toBeVisible();

  await expect(page.locator('[data-save=saved]')).toBeVisible();
  await expect.poll(async () => (await product.api<{ draft: { spec: { triggers: object[] } } }>('GET', `/w/demo/pipelines/${slug}`)).draft.spec.triggers).toEqual([
    { kind: 'schedule', cron: `30 2 ${day} 3 *`, zone: 'Europe/Berlin' },
  ]);
  await page.getByRole('button', { name: /^Publish/ }).click();
  await page.getByRole('button', { name: 'Publish version 1' }).click();
  await expect(page.getByText('Published version 1')).toBeVisible();

  await page.goto(`${product.url}/w/demo/schedules`);
  const row = page.getByRole('row', { name: /Spring report/ });
  await expect(row).toContainText(/At 02:30/);
  await expect(row).toContainText('Europe/Berlin');
  await expect(row).toContainText(new RegExp(`${day} Mar ${year} 01:00`));
  // a new schedule runs its latest interval once
  await expect(row.getByText('Succeeded')).toBeVisible({ timeout: 60_000 });
  await row.getByRole('switch').click();
  await expect(row).toContainText('paused');

  const { items } = await product.api<{ items: { interval: { start: string; end: string }; trigger: { kind: string } }[] }>('GET', `/w/demo/runs?pipeline=${slug}`);
  expect(items.map((run) => [run.trigger.kind, new Date(run.interval.end) < new Date()])).toEqual([['schedule', true]]);
});
