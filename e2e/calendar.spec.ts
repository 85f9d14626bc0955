import { expect, OWNER, test } from './fixtures/product';

test('a calendar of days off is stored, named by a schedule, and left out of its next times', async ({ page, product }) => {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);

  await page.goto(`${product.url}/w/demo/settings/calendars`);
  await page.getByRole('button', { name: 'New calendar' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('holidays');
  await dialog.getByLabel('Dates').fill('2031-02-30');
  await dialog.getByRole('button', { name: /Save|Store|Create|Add/ }).click();
  await expect(dialog.getByText('There is no such date.', { exact: false })).toBeVisible();
  await dialog.getByLabel('Dates').fill('2031-12-25\n2031-12-26');
  await dialog.getByRole('button', { name: /Save|Store|Create|Add/ }).click();
  const row = page.getByRole('row', { name: /holidays/ });
  await expect(row).toContainText('2 days');

  await product.api('POST', '/w/demo/pipelines', { slug: 'workdays', name: 'Workdays', spec: { schemaVersion: 1, tasks: [{ id: 'a', kind: 'empty' }], edges: [], triggers: [{ kind: 'schedule', cron: '0 6 20-28 12 *', start: '2031-12-22' }] } });
  await page.goto(`${product.url}/w/demo/pipelines/workdays/edit`);
  await page.getByRole('tab', { name: /^Triggers/ }).click();
  const times = page.getByRole('region', { name: 'Next times' }).getByRole('listitem');
  await expect(times.filter({ hasText: '25 Dec 2031' })).toHaveCount(1);
  await page.getByRole('combobox', { name: 'Not on the days of' }).fill('holidays');
  await expect(times.filter({ hasText: '25 Dec 2031' })).toHaveCount(0);
  await expect(times.filter({ hasText: '27 Dec 2031' })).toHaveCount(1);

  await expect(page.locator('[data-save=saved]')).toBeVisible();
  await page.getByRole('button', { name: /^Publish/ }).click();
  await page.getByRole('button', { name: 'Publish version 1' }).click();
  await expect(page.getByText('Published version 1')).toBeVisible();
  expect((await product.call('DELETE', '/w/demo/calendars/holidays')).status).toBe(409);
  await page.goto(`${product.url}/w/demo/settings/calendars`);
  await expect(row.getByRole('link', { name: 'workdays' })).toBeVisible();
});
