import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') };

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['{lib,components,bin,app}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.db.test.ts', '**/node_modules/**'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'db',
          include: ['{lib,app,bin}/**/*.db.test.ts'],
          // one PostgreSQL for the whole run, a template database per file
          globalSetup: ['lib/testing/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        resolve: { alias },
        test: {
          // the engine's tests once more, with every attempt handed to a real Temporal server: the semantics are the scheduler's, so they are the same
          name: 'temporal',
          include: ['lib/worker/*.db.test.ts', 'lib/runs/{masked-output,run-limit,tell,timeline}.db.test.ts'],
          globalSetup: ['lib/testing/global-setup.ts', 'lib/testing/temporal-setup.ts'],
          setupFiles: ['lib/testing/on-temporal.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // one file at a time: their workers would take each other's attempts from the server's queues
          fileParallelism: false,
        },
      },
    ],
  },
});
