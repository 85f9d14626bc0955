import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { conflict } from '@/lib/core/errors';
import { explainDisk, receive, sweepFolder } from '../incoming';
import { checkKey, isReplaceable, LEFTOVER_AGE_MS, notInStore, type Store, type StoredObject } from '../object-store';
import { type S3Address } from './address';
import { ContentCache } from './cache';
import { BrokenTransfer, S3Client } from './client';
import { findCredentials } from './credentials';
import { storeFailure } from './failure';
import { textOf, textsOf } from './xml';

/** Bytes: what goes up in one request, longer content in parts of at least that size; what one request copies, and a part of a longer copy. */
const SIZES = { part: 8 * 1024 ** 2, copy: 5 * 1024 ** 3, copyPart: 1024 ** 3 };
const MOST_PARTS = 10_000;
const PARTS_AT_ONCE = 3;
/** A copy or the joining of parts may be silent this long, in milliseconds. */
const LONG_MS = 300_000;
const DELETES_AT_ONCE = 16;
/** Keys that one request deletes. */
const MOST_DELETES = 1_000;

type Head = { bytes: number; etag: string; sha256: string | null; modifiedAt: Date };

export type S3Options = {
  address: S3Address;
  cache: { folder: string; maxBytes: number };
  /** the process's AWS_* variables */
  variables?: NodeJS.ProcessEnv;
  patienceMs?: number;
  /** smaller ones for tests; S3 itself takes no part below 5 MB but the last */
  sizes?: typeof SIZES;
};

/**
 * s3Store keeps objects in a bucket and copies of what was read or written in a folder of this machine. Objects other than replaceable
 * ones are written only if the key is free (If-None-Match), so that no two writers can replace each other's.
 */
