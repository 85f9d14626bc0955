import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

let found: string | undefined;

/** pythonModuleFolder is the folder that holds the `penstock` module for Python, wherever the product is installed. */
export function pythonModuleFolder(): string {
  if (found) return found;
  const below = path.join('sdk', 'python');
  for (let at = path.dirname(fileURLToPath(import.meta.url)); ; at = path.dirname(at)) {
    const folder = path.join(at, below);
    if (existsSync(path.join(folder, 'penstock', '__init__.py'))) return (found = folder);
    if (at === path.dirname(at)) throw new Error('The Python module of this installation is missing (sdk/python/penstock).');
  }
}
