#!/usr/bin/env node
/** The `penstock` command: its bundle, made at the first start or by `npm run prepare:build`. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bundle = new URL('../dist/penstock.mjs', import.meta.url);
if (!existsSync(fileURLToPath(bundle))) {
  console.error('This copy of Penstock is not built yet. Run `npm start` once, or `npm run prepare:build`.');
  process.exit(1);
}
await import(bundle.href);
