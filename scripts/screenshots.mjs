/**
 * Makes the pictures of the README (docs/images/NAME-light.png and NAME-dark.png) from a product that it starts for that,
 * with the demo in it and one run of its pipeline: `node scripts/screenshots.mjs`. Needs a Chromium; CHROMIUM_PATH names one.
 */
import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './generate.mjs';
import { prepare } from './prepare.mjs';

const FOLDER = path.join(ROOT, 'docs', 'images');
const OWNER = { email: 'ada@example.com', password: 'plain-copper-kettle-91' };
const token = `pst_${randomBytes(24).toString('hex')}`;

await prepare({ say: (text) => console.error(text) });
const home = mkdtempSync(path.join(os.tmpdir(), 'penstock-pictures-'));
chmodSync(home, 0o755);
const product = spawn(process.execPath, [path.join(ROOT, 'bin', 'penstock.mjs'), 'up'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    PORT: '0',
    PENSTOCK_HOME: home,
    PENSTOCK_DEMO: '1',
    PENSTOCK_OWNER_EMAIL: OWNER.email,
    PENSTOCK_OWNER_PASSWORD: OWNER.password,
    PENSTOCK_API_TOKEN: token,
  },
});
const ended = new Promise((resolve) => product.once('exit', resolve));

try {
  await ready();
  const { url } = JSON.parse(readFileSync(path.join(home, 'address.json'), 'utf8'));
  await takeAll(url, await runs(url));
} finally {
  product.kill('SIGINT');
  await ended;
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** Waits for the line that says that the product is ready. */
function ready() {
  return new Promise((resolve, reject) => {
    let text = '';
    product.stdout.on('data', (chunk) => {
      text += chunk;
      if (/^Penstock is ready: /m.test(text)) resolve();
    });
    product.once('exit', () => reject(new Error(`Penstock did not start:\n${text}`)));
  });
}

/** Runs the demo's pipelines a few times; gives the id of the last run of the flights. */
async function runs(url) {
  const call = async (method, route, body) => {
    const answer = await fetch(`${url}/api/v1/w/demo${route}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${route} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const run = async (slug, params) => {
    const { id } = await call('POST', `/pipelines/${slug}/runs`, { params });
    const { state } = await call('GET', `/runs/${id}/wait?timeoutSeconds=120`);
    if (state !== 'succeeded') throw new Error(`The run ${id} of ${slug} is ${state}.`);
    return id;
  };
  await run('seattle-weather', {});
  for (const month of [1, 2, 3]) await run('flight-delays', { month });
  return run('flight-delays', {});
}

/** Takes every picture by light and by dark. */
async function takeAll(url, runId) {
  mkdirSync(FOLDER, { recursive: true });
  const pages = {
    canvas: '/w/demo/pipelines/flight-delays/edit',
    run: `/w/demo/runs/${runId}?task=by_hour&tab=output`,
    home: '/w/demo',
    dataset: '/w/demo/datasets/delay_by_airport',
  };
  const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((file) => file && existsSync(file));
  const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  try {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' });
      await page.goto(`${url}/sign-in`);
      await page.getByLabel('E-mail').fill(OWNER.email);
      await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.waitForURL(/\/w\//);
      for (const [name, route] of Object.entries(pages)) {
        await page.goto(url + route, { waitUntil: 'load' });
        if (name === 'canvas') await page.locator('.react-flow__node[data-id=by_airport]').click();
        await page.waitForTimeout(2_000);
        await page.screenshot({ path: path.join(FOLDER, `${name}-${colorScheme}.png`) });
        console.error(`${name}-${colorScheme}.png`);
      }
      await page.close();
    }
  } finally {
    await browser.close();
  }
}
