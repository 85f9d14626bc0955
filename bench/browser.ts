import { chromium, type Browser, type Page } from '@playwright/test';
import { existsSync } from 'node:fs';
import { OWNER, type Product } from '../e2e/fixtures/built-product';

export const VIEWPORT = { width: 1440, height: 900 };
const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** launchBrowser starts the browser of CHROMIUM_PATH, Playwright's own, or one that the machine has. */
export function launchBrowser(): Promise<Browser> {
  const installed = existsSync(chromium.executablePath()) ? undefined : CHROMIUMS.find((file) => existsSync(file));
  const executablePath = process.env.CHROMIUM_PATH ?? installed;
  return chromium.launch({ ...(executablePath ? { executablePath } : {}), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/** signedIn opens a page in a context of its own and signs the product's owner in. */
export async function signedIn(browser: Browser, product: Product): Promise<Page> {
  const page = await (await browser.newContext({ viewport: VIEWPORT })).newPage();
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel('E-mail').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/w\//);
  return page;
}
