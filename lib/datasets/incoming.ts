import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError, invalid } from '@/lib/core/errors';
import { LEFTOVER_AGE_MS, tooLarge, type Content } from './object-store';

/** receive writes content into a fresh file, synced to disk, and says its length and digest. @throws AppError too_large */
export async function receive(content: Content, file: string, maxBytes = Infinity): Promise<{ bytes: number; sha256: string }> {
  const digest = createHash('sha256');
  let bytes = 0;
  if (!(content instanceof Uint8Array) && 'path' in content && content.move) {
    for await (const chunk of createReadStream(content.path) as AsyncIterable<Buffer>) digest.update(chunk);
    await rename(content.path, file).catch(() => copyFile(content.path, file));
    const handle = await open(file, 'r');
    try {
      await handle.sync();
      bytes = (await handle.stat()).size;
    } finally {
      await handle.close();
    }
    return { bytes, sha256: digest.digest('hex') };
  }
  const handle = await open(file, 'wx', 0o600);
  try {
    const chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> =
      content instanceof Uint8Array ? [content] : 'path' in content ? (createReadStream(content.path) as AsyncIterable<Buffer>) : (content as AsyncIterable<Buffer>);
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      digest.update(chunk);
      await handle.write(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: digest.digest('hex') };
}

/** sweepFolder removes files that have lain in a folder of half-written ones for too long. @returns how many */
export async function sweepFolder(folder: string, now: Date, ageMs = LEFTOVER_AGE_MS): Promise<number> {
  let removed = 0;
  for (const name of await readdir(/* turbopackIgnore: true */ folder).catch(() => [])) {
    const file = path.join(/* turbopackIgnore: true */ folder, name);
    const info = await stat(file).catch(() => null);
    if (!info || now.getTime() - info.mtimeMs < ageMs) continue;
    await rm(file, { force: true });
    removed += 1;
  }
  return removed;
}

/** explainDisk puts a failure to write a file into words; other errors stay as they are. */
export function explainDisk(error: unknown, key: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC') return new AppError('unavailable', 'The disk is full, so the file could not be stored. Free some space, then try again.', [], { reason: 'disk_full' });
  if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENOTEMPTY' || code === 'EEXIST') {
    // people know a file by its path in their workspace, not by its key
    const shown = key.replace(/^files\/[^/]+\//, '');
    return invalid(`"${shown}" cannot be stored: a folder and a file of one name would stand in one place. Choose another path.`, [{ path: 'path', message: 'Choose another path.', value: shown }]);
  }
  return error;
}
