import AxeBuilder from '@axe-core/playwright';
import { type Browser, type Page } from '@playwright/test';
import { expect, OWNER, test, type Product } from './fixtures/product';

test.describe.configure({ mode: 'serial' });

const SECOND = { email: 'bea@example.test', name: 'Bea Second', password: 'seven-quiet-harbours-40' };
const SLUG = 'flight-delay';
const ROW = { hour: 17, weekday: 5, distance: 1846, origin: 'ORD', destination: 'SFO' };

let author: Page;
let second: Page;
let rollout: string;
let traffic: Traffic;

/** Units that call the gateway one after the other until stopped, and who answered when. */
class Traffic {
  /** `asked` is when the request went out: what is on its way at a decision may be answered after it */
  readonly answers: { asked: number; variant: string; status: number }[] = [];
  private running = true;
  private readonly loops: Promise<void>[];

  constructor(private readonly product: Product) {
    this.loops = Array.from({ length: 8 }, (_, lane) => this.call(lane));
  }

  private async call(lane: number): Promise<void> {
    for (let n = 0; this.running; n++) {
      const asked = Date.now();
      const response = await fetch(`${this.product.address.gatewayUrl}/demo/${SLUG}/invocations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.product.token}`, 'content-type': 'application/json', 'x-unit-id': `unit-${lane}-${n % 500}` },
        body: JSON.stringify({ dataframe_records: [ROW] }),
      });
      await response.arrayBuffer();
      this.answers.push({ asked, variant: response.headers.get('x-variant') ?? '', status: response.status });
    }
  }

  candidates(since: number): number {
    return this.answers.filter(({ asked, variant }) => asked >= since && variant === 'candidate').length;
  }

  total(since: number): number {
    return this.answers.filter(({ asked }) => asked >= since).length;
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
  }
}

const newPage = async (browser: Browser, product: Product) => (await browser.newContext({ baseURL: product.url })).newPage();

test.beforeAll(async ({ browser, product }) => {
  test.setTimeout(120_000);
  author = await newPage(browser, product);
  await author.goto('/sign-in');
  await author.getByLabel('E-mail').fill(OWNER.email);
  await author.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await author.getByRole('button', { name: 'Sign in', exact: true }).click();
  await author.waitForURL(/\/w\//);
  const { link } = await product.api<{ link: string }>('POST', '/w/demo/invites', { email: SECOND.email, role: 'approver' });
  second = await newPage(browser, product);
  await second.goto(link);
  await second.getByLabel('Name').fill(SECOND.name);
  await second.getByLabel('Password', { exact: true }).fill(SECOND.password);
  await second.getByRole('button', { name: 'Join the workspace' }).click();
  await second.waitForURL(/\/w\/demo$/);
  await expect.poll(async () => (await product.api<{ state: string }>('GET', `/w/demo/endpoints/${SLUG}`)).state, { timeout: 60_000 }).toBe('ready');
  traffic = new Traffic(product);
});
test.afterAll(() => traffic?.stop());

test('an author starts a rollout, and traffic moves when the candidate is ready', async ({ product }) => {
  test.setTimeout(120_000);
  await author.goto('/w/demo/rollouts');
  await author.getByRole('button', { name: 'Start a rollout' }).click();
  await author.getByRole('spinbutton', { name: 'Share of step 1' }).fill('20');
  await author.getByRole('spinbutton', { name: 'Share of step 3' }).fill('60');
  await author.getByRole('button', { name: `Open ${SLUG} to v2` }).click();
  await author.waitForURL(/\/rollouts\/[0-9a-f-]{36}$/);
  rollout = author.url().split('/').at(-1)!;
  await expect(author.getByRole('heading', { level: 1, name: `${SLUG}: v2 replaces v1` })).toBeVisible();
  await expect(author.getByText('Awaiting approval').first()).toBeVisible({ timeout: 60_000 });
  await expect(author.getByText('You started this rollout, so somebody else must approve it.')).toBeVisible();
  await expect(author.getByRole('button', { name: 'Approve to 60 %' })).toBeDisabled();
  const since = Date.now();
  await expect.poll(() => traffic.total(since), { timeout: 30_000 }).toBeGreaterThan(400);
  const share = traffic.candidates(since) / traffic.total(since);
  expect(share).toBeGreaterThan(0.12);
  expect(share).toBeLessThan(0.28);
  expect(traffic.answers.every(({ status }) => status === 200)).toBe(true);
  // the log tells the page by itself
  await expect(author.getByRole('table', { name: 'Variants' }).getByRole('row', { name: /v2 candidate/ })).not.toContainText(/candidate\s*0\s*0/, { timeout: 30_000 });
  const { evidence } = await product.api<{ evidence: { candidate: { rows: number } } }>('GET', `/w/demo/rollouts/${rollout}`);
  expect(evidence.candidate.rows).toBeGreaterThan(0);
});

test('the page can be read by everybody', async () => {
  const { violations } = await new AxeBuilder({ page: author }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});

test('a second person approves from the list of approvals, by keyboard, and the weights move', async () => {
  test.setTimeout(60_000);
  await second.goto('/w/demo');
  await expect(second.getByText('Waiting for my approval')).toBeVisible();
  await second.goto('/w/demo/approvals');
  await expect(second.getByRole('link', { name: `${SLUG}: v2 replaces v1` })).toBeVisible();
  await expect(async () => {
    await second.keyboard.press('j');
    await second.keyboard.press('a');
    await second.getByLabel('Reason').fill('Errors flat', { timeout: 1_000 });
    await second.keyboard.press('Enter');
    await expect(second.getByText('Nothing waits for your approval.')).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 45_000 });
  await expect(author.getByText('Paused').first()).toBeVisible({ timeout: 15_000 });
  await expect(author.getByRole('table', { name: 'Ledger' })).toContainText('Errors flat');
  const since = Date.now() + 500;
  await expect.poll(() => traffic.total(since), { timeout: 30_000 }).toBeGreaterThan(400);
  const share = traffic.candidates(since) / traffic.total(since);
  expect(share).toBeGreaterThan(0.5);
  expect(share).toBeLessThan(0.7);
});

test('rolling back leaves no answer to the candidate within a second', async ({ product }) => {
  test.setTimeout(60_000);
  await author.getByLabel('Reason').fill('Seen enough');
  await author.getByRole('button', { name: 'Roll back to v1' }).click();
  await expect(author.getByText('v1 answers everything, v2 nothing.')).toBeVisible();
  const [decision] = (await product.api<{ decisions: { at: string; verb: string; weights: object }[] }>('GET', `/w/demo/rollouts/${rollout}`)).decisions;
  expect(decision).toMatchObject({ verb: 'abort', weights: { stable: 100, candidate: 0 } });
  const since = Date.parse(decision!.at) + 1000;
  await expect.poll(() => traffic.total(since), { timeout: 30_000 }).toBeGreaterThan(400);
  expect(traffic.candidates(since)).toBe(0);
});
