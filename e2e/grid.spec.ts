import type { Page } from '@playwright/test';
import { expect, OWNER, test, type Product } from './fixtures/product';

async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

/** ran runs the pipeline once; a run with `bad` fails at its second task. */
async function ran(product: Product, bad: boolean): Promise<string> {
  const { id } = await product.api<{ id: string }>('POST', '/w/demo/pipelines/gridded/runs', { params: { bad } });
  await product.api('GET', `/w/demo/runs/${id}/wait?timeoutSeconds=60`);
  return id;
}

test('the grid shows what became of each task, run by run, and leads there; durations say which takes long', async ({ page, product }) => {
  const spec = {
    schemaVersion: 1,
    params: [{ name: 'bad', type: 'boolean', default: false }],
    tasks: [
      { id: 'quick', kind: 'shell', config: { command: 'true' } },
      { id: 'slow', kind: 'shell', config: { command: 'sleep 0.4; {{ params.bad }} && exit 3; exit 0' } },
    ],
    edges: [{ from: 'quick', to: 'slow' }],
  };
  await product.api('POST', '/w/demo/pipelines', { slug: 'gridded', name: 'Gridded' });
  await product.api('POST', '/w/demo/pipelines/gridded/publish', { spec });
  await ran(product, false);
  const failed = await ran(product, true);
  await signedIn(page, product);
  await page.goto(`${product.url}/w/demo/pipelines/gridded/grid`);

  const grid = page.getByRole('grid', { name: 'Runs by task' });
  const bars = grid.getByRole('row').first().getByRole('button');
  await expect(bars).toHaveCount(2);
  await expect(page.getByText('1 of the last 2 runs succeeded, slow failed once')).toBeVisible();

  // a further run becomes a column by itself
  await ran(product, false);
  await expect(bars).toHaveCount(3);

  // a bar chooses the run whose Gantt stands below; by keyboard a tile leads to the task in its run
  await bars.nth(1).click();
  await expect(page).toHaveURL(new RegExp(`run=${failed}`));
  await expect(bars.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/runs/${failed}\\?task=slow`));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Failed');

  await page.goto(`${product.url}/w/demo/pipelines/gridded/durations`);
  await expect(page.getByText(/^slow takes the longest, /)).toBeVisible();
  await page.getByRole('combobox', { name: 'Task' }).click();
  await page.getByRole('option', { name: 'quick' }).click();
  await expect(page.getByText(/^quick ran 3 times, too few to say what is usual$/)).toBeVisible();
  await expect(page).toHaveURL(/task=quick/);
});
