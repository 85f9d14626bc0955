import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { newProduct, OWNER, remove, type Product } from './fixtures/built-product';
import { expect, test } from './fixtures/product';

const W = '/w/demo';

/** The pages of a workspace; `{run}`, `{failed}`, `{backfill}` and `{rollout}` stand for what the test has made. */
const PAGES: Record<string, string> = {
  home: W,
  pipelines: `${W}/pipelines`,
  overview: `${W}/pipelines/flight-delays`,
  'runs of a pipeline': `${W}/pipelines/flight-delays/runs`,
  versions: `${W}/pipelines/flight-delays/versions`,
  'settings of a pipeline': `${W}/pipelines/flight-delays/settings`,
  editor: `${W}/pipelines/flight-delays/edit`,
  runs: `${W}/runs`,
  run: `${W}/runs/{run}`,
  'output of a run': `${W}/runs/{run}?task=by_hour&tab=output`,
  'details of a run': `${W}/runs/{run}?task=by_hour&tab=details`,
  'failed run': `${W}/runs/{failed}`,
  'Gantt of a run': `${W}/runs/{run}?view=gantt`,
  schedules: `${W}/schedules`,
  backfills: `${W}/backfills`,
  'new backfill': `${W}/pipelines/seattle-weather/backfill?from=2012-03-01&to=2012-03-05`,
  backfill: `${W}/pipelines/seattle-weather/backfills/{backfill}`,
  grid: `${W}/pipelines/flight-delays/grid`,
  Gantt: `${W}/pipelines/flight-delays/gantt`,
  durations: `${W}/pipelines/flight-delays/durations`,
  'durations of a task': `${W}/pipelines/flight-delays/durations?task=by_hour`,
  files: `${W}/files`,
  models: `${W}/models`,
  model: `${W}/models/flight-delay`,
  'version of a model': `${W}/models/flight-delay/versions/1`,
  endpoints: `${W}/endpoints`,
  endpoint: `${W}/endpoints/flight-delay`,
  rollouts: `${W}/rollouts`,
  rollout: `${W}/rollouts/{rollout}`,
  monitoring: `${W}/monitoring`,
  'monitoring of an endpoint': `${W}/monitoring/flight-delay`,
  approvals: `${W}/approvals`,
  queue: `${W}/operate/queue`,
  cluster: `${W}/operate/cluster`,
  datasets: `${W}/datasets`,
  dataset: `${W}/datasets/delay_by_airport`,
  templates: `${W}/templates`,
  members: `${W}/settings/members`,
  tokens: `${W}/settings/tokens`,
  secrets: `${W}/settings/secrets`,
  channels: `${W}/settings/channels`,
  connections: `${W}/settings/connections`,
  variables: `${W}/settings/variables`,
  audit: `${W}/audit`,
  account: '/account',
  welcome: '/welcome',
  'API reference': '/api/docs',
};

/** watch collects what a page's console calls an error, refusals by the content security policy among it. */
function watch(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return errors;
}

/** seriousFindings lists what axe calls serious or critical, one line each. */
async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .flatMap((v) => v.nodes.slice(0, 4).map((n) => `${v.id}: ${n.target.join(' ')} ${n.any[0]?.message ?? v.help}`));
}

/** settled waits until the page has drawn what it reads; live streams stay open, so the network never falls silent. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await expect(page.locator('main, [role=main], form').first()).toBeVisible();
  await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
  await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => undefined))));
}

/** overflow tells by how many pixels the page is wider than the window, and what sticks out. */
const overflow = (page: Page) =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1);
    return [`${document.documentElement.scrollWidth} of ${width} px`, ...wide.slice(0, 5).map((e) => `${e.tagName.toLowerCase()}.${String(e.getAttribute('class')).slice(0, 60)}`)];
  });

