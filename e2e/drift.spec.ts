import { DuckDBInstance } from '@duckdb/node-api';
import type { Page } from '@playwright/test';
import { expect, OWNER, test, type Product } from './fixtures/product';

const FILE = 'node_modules/vega-datasets/data/flights-3m.parquet';
const ROWS = 2000;
/** What is asked about each month: all flights first, then later and later ones. */
const MONTHS: [number, string | null][] = [[1, null], [2, null], [3, 'hour(date) >= 8'], [4, 'hour(date) >= 10'], [5, 'hour(date) >= 12'], [6, 'hour(date) >= 14']];

type Point = { window: string; rows: number; psi: number; band: number; verdict: string };
type Report = { reference: { status: string; rows: number; source: object }; finding: string; features: { name: string; series: Point[] }[]; prediction: { series: Point[] } };

async function signedIn(page: Page, product: Product): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(OWNER.email);
  await page.getByLabel(/password/i).first().fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
}

const report = (product: Product) => product.api<Report>('GET', '/w/demo/endpoints/flight-delay/drift?grain=month');

/** The index of the hour of departure against all of January, from the file alone. */
async function truth(): Promise<number[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
  await connection.run(`create view flights as select *, hour(date)::double as h from read_parquet('${FILE}', file_row_number = true) where date < '2001-07-01'`);
  const [[edges]] = (await ask('select list_distinct(quantile_disc(h, [0, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1])) from flights where month(date) = 1')) as [[number[]]];
  const sorted = edges.map(Number).toSorted((a, b) => a - b);
  const bin = `least(len(list_filter([${sorted.join(', ')}], e -> e <= h)), ${sorted.length - 1})`;
  const shares = async (rows: string): Promise<number[]> => {
    const counts = (await ask(`select ${bin}, count(*) from ${rows} group by 1`)) as [string, string][];
    const all = counts.reduce((sum, [, count]) => sum + Number(count), 0);
    return sorted.slice(1).map((_, i) => Math.max(1e-4, Number(counts.find(([at]) => Number(at) === i + 1)?.[1] ?? 0) / all));
  };
  const p = await shares('flights where month(date) = 1');
  const found: number[] = [];
  for (const [month, where] of MONTHS) {
    const q = await shares(`(select * from flights where month(date) = ${month} and (${where ?? 'true'}) order by hash(file_row_number) limit ${ROWS})`);
    found.push(p.reduce((sum, share, i) => sum + (share - (q[i] ?? 0)) * Math.log(share / (q[i] ?? 1)), 0));
  }
  return found;
}

test('traffic of later hours drifts, month by month, by exactly as much as the file says', async ({ page, product }) => {
  test.setTimeout(300_000);
  await expect.poll(async () => (await report(product)).reference.status, { timeout: 90_000 }).toBe('ready');
  expect((await report(product)).reference).toMatchObject({ rows: 508_239, source: { dataset: 'delay_training', version: 1 } });
  for (const [month, where] of MONTHS) {
    const { code, stdout, stderr } = await product.command(['demo', 'traffic', '--month', String(month), '--rows', String(ROWS), ...(where === null ? [] : ['--where', where]), '--json'], { PENSTOCK_WORKSPACE: 'demo' });
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ rows: ROWS, variants: [{ variant: 'stable', version: 1, rows: ROWS }] });
  }
  await expect.poll(async () => (await report(product)).prediction.series.map((point) => point.rows), { timeout: 90_000 }).toEqual(MONTHS.map(() => ROWS));

  const { features, finding } = await report(product);
  const hour = features.find(({ name }) => name === 'hour')?.series ?? [];
  const expected = await truth();
  hour.forEach((point, i) => expect(point.psi).toBeCloseTo(expected[i] ?? NaN, 6));
  expect(hour.map(({ verdict }) => verdict)).toEqual([expect.stringMatching(/chance/), expect.stringMatching(/chance|small/), 'moved', 'drifted', 'drifted', 'drifted']);
  for (const { series } of features) expect(series[0]?.verdict).toBe('chance');
  expect(finding).toContain('hour');

  await signedIn(page, product);
  await page.goto(`${product.url}/w/demo/monitoring`);
  await expect(page.getByRole('row', { name: /flight-delay.*drifted/ })).toBeVisible();
  await page.getByRole('link', { name: 'flight-delay', exact: true }).click();
  await expect(page.getByText(finding)).toBeVisible();
  const map = page.getByRole('group', { name: /^Drift of each feature/ });
  const text = (i: number) => `hour, ${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'][i] ?? ''} 2001: PSI ${(expected[i] ?? 0).toFixed(3)}`;
  for (const i of [2, 3, 4, 5]) await expect(map.getByRole('button', { name: new RegExp(`^${text(i)}`) })).toBeVisible();
  await map.getByRole('button', { name: new RegExp(`^${text(3)}`) }).click();
  await expect(page.getByRole('heading', { name: 'hour, Apr 2001' })).toBeVisible();
  await expect(page).toHaveURL(/feature=hour/);
  await map.getByRole('button', { name: new RegExp(`^${text(3)}`) }).press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'hour, May 2001' })).toBeVisible();
});
