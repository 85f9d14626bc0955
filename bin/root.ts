import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The product's own folder: this file is one level below it, in bin/ as in the bundles of dist/. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** The bundle of one of our processes. */
export const bundle = (name: string): string => path.join(ROOT, 'dist', `${name}.mjs`);

/** The folder of the migrations. */
export const MIGRATIONS = path.join(ROOT, 'prisma', 'migrations');

/** version reads the product's version from package.json. */
export function version(): string {
  return (JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