/** expectGood visits a page by light, by dark, and on a phone, and names everything that is wrong with it. */
async function expectGood(page: Page, errors: string[], name: string, url: string, before: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  errors.length = 0;
  const wrong: string[] = [];
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(url);
  await settled(page);
  await before();
  wrong.push(...(await seriousFindings(page)).map((f) => `light: ${f}`));
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  wrong.push(...(await seriousFindings(page)).map((f) => `dark: ${f}`));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await settled(page);
  await before();
  wrong.push(...(await overflow(page)).map((f) => `too wide on a phone: ${f}`));
  wrong.push(...(await seriousFindings(page)).map((f) => `phone: ${f}`));
  wrong.push(...errors.map((f) => `console: ${f}`));
  expect.soft(wrong, `${name} (${url})`).toEqual([]);
}

/** signedIn opens the product as its owner. */
async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel('E-mail').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

/** ended starts a pipeline of the demo and waits for its end. */
async function ended(product: Product, slug: string): Promise<string> {
  const { id } = await product.api<{ id: string }>('POST', `${W}/pipelines/${slug}/runs`, {});
  await product.api('GET', `${W}/runs/${id}/wait?timeoutSeconds=90`);
  return id;
}

test('every page is usable by everyone, light, dark and on a phone, without a complaint of the browser', async ({ page, product }) => {
  test.setTimeout(1_200_000);
  await product.api('POST', `${W}/pipelines`, { slug: 'broken', name: 'Broken' });
  await product.api('POST', `${W}/pipelines/broken/publish`, {
    spec: { schemaVersion: 1, tasks: [{ id: 'shout', kind: 'shell', config: { command: 'printf "\\033[31mno such thing\\033[0m\\n"; exit 3' } }, { id: 'after', kind: 'empty', config: {} }], edges: [{ from: 'shout', to: 'after' }] },
  });
  const run = await ended(product, 'flight-delays');
  const failed = await ended(product, 'broken');
  const { token } = await product.api<{ token: string }>('POST', `${W}/pipelines/seattle-weather/backfills/plan`, { from: '2012-01-01', to: '2012-01-03' });
  const { id: backfill } = await product.api<{ id: string }>('POST', `${W}/pipelines/seattle-weather/backfills`, { token });
  await product.api('POST', `${W}/pipelines`, { slug: 'asks', name: 'Asks' });
  await product.api('POST', `${W}/pipelines/asks/publish`, { spec: { schemaVersion: 1, tasks: [{ id: 'ask', kind: 'approval', config: { message: 'May it go on?' } }], edges: [] } });
  await product.api('POST', `${W}/pipelines/asks/runs`, {});
  await expect.poll(async () => (await product.api<{ state: string }>('GET', `${W}/endpoints/flight-delay`)).state, { timeout: 60_000 }).toBe('ready');
  const { id: rollout } = await product.api<{ id: string }>('POST', `${W}/endpoints/flight-delay/rollouts`, { candidate: 2, steps: [{ weight: 10 }], unit: 'user' });
  const errors = watch(page);
  await signedIn(page, product);
  for (const [name, path] of Object.entries(PAGES)) {
    await expectGood(page, errors, name, product.url + path.replace('{run}', run).replace('{failed}', failed).replace('{backfill}', backfill).replace('{rollout}', rollout));
  }
  await expectGood(page, errors, 'outline', `${product.url}${W}/pipelines/flight-delays/edit`, async () => {
    const outline = page.getByRole('radio', { name: 'Outline' }).or(page.getByRole('button', { name: 'Outline' })).first();
    if (await outline.isVisible()) await outline.click();
  });
});

test('the pages before signing in are usable by everyone too', async ({ page }) => {
  test.setTimeout(240_000);
  const fresh = await newProduct({}, { unattended: false });
  try {
    await expectGood(page, watch(page), 'setup', `${fresh.url}/setup`);
  } finally {
    await remove(fresh);
  }
});

test('signing in and an invitation are usable by everyone', async ({ page, product }) => {
  test.setTimeout(120_000);
  const errors = watch(page);
  await expectGood(page, errors, 'sign in', `${product.url}/sign-in`);
  const invite = await product.api<{ link: string }>('POST', `${W}/invites`, { email: 'guest@example.test', role: 'viewer' });
  await expectGood(page, errors, 'invitation', product.url + new URL(invite.link).pathname);
  await expectGood(page, errors, 'used invitation', `${product.url}/invite/not-a-token`);
});
