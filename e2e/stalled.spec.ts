import type { Page } from '@playwright/test';
import { expect, OWNER, test, type Product } from './fixtures/product';

async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

const QUIET = /^No CPU, output or progress for \d+ s: stalled\.$/;

test('a task that falls silent is seen as stalled while it runs, and the policy is a field of its run settings', async ({ page, product }) => {
  await signedIn(page, product);
  await product.api('POST', '/w/demo/pipelines', { slug: 'silent', name: 'silent' });
  await product.api('POST', '/w/demo/pipelines/silent/publish', {
    message: 'first',
    spec: {
      schemaVersion: 1,
      tasks: [
        { id: 'load', kind: 'shell', config: { command: 'echo begins; sleep 600' }, stalled: { afterSeconds: 3 } },
        { id: 'after', kind: 'empty', config: {} },
      ],
      edges: [{ from: 'load', to: 'after', data: false }],
    },
  });
  const { id } = await product.api<{ id: string }>('POST', '/w/demo/pipelines/silent/runs', {});
  await page.goto(`${product.url}/w/demo/runs/${id}?task=load`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Running load, 0 of 2 done, load stalled', { timeout: 30_000 });

  const why = page.getByRole('complementary', { name: 'Why' });
  await expect(why.getByText(QUIET)).toBeVisible();
  await expect(why).toContainText('It is left running.');
  const graph = page.getByRole('group', { name: 'Graph of the run' });
  await expect(graph.locator('.cv-under[data-stalled]')).toHaveText('Stalled');
  await page.getByRole('tab', { name: 'Events' }).click();
  await expect(page.getByRole('button', { name: /^load: No CPU, output or progress for \d+ s: stalled\.$/ })).toHaveCount(1);
  await page.getByRole('tab', { name: 'Details' }).click();
  await expect(page.getByText('Usually takes')).toBeVisible();
  await page.getByRole('radio', { name: 'Gantt' }).or(page.getByRole('button', { name: 'Gantt' })).first().click();
  await expect(page.getByRole('button', { name: /^load, running, stalled, / })).toBeVisible();
  const run = await product.api<{ tasks: { taskId: string; pace: { state: string; text: string } | null }[] }>('GET', `/w/demo/runs/${id}`);
  expect(run.tasks.map((task) => [task.taskId, task.pace?.state ?? null])).toEqual([['load', 'stalled'], ['after', null]]);
  expect(run.tasks[0]?.pace?.text).toMatch(QUIET);
  await product.api('POST', `/w/demo/runs/${id}/cancel`, {});
  await product.api('GET', `/w/demo/runs/${id}/wait?timeoutSeconds=60`);

  await page.goto(`${product.url}/w/demo/pipelines/silent/edit`);
  await page.locator('.react-flow__node', { hasText: 'echo begins' }).click();
  await page.getByRole('tab', { name: 'Run settings' }).click({ timeout: 30_000 });
  await expect(page.getByRole('textbox', { name: 'Stalled after' })).toHaveValue('3');
  await page.getByRole('combobox', { name: 'Then', exact: true }).click({ timeout: 30_000 });
  await page.getByRole('option', { name: 'End and retry' }).click();
  await expect(page.getByText(/it has no retries: a stall fails it/).first()).toBeVisible();
});