export function s3Store({ address, cache: cacheOptions, variables = process.env, patienceMs, sizes = SIZES }: S3Options): Store {
  const client = new S3Client(address, () => findCredentials(variables, address.region), patienceMs);
  const cache = new ContentCache(cacheOptions.folder, cacheOptions.maxBytes);
  const fetching = new Map<string, Promise<string>>();
  const full = (key: string) => address.prefix + checkKey(key);
  const place = (key: string, etag: string) => cache.place(`${address.url}/${address.prefix}${key}${isReplaceable(key) ? ` ${etag}` : ''}`, key);

  async function head(key: string): Promise<Head | null> {
    return client.call({ method: 'HEAD', key: full(key), purpose: `look at "${key}"`, expected: [404] }, ({ response }) => Promise.resolve(response.status === 404 ? null : headOf(response)));
  }

  /** Writes an object's content to a file of this machine and checks it. */
  async function download(key: string, file: string): Promise<Head> {
    return client.call({ method: 'GET', key: full(key), purpose: `read "${key}"`, expected: [404] }, async ({ response, heard }) => {
      if (response.status === 404) {
        // a missing bucket is no missing object
        if (textOf(await response.text(), 'Code') === 'NoSuchBucket') throw storeFailure('store_refused', `The bucket of the store ${address.shown} does not exist. Create it, or correct PENSTOCK_STORE.`);
        throw notInStore(key);
      }
      const said = headOf(response);
      const digest = createHash('sha256');
      let bytes = 0;
      const counting = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          heard();
          bytes += chunk.length;
          digest.update(chunk);
          done(null, chunk);
        },
      });
      const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
      await pipeline(body, counting, createWriteStream(file, { mode: 0o600 }));
      if (bytes !== said.bytes) throw new BrokenTransfer(`it sent ${bytes} of ${said.bytes} bytes`);
      if (said.sha256 !== null && digest.digest('hex') !== said.sha256) throw new BrokenTransfer('it sent other bytes than were stored');
      const handle = await open(file, 'r');
      await handle.sync().finally(() => handle.close());
      return said;
    });
  }

  async function fetched(key: string): Promise<string> {
    const file = await cache.incoming();
    try {
      const said = await download(key, file);
      const target = place(key, said.etag);
      await cache.take(file, target, said.bytes);
      return target;
    } catch (error) {
      throw explainDisk(error, key);
    } finally {
      await rm(file, { force: true });
    }
  }

  /** The object under a key that was to be free: our own earlier try, or somebody else's. */
  async function sameThere(key: string, bytes: number, sha256: string): Promise<string> {
    const there = await head(key);
    if (there?.bytes === bytes && there.sha256 === sha256) return there.etag;
    throw conflict(`The store ${address.shown} holds "${key}" already, with other content. Objects are written once; let no two installations share a prefix.`);
  }

  async function upload(key: string, file: string, bytes: number, sha256: string): Promise<string> {
    const meta = { 'x-amz-meta-sha256': sha256 };
    const once: Record<string, string> = isReplaceable(key) ? {} : { 'if-none-match': '*' };
    if (bytes <= sizes.part) {
      const body = await readPart(file, 0, bytes);
      const etag = await client.call({ method: 'PUT', key: full(key), headers: { ...meta, ...once }, body, purpose: `keep "${key}"`, expected: [412], silenceMs: LONG_MS }, async ({ response }) => {
        await response.arrayBuffer();
        return response.status === 412 ? null : (response.headers.get('etag') ?? '');
      });
      return etag ?? sameThere(key, bytes, sha256);
    }
    const size = Math.max(sizes.part, Math.ceil(bytes / MOST_PARTS));
    const parts = Array.from({ length: Math.ceil(bytes / size) }, (_, i) => ({ number: i + 1, from: i * size, bytes: Math.min(size, bytes - i * size) }));
    const send = async (uploadId: string, part: (typeof parts)[number]): Promise<string> => {
      const body = await readPart(file, part.from, part.bytes);
      return client.call(
        { method: 'PUT', key: full(key), query: { partNumber: String(part.number), uploadId }, body, purpose: `keep part ${part.number} of "${key}"`, silenceMs: LONG_MS },
        async ({ response }) => {
          await response.arrayBuffer();
          return response.headers.get('etag') ?? '';
        },
      );
    };
    return (await inParts(key, meta, once, parts, send)) ?? sameThere(key, bytes, sha256);
  }

  /** Makes an object of parts. @returns its ETag; null when the key is taken */
  async function inParts<P extends { number: number }>(key: string, meta: Record<string, string>, once: Record<string, string>, parts: P[], send: (uploadId: string, part: P) => Promise<string>): Promise<string | null> {
    const purpose = `keep "${key}"`;
    const uploadId = await client.call({ method: 'POST', key: full(key), query: { uploads: '' }, headers: meta, purpose }, async ({ response }) => textOf(await response.text(), 'UploadId'));
    try {
      const etags: string[] = [];
      await atOnce(parts, PARTS_AT_ONCE, async (part) => (etags[part.number - 1] = await send(uploadId, part)));
      const list = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag.replaceAll('&', '&amp;')}</ETag></Part>`).join('');
      const body = new TextEncoder().encode(`<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list}</CompleteMultipartUpload>`);
      const etag = await client.call({ method: 'POST', key: full(key), query: { uploadId }, headers: once, body, purpose, expected: [404, 412], silenceMs: LONG_MS }, async ({ response }) => {
        const xml = await response.text();
        // the answer to an earlier try may have been lost: the upload is gone then, and the object there
        if (response.status === 404) return { gone: true, etag: null };
        if (response.status === 412) return { gone: false, etag: null };
        if (textOf(xml, 'Code') !== '') throw new BrokenTransfer(`it answered ${textOf(xml, 'Code')}`);
        return { gone: false, etag: textOf(xml, 'ETag') };
      });
      if (etag.gone) return isReplaceable(key) ? ((await head(key))?.etag ?? null) : null;
      if (etag.etag === null) await abort(key, uploadId);
      return etag.etag;
    } catch (error) {
      await abort(key, uploadId).catch(() => undefined);
      throw error;
    }
  }

  const abort = (key: string, uploadId: string) =>
    client.call({ method: 'DELETE', key: full(key), query: { uploadId }, purpose: `give up an upload of "${key}"`, expected: [404] }, async ({ response }) => void (await response.arrayBuffer()));

  async function copy(from: string, to: string): Promise<void> {
    const source = `/${address.bucket}/${full(from).split('/').map(encodeURIComponent).join('/')}`;
    const said = await head(from);
    if (!said) throw notInStore(from);
    const whole = (headers: Record<string, string>, query: Record<string, string> = {}) =>
      client.call({ method: 'PUT', key: full(to), query, headers: { 'x-amz-copy-source': source, 'x-amz-copy-source-if-match': said.etag, ...headers }, purpose: `copy "${from}" to "${to}"`, silenceMs: LONG_MS }, async ({ response }) => {
        const xml = await response.text();
        // a copy that fails late has the status of one that went well
        if (textOf(xml, 'Code') !== '') throw new BrokenTransfer(`it answered ${textOf(xml, 'Code')}`);
        return textOf(xml, 'ETag');
      });
    if (said.bytes <= sizes.copy) await whole({});
    else {
      const parts = Array.from({ length: Math.ceil(said.bytes / sizes.copyPart) }, (_, i) => ({ number: i + 1, from: i * sizes.copyPart, to: Math.min((i + 1) * sizes.copyPart, said.bytes) - 1 }));
      await inParts(to, said.sha256 === null ? {} : { 'x-amz-meta-sha256': said.sha256 }, {}, parts, (uploadId, part) =>
        whole({ 'x-amz-copy-source-range': `bytes=${part.from}-${part.to}` }, { partNumber: String(part.number), uploadId }),
      );
    }
    if (!isReplaceable(to)) await cache.alias(place(from, said.etag), place(to, said.etag));
  }

  async function* pages(query: Record<string, string>, next: (xml: string) => Record<string, string> | null): AsyncGenerator<string> {
    for (let more: Record<string, string> | null = {}; more; ) {
      const xml: string = await client.call({ method: 'GET', key: null, query: { ...query, ...more }, purpose: 'list its objects' }, ({ response }) => response.text());
      yield xml;
      more = textOf(xml, 'IsTruncated') === 'true' ? next(xml) : null;
    }
  }

  const remove = (key: string) => client.call({ method: 'DELETE', key: full(key), purpose: `delete "${key}"`, expected: [404] }, async ({ response }) => void (await response.arrayBuffer()));

  async function removeAll(keys: string[]): Promise<void> {
    const body = new TextEncoder().encode(`<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${keys.map((key) => `<Object><Key>${escaped(full(key))}</Key></Object>`).join('')}</Delete>`);
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64'), 'content-type': 'application/xml' };
    await client.call({ method: 'POST', key: null, query: { delete: '' }, headers, body, purpose: `delete ${keys.length} objects`, silenceMs: LONG_MS }, async ({ response }) => {
      const [refused] = textsOf(await response.text(), 'Error');
      if (refused === undefined) return;
      const code = textOf(refused, 'Code');
      if (code === 'InternalError' || code === 'SlowDown') throw new BrokenTransfer(`it answered ${code}`);
      throw storeFailure('store_refused', `The store ${address.shown} could not delete "${textOf(refused, 'Key')}": it answered ${code}. The credentials must be allowed to delete objects.`);
    });
  }

  return {
    shown: address.shown,
    folder: cache.folder,
    async put(key, content, options = {}) {
      full(key);
      const file = await cache.incoming();
      try {
        const { bytes, sha256 } = await receive(content, file, options.maxBytes);
        const etag = await upload(key, file, bytes, sha256);
        await cache.take(file, place(key, etag), bytes);
        return { bytes, sha256 };
      } catch (error) {
        throw explainDisk(error, key);
      } finally {
        await rm(file, { force: true });
      }
    },
    link: copy,
    async get(key) {
      full(key);
      const said = isReplaceable(key) ? await head(key) : undefined;
      if (said === null) throw notInStore(key);
      const target = place(key, said?.etag ?? '');
      if (await cache.find(target)) return target;
      const under = fetching.get(target) ?? fetched(key).finally(() => fetching.delete(target));
      fetching.set(target, under);
      return under;
    },
    async open(key) {
      const file = await cache.incoming();
      try {
        const { bytes } = await download(key, file);
        const stream = createReadStream(file);
        await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
        return { stream, bytes };
      } catch (error) {
        throw explainDisk(error, key);
      } finally {
        await rm(file, { force: true });
      }
    },
    async stat(key) {
      const said = await head(key);
      return said && { key, bytes: said.bytes, modifiedAt: said.modifiedAt };
    },
    async delete(...keys) {
      const [only, ...more] = keys;
      if (only !== undefined && more.length === 0) await remove(only);
      else for (let from = 0; from < keys.length; from += MOST_DELETES) await removeAll(keys.slice(from, from + MOST_DELETES));
      for (const key of keys) if (!isReplaceable(key)) await cache.drop(place(key, ''));
    },
    async list(folder) {
      const found: StoredObject[] = [];
      const prefix = folder === undefined ? address.prefix : `${full(folder)}/`;
      for await (const xml of pages({ 'list-type': '2', prefix, 'encoding-type': 'url' }, (page) => ({ 'continuation-token': textOf(page, 'NextContinuationToken') }))) {
        for (const entry of textsOf(xml, 'Contents')) {
          const key = decodeURIComponent(textOf(entry, 'Key').replaceAll('+', ' ')).slice(address.prefix.length);
          found.push({ key, bytes: Number(textOf(entry, 'Size')), modifiedAt: new Date(textOf(entry, 'LastModified')) });
        }
      }
      return found;
    },
    hold: (paths) => cache.hold(paths),
    async sweep(now) {
      let removed = await sweepFolder(cache.incomingFolder(), now);
      const old: { key: string; uploadId: string }[] = [];
      const next = (page: string) => ({ 'key-marker': textOf(page, 'NextKeyMarker'), 'upload-id-marker': textOf(page, 'NextUploadIdMarker') });
      for await (const xml of pages({ uploads: '', prefix: address.prefix }, next)) {
        for (const entry of textsOf(xml, 'Upload')) {
          if (now.getTime() - Date.parse(textOf(entry, 'Initiated')) > LEFTOVER_AGE_MS) old.push({ key: textOf(entry, 'Key').slice(address.prefix.length), uploadId: textOf(entry, 'UploadId') });
        }
      }
      await atOnce(old, DELETES_AT_ONCE, ({ key, uploadId }) => abort(key, uploadId));
      removed += old.length;
      return removed;
    },
    async examine() {
      const key = `.examined/${randomUUID()}`;
      const body = new TextEncoder().encode('examined');
      const put = () => client.call({ method: 'PUT', key: full(key), headers: { 'if-none-match': '*' }, body, purpose: 'keep an object', expected: [412] }, async ({ response }) => {
        await response.arrayBuffer();
        return response.status;
      });
      await put();
      const again = await put();
      await client.call({ method: 'GET', key: full(key), purpose: 'read an object' }, ({ response }) => response.arrayBuffer());
      await this.list('.examined');
      await remove(key);
      if (again !== 412) throw storeFailure('store_refused', `The store ${address.shown} replaces an object that was to be written once (it ignores If-None-Match). Use a store that honours conditional writes.`);
    },
  };
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function headOf(response: Response): Head {
  return {
    bytes: Number(response.headers.get('content-length') ?? 0),
    etag: response.headers.get('etag') ?? '',
    sha256: response.headers.get('x-amz-meta-sha256'),
    modifiedAt: new Date(response.headers.get('last-modified') ?? 0),
  };
}

async function readPart(file: string, from: number, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(file, 'r');
  try {
    const part = new Uint8Array(bytes);
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await handle.read(part, at, bytes - at, from + at);
      if (bytesRead === 0) throw new Error(`${file} became shorter while it was read.`);
      at += bytesRead;
    }
    return part;
  } finally {
    await handle.close();
  }
}

/** atOnce does something with each item, so many at the same time. */
async function atOnce<T>(items: T[], most: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const one = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, one));
}
