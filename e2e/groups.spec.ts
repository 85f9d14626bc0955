import type { Page } from '@playwright/test';
import { expect, OWNER, test, type Product } from './fixtures/product';

async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

type Draft = { draft: { spec: { tasks: { id: string; group?: string }[]; layout: { groups?: Record<string, { folded?: boolean }> } } } };

test('nodes become a group that folds to one node, on the canvas and on the page of a run, by mouse and by keyboard', async ({ page, product }) => {
  const spec = {
    schemaVersion: 1,
    tasks: ['first', 'left', 'right', 'last'].map((id) => ({ id, kind: 'empty', config: {} })),
    edges: [['first', 'left'], ['first', 'right'], ['left', 'last'], ['right', 'last']].map(([from, to]) => ({ from, to })),
  };
  await product.api('POST', '/w/demo/pipelines', { slug: 'grouped', name: 'Grouped', spec });
  const draft = async () => (await product.api<Draft>('GET', '/w/demo/pipelines/grouped')).draft.spec;
  await signedIn(page, product);
  await page.goto(`${product.url}/w/demo/pipelines/grouped/edit`);
  const canvas = page.getByRole('application', { name: 'Pipeline canvas' });
  const nodes = page.locator('.react-flow__node');
  const edges = page.locator('.react-flow__edge');
  const node = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
  await expect(nodes).toHaveCount(4);

  // by mouse: choose, group, name, fold
  await node('left').click();
  await node('right').click({ modifiers: ['Control'] });
  await page.getByRole('button', { name: /^Group these nodes/ }).click();
  const name = page.getByLabel('Group', { exact: true });
  await expect(name).toHaveValue('Group 1');
  await name.fill('Middle');
  await name.press('Enter');
  await expect(page.getByRole('group', { name: 'Group Middle' })).toBeVisible();
  await page.getByRole('button', { name: 'Fold Middle' }).click();
  await expect(nodes).toHaveCount(3);
  await expect(edges).toHaveCount(2);
  await expect(node('group:Middle')).toContainText('2 nodes');
  await expect.poll(async () => (await draft()).layout.groups?.Middle?.folded).toBe(true);
  expect((await draft()).tasks.map((task) => task.group)).toEqual([undefined, 'Middle', 'Middle', undefined]);

  // one step back and forth again
  await canvas.focus();
  await page.keyboard.press('Control+z');
  await expect(nodes).toHaveCount(4);
  await page.keyboard.press('Control+Shift+z');
  await expect(nodes).toHaveCount(3);

  // moved, the group takes its nodes along
  const at = (await node('group:Middle').boundingBox())!;
  await page.mouse.move(at.x + 60, at.y + 20);
  await page.mouse.down();
  await page.mouse.move(at.x + 140, at.y + 60, { steps: 5 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Unfold Middle' }).click();
  await expect(nodes).toHaveCount(4);
  expect((await node('left').boundingBox())!.y).toBeGreaterThan((await node('first').boundingBox())!.y + 90);
  await page.getByRole('button', { name: 'Fold Middle' }).click();

  // the run draws it folded, with the state that stands for its tasks; its button is for the keyboard as well
  await expect(page.locator('[data-save=saved]')).toBeVisible();
  await product.api('POST', '/w/demo/pipelines/grouped/publish', {});
  const { id } = await product.api<{ id: string }>('POST', '/w/demo/pipelines/grouped/runs', {});
  await product.api('GET', `/w/demo/runs/${id}/wait?timeoutSeconds=60`);
  await page.goto(`${product.url}/w/demo/runs/${id}`);
  await expect(nodes).toHaveCount(3);
  await expect(node('group:Middle')).toContainText('2 of 2 nodes');
  await page.getByRole('button', { name: 'Unfold Middle' }).focus();
  await page.keyboard.press('Enter');
  await expect(nodes).toHaveCount(4);
  await page.getByRole('button', { name: 'Fold Middle' }).focus();
  await page.keyboard.press('Enter');
  await expect(nodes).toHaveCount(3);

  // in the editor by keyboard alone: walk to it, unfold it, take it apart
  await page.goto(`${product.url}/w/demo/pipelines/grouped/edit`);
  await canvas.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByText('2 nodes selected.', { exact: false })).toBeVisible();
  await page.keyboard.press('f');
  await expect(nodes).toHaveCount(4);
  await page.keyboard.press('Shift+G');
  await expect(page.getByRole('group', { name: 'Group Middle' })).toHaveCount(0);
  await expect.poll(async () => (await draft()).tasks.some((task) => task.group !== undefined)).toBe(false);
});
