import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const CHILD = path.join('lib', 'datasets', 'duckdb', 'child.ts');
const BUNDLE = path.join('dist', 'duckdb-child.mjs');

/** root is the product's own folder: where node_modules and dist lie, above this file or its bundle. */
function root(): string {
  const places = [process.env.PENSTOCK_ROOT, process.cwd()];
  if (import.meta.url.startsWith('file:')) {
    for (let at = path.dirname(fileURLToPath(import.meta.url)); at !== path.dirname(at); at = path.dirname(at)) places.push(at);
  }
  const found = places.find((place) => place && (existsSync(path.join(place, BUNDLE)) || existsSync(path.join(place, CHILD))));
  return found ?? process.cwd();
}

let building: Promise<string> | undefined;

/**
 * childEntry is the path of the DuckDB process's bundle. The start command builds it; while developing and in tests it is
 * built here when a source file is newer.
 */
export function childEntry(): Promise<string> {
  return (building ??= ensure().catch((error: unknown) => {
    building = undefined;
    throw error;
  }));
}

async function ensure(): Promise<string> {
  const target = path.join(root(), BUNDLE);
  const sources = path.join(root(), path.dirname(CHILD));
  if (existsSync(target) && (!existsSync(sources) || statSync(target).mtimeMs >= newest(sources))) return target;
  await buildDuckdbChild(target);
  return target;
}

const newest = (folder: string): number =>
  Math.max(...readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.includes('.test.')).map((name) => statSync(path.join(folder, name)).mtimeMs));

/** buildDuckdbChild bundles the DuckDB process into one file. @param target absolute path of the bundle */
export async function buildDuckdbChild(target: string): Promise<void> {
  const { build } = await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ 'esbuild');
  await mkdir(path.dirname(target), { recursive: true });
  const fresh = `${target}.${process.pid}`;
  await build({
    entryPoints: [path.join(root(), CHILD)],
    outfile: fresh,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'silent',
  });
  await rename(fresh, target);
}
