import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A process of ours that another one starts: its source file below lib/, and its bundle's name in dist/ (scripts/prepare.mjs). */
export type ChildSource = { source: string; bundle: string };

/** rootOf is the product's own folder: where node_modules and dist lie, above this file or its bundle. */
function rootOf({ source, bundle }: ChildSource): string {
  const places = [process.env.PENSTOCK_ROOT, process.cwd()];
  if (import.meta.url.startsWith('file:')) {
    for (let at = path.dirname(fileURLToPath(import.meta.url)); at !== path.dirname(at); at = path.dirname(at)) places.push(at);
  }
  const found = places.find((place) => place && (existsSync(path.join(place, 'dist', bundle)) || existsSync(path.join(place, source))));
  return found ?? process.cwd();
}

const building = new Map<string, Promise<string>>();

/**
 * childBundle is the path of a child process's bundle. The start command builds it; while developing and in tests it is
 * built here when a file beside its source is newer.
 */
export function childBundle(child: ChildSource): Promise<string> {
  const known = building.get(child.bundle);
  if (known) return known;
  const made = ensure(child).catch((error: unknown) => {
    building.delete(child.bundle);
    throw error;
  });
  building.set(child.bundle, made);
  return made;
}

async function ensure(child: ChildSource): Promise<string> {
  const root = rootOf(child);
  const target = path.join(root, 'dist', child.bundle);
  const sources = path.join(root, path.dirname(child.source));
  if (existsSync(target) && (!existsSync(sources) || statSync(target).mtimeMs >= newest(sources))) return target;
  await buildChild(child, target);
  return target;
}

const newest = (folder: string): number =>
  Math.max(...readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.includes('.test.')).map((name) => statSync(path.join(folder, name)).mtimeMs));

/** buildChild bundles a child process into one file. @param target absolute path of the bundle */
export async function buildChild(child: ChildSource, target: string): Promise<void> {
  const { build } = await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ 'esbuild');
  const root = rootOf(child);
  await mkdir(path.dirname(target), { recursive: true });
  const fresh = `${target}.${process.pid}`;
  await build({
    entryPoints: [path.join(root, child.source)],
    outfile: fresh,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: { '@': root },
    logLevel: 'silent',
  });
  await rename(fresh, target);
}
