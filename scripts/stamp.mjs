import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** listFiles gives every file below the given files and folders, sorted; `skip` is tested against the path relative to root. */
export function listFiles(root, entries, skip = () => false) {
  const found = [];
  const visit = (relative) => {
    if (skip(relative)) return;
    const full = path.join(root, relative);
    if (!existsSync(full)) return;
    if (!statSync(full).isDirectory()) found.push(relative);
    else for (const name of readdirSync(full)) visit(path.posix.join(relative, name));
  };
  entries.forEach(visit);
  return found.sort();
}

/** stampOf hashes the names and contents of files, and further texts (versions, settings) that the result depends on. */
export function stampOf(root, files, extra = []) {
  const hash = createHash('sha256');
  for (const text of [process.version, ...extra]) hash.update(`${text}\0`);
  for (const file of files) {
    hash.update(`${file}\0`);
    hash.update(readFileSync(path.join(root, file)));
    hash.update('\0');
  }
  return hash.digest('hex');
}

/** isCurrent tells whether the stamp file holds this stamp. */
export function isCurrent(file, stamp) {
  return existsSync(file) && readFileSync(file, 'utf8') === stamp;
}

/** writeStamp notes that the result beside it was made from these inputs. */
export function writeStamp(file, stamp) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, stamp);
}
