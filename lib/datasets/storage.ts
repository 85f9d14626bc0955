import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Readable } from 'node:stream';
import { AppError, invalid } from '@/lib/core/errors';
import { env } from '@/lib/core/env';

/** What put may take: bytes, a stream of bytes, or a file of this machine (copied, or moved when `move` is set). */
export type Content = Uint8Array | Readable | { path: string; move?: boolean };

export type StoredObject = { key: string; bytes: number; modifiedAt: Date };

/** Store keeps immutable objects by key. A put replaces the whole object at once; readers see the old or the new one. */
export interface Store {
  /**
   * put stores content under a key, durable when it resolves.
   * @param maxBytes refuses longer content with `too_large`, and leaves nothing behind
   */
  put(key: string, content: Content, options?: { maxBytes?: number }): Promise<{ bytes: number; sha256: string }>;
  /** link makes `to` another name of the object `from`, without copying where the store can. */
  link(from: string, to: string): Promise<void>;
  /** get gives a path on this machine to read from, never to write to. @throws AppError not_found */
  get(key: string): Promise<string>;
  stat(key: string): Promise<StoredObject | null>;
  delete(key: string): Promise<void>;
  /** list gives the objects whose keys start with a folder, in no order. */
  list(folder: string): Promise<StoredObject[]>;
}

/**
 * checkKey refuses keys that could leave the store or mean two things.
 * @param key slash-separated segments, such as `files/<workspace>/demo/flights.csv`
 */
export function checkKey(key: string): string {
  const fail = (why: string) => invalid(`"${key.slice(0, 200)}" cannot be a file's path: ${why}.`, [{ path: 'path', message: `The path ${why}.`, value: key.slice(0, 200) }]);
  if (key === '') throw fail('is empty');
  if (Buffer.byteLength(key) > 900) throw fail('is longer than 900 bytes');
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\\]/.test(key)) throw fail('has a backslash or a control character');
  for (const segment of key.split('/')) {
    if (segment === '') throw fail('has an empty part; write it relative, with single slashes');
    if (segment === '.' || segment === '..') throw fail('has a part "." or "..", which could leave the folder');
    if (Buffer.byteLength(segment) > 250) throw fail('has a part longer than 250 bytes');
  }
  return key;
}

/** localStore keeps objects as read-only files (mode 0444) below one folder. @param root absolute folder */
export function localStore(root: string): Store {
  const place = (key: string) => path.join(root, ...checkKey(key).split('/'));
  const temporary = path.join(root, '.incoming');

  async function settle(from: string, to: string): Promise<void> {
    await chmod(from, 0o444);
    await mkdir(path.dirname(to), { recursive: true });
    await rename(from, to);
    await syncFolder(path.dirname(to));
  }

  return {
    async put(key, content, options = {}) {
      const target = place(key);
      await mkdir(temporary, { recursive: true });
      const incoming = path.join(temporary, randomUUID());
      try {
        const written = await receive(content, incoming, options.maxBytes ?? Infinity);
        await settle(incoming, target);
        return written;
      } catch (error) {
        throw explainFailure(error, key);
      } finally {
        await rm(incoming, { force: true });
      }
    },
    async link(from, to) {
      const target = place(to);
      await mkdir(temporary, { recursive: true });
      const incoming = path.join(temporary, randomUUID());
      const source = await this.get(from);
      try {
        await link(source, incoming).catch(() => copyFile(source, incoming, constants.COPYFILE_FICLONE));
        await settle(incoming, target);
      } finally {
        await rm(incoming, { force: true });
      }
    },
    async get(key) {
      const file = place(key);
      const found = await stat(file).catch(() => null);
      if (!found?.isFile()) throw new AppError('not_found', `The file "${key}" is not in the store any more.`);
      return file;
    },
    async stat(key) {
      const found = await stat(place(key)).catch(() => null);
      return found?.isFile() ? { key, bytes: found.size, modifiedAt: found.mtime } : null;
    },
    async delete(key) {
      await rm(place(key), { force: true });
    },
    async list(folder) {
      const base = place(folder);
      const entries = await readdir(base, { recursive: true, withFileTypes: true }).catch(() => []);
      const found: StoredObject[] = [];
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        const file = path.join(entry.parentPath, entry.name);
        const info = await stat(file).catch(() => null);
        if (info) found.push({ key: path.relative(root, file).split(path.sep).join('/'), bytes: info.size, modifiedAt: info.mtime });
      }
      return found;
    },
  };
}

/** receive writes content into a fresh file, synced to disk, and says its length and digest. */
async function receive(content: Content, file: string, maxBytes: number): Promise<{ bytes: number; sha256: string }> {
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

/** tooLarge is the refusal of content above a limit, in words. @param maxBytes the limit in bytes */
export function tooLarge(maxBytes: number): AppError {
  return new AppError('too_large', `The file is larger than ${megabytes(maxBytes)}, the limit for one upload. Split it, or put it where a URL or a connection can reach it.`, [
    { path: 'body', message: `At most ${maxBytes} bytes.` },
  ]);
}

/** megabytes says a size for people. */
export function megabytes(bytes: number): string {
  return bytes >= 1 << 30 ? `${(bytes / (1 << 30)).toFixed(1)} GB` : bytes >= 1 << 20 ? `${Math.round(bytes / (1 << 20))} MB` : `${Math.max(1, Math.round(bytes / 1024))} kB`;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function explainFailure(error: unknown, key: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC') return new AppError('unavailable', 'The disk is full, so the file could not be stored. Free some space, then try again.');
  if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENOTEMPTY' || code === 'EEXIST') {
    // people know a file by its path in their workspace, not by its key
    const shown = key.replace(/^files\/[^/]+\//, '');
    return invalid(`"${shown}" cannot be stored: a folder and a file of one name would stand in one place. Choose another path.`, [{ path: 'path', message: 'Choose another path.', value: shown }]);
  }
  return error;
}

let opened: { root: string; store: Store } | undefined;

/** storeRoot is the folder of the local store. */
export const storeRoot = (): string => path.join(env().PENSTOCK_HOME, 'store');

/** store is this installation's store of data files: a folder of PENSTOCK_HOME. */
export function store(): Store {
  const root = storeRoot();
  if (opened?.root !== root) opened = { root, store: localStore(root) };
  return opened.store;
}
