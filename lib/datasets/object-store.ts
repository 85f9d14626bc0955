import { type Readable } from 'node:stream';
import { AppError, invalid } from '@/lib/core/errors';

/** What put may take: bytes, a stream of bytes, or a file of this machine (copied, or moved when `move` is set). */
export type Content = Uint8Array | Readable | { path: string; move?: boolean };

export type StoredObject = { key: string; bytes: number; modifiedAt: Date };

/**
 * Store keeps objects by key. Keys below `files/` may be put again, which replaces the whole object at once; all others are written
 * once. Readers get files of this machine, in whatever store the objects lie.
 */
export interface Store {
  /** what people call it: a folder, or `s3://bucket/prefix at <address>` */
  readonly shown: string;
  /** folder of this machine that holds every path `get` gives */
  readonly folder: string;
  /**
   * put stores content under a key, durable when it resolves.
   * @param maxBytes refuses longer content with `too_large`, and leaves nothing behind
   */
  put(key: string, content: Content, options?: { maxBytes?: number }): Promise<{ bytes: number; sha256: string }>;
  /** link makes `to` another name of the object `from`, without copying where the store can; doing it again changes nothing. */
  link(from: string, to: string): Promise<void>;
  /** get gives a path on this machine to read from, never to write to. @throws AppError not_found */
  get(key: string): Promise<string>;
  /** open streams an object that is read once, and keeps nothing of it on this machine. @throws AppError not_found */
  open(key: string): Promise<{ stream: Readable; bytes: number }>;
  stat(key: string): Promise<StoredObject | null>;
  /** delete removes objects; those that are not there are none the less. */
  delete(...keys: string[]): Promise<void>;
  /** list gives the objects whose keys start with a folder, all without one, in no order. */
  list(folder?: string): Promise<StoredObject[]>;
  /** hold keeps files that `get` gave on this machine until the returned function is called. */
  hold(paths: string[]): () => void;
  /** sweep removes what interrupted puts left behind. @returns how many things */
  sweep(now: Date): Promise<number>;
  /** examine writes, reads and deletes a small object. @throws AppError with a sentence that says what is wrong */
  examine(): Promise<void>;
}

/** What an interrupted put left is removed after this time, in milliseconds. */
export const LEFTOVER_AGE_MS = 24 * 3_600_000;

/** isReplaceable tells keys that may be put again from those that are written once. */
export const isReplaceable = (key: string): boolean => key.startsWith('files/');

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

/** notInStore says that an object is gone. */
export const notInStore = (key: string): AppError => new AppError('not_found', `The file "${key}" is not in the store any more.`);

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
