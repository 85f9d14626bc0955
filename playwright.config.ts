import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  // Every worker starts a product and a browser of its own: two at once are what two cores just carry, one is steady.
  workers: Number(process.env.E2E_WORKERS ?? (process.env.CI ? 1 : 2)),
  // generous, because shared machines are slow: these bound a hang, they measure nothing
  timeout: 240_000,
  expect: { timeout: 30_000 },
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  outputDir: 'test-results',
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
