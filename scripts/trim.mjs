import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Parts of packages that nothing here reads: other databases, a database for the browser, image codecs, a viewer, other systems' binaries. */
const UNUSED = [
  ['@prisma/client/runtime', /\.(cockroachdb|mysql|sqlite|sqlserver)\./],
  ['prisma/build', /^(query_compiler_|studio\.)/],
  ['@prisma/studio-core/dist', /^(ui|metafile-.*)$/],
  // the demo's own data is these three
  ['vega-datasets/data', /^(?!(flights-3m\.parquet|airports\.csv|seattle-weather\.csv)$)/],
  ['vega-datasets/build', /\.min\.js$/],
  ['@electric-sql/pglite/dist', /\.(wasm|data|tar\.gz)$/],
  ['elkjs/lib', /./],
  ['@img', /^sharp-/],
  ['onnxruntime-node/bin/napi-v6', new RegExp(`^(?!${process.platform}$)`)],
  [`onnxruntime-node/bin/napi-v6/${process.platform}`, new RegExp(`^(?!${process.arch}$)`)],
];

/**
 * trim removes from freshly installed packages what takes much room and is never read: source maps, and the parts above.
 * @param root the product's folder
 */
export function trim(root) {
  const packages = path.join(root, 'node_modules');
  for (const [folder, pattern] of UNUSED) {
    const full = path.join(packages, folder);
    if (!existsSync(full)) continue;
    for (const name of readdirSync(full)) if (pattern.test(name)) rmSync(path.join(full, name), { recursive: true, force: true });
  }
  removeMaps(packages);
}

function removeMaps(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) removeMaps(full);
    else if (/\.(js|mjs|cjs|css|ts|mts|cts)\.map$/.test(entry.name)) rmSync(full);
  }
}
