import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Server, type S3Server } from '@/lib/testing/s3';
import { localStore } from './local-store';
import { type Store } from './object-store';
import { readAddress } from './s3/address';
import { s3Store } from './s3/store';

const home = mkdtempSync(path.join(os.tmpdir(), 'penstock-store-'));
const MB = 1024 * 1024;
let server: S3Server;
let caches = 0;

/** The same bucket as another machine sees it: with a folder of its own. */
function machine(options: { maxBytes?: number; patienceMs?: number; variables?: NodeJS.ProcessEnv; store?: string } = {}): Store {
  const variables = { ...server.variables, ...options.variables } as unknown as NodeJS.ProcessEnv;
  return s3Store({
    address: readAddress(options.store ?? variables.PENSTOCK_STORE ?? '', variables),
    cache: { folder: path.join(home, `cache-${(caches += 1)}`), maxBytes: options.maxBytes ?? 1024 * MB },
    variables,
    sizes: { part: 5 * MB, copy: 12 * MB, copyPart: 6 * MB },
    ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
  });
}

beforeAll(async () => {
  server = await s3Server();
}, 120_000);
afterAll(async () => {
  await server.remove();
  rmSync(home, { recursive: true, force: true });
});

describe.each([
  ['a folder', () => localStore(path.join(home, 'local'))],
  ['a bucket', () => machine()],
])('the store in %s', (kind, make) => {
  let store: Store;
  beforeAll(() => void (store = make()));
  const put = (key: string, text: string) => store.put(key, Buffer.from(text));
  const read = async (key: string) => readFileSync(await store.get(key), 'utf8');

  it('gives back what was put, as a read-only file below its folder', async () => {
    const { bytes, sha256 } = await put('outputs/w/r/1-1/part-0.parquet', 'a table');
    expect({ bytes, sha256 }).toEqual({ bytes: 7, sha256: createHash('sha256').update('a table').digest('hex') });
    const file = await store.get('outputs/w/r/1-1/part-0.parquet');
    expect(file.startsWith(store.folder)).toBe(true);
    expect(path.basename(file)).toBe('part-0.parquet');
    expect(statSync(file).mode & 0o777).toBe(0o444);
    expect(readFileSync(file, 'utf8')).toBe('a table');
    expect(await store.stat('outputs/w/r/1-1/part-0.parquet')).toMatchObject({ bytes: 7, key: 'outputs/w/r/1-1/part-0.parquet' });
    expect(Math.abs((await store.stat('outputs/w/r/1-1/part-0.parquet'))!.modifiedAt.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it.each(['it’s (1) 100% + ä & b=c;d,e.csv', 'deep/er/~x!*\'$@:#.csv', '日本語.json'])('keeps the name %s', async (name) => {
    const key = `files/w1/${name}`;
    await put(key, name);
    expect(await read(key)).toBe(name);
    expect((await store.list('files/w1')).map((found) => found.key)).toContain(key);
    await store.delete(key);
    expect(await store.stat(key)).toBeNull();
  });

  it('shows a replaced file of a workspace at once', async () => {
    await put('files/w/a.csv', 'old');
    expect(await read('files/w/a.csv')).toBe('old');
    await put('files/w/a.csv', 'newer');
    expect(await read('files/w/a.csv')).toBe('newer');
  });

  it('takes a stream, an empty file, and a file of this machine, which it moves when asked', async () => {
    await store.put('models/w/v/stream', Readable.from([Buffer.from('in '), Buffer.from('pieces')]));
    expect(await read('models/w/v/stream')).toBe('in pieces');
    await put('models/w/v/empty', '');
    expect(await read('models/w/v/empty')).toBe('');
    const file = path.join(home, `${kind}-given`);
    writeFileSync(file, 'given');
    await store.put('models/w/v/copied', { path: file });
    expect(existsSync(file)).toBe(true);
    await store.put('models/w/v/moved', { path: file, move: true });
    expect(existsSync(file)).toBe(false);
    expect([await read('models/w/v/copied'), await read('models/w/v/moved')]).toEqual(['given', 'given']);
  });

  it('refuses what is too long, and leaves nothing behind', async () => {
    await expect(store.put('files/w/long', Readable.from([Buffer.alloc(600), Buffer.alloc(600)]), { maxBytes: 1000 })).rejects.toMatchObject({ code: 'too_large' });
    expect(await store.stat('files/w/long')).toBeNull();
  });

  it('refuses keys that could leave it', async () => {
    await expect(put('files/../x', '')).rejects.toMatchObject({ code: 'invalid' });
    await expect(store.get('/etc/passwd')).rejects.toMatchObject({ code: 'invalid' });
  });

  it('says that an object is not there (any more)', async () => {
    for (const key of ['outputs/none', 'files/w/none']) {
      await expect(store.get(key)).rejects.toMatchObject({ code: 'not_found', message: `The file "${key}" is not in the store any more.` });
      await expect(store.open(key)).rejects.toMatchObject({ code: 'not_found' });
      expect(await store.stat(key)).toBeNull();
      await store.delete(key);
    }
    await put('outputs/gone', 'x');
    await store.get('outputs/gone');
    await store.delete('outputs/gone');
    await expect(store.get('outputs/gone')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('links an object, again without harm, and the second name outlives the first', async () => {
    await put('outputs/w/l/part', 'linked');
    for (const _ of [1, 2]) await store.link('outputs/w/l/part', 'datasets/w/d/v/part');
    await store.delete('outputs/w/l/part');
    expect(await read('datasets/w/d/v/part')).toBe('linked');
    await expect(store.link('outputs/w/l/none', 'datasets/w/d/v/none')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('lists a folder, and not one whose name only begins alike', async () => {
    for (const key of ['outputs/l/run/a', 'outputs/l/run/b/c', 'outputs/l/run2/d']) await put(key, key);
    expect((await store.list('outputs/l/run')).map(({ key }) => key).sort()).toEqual(['outputs/l/run/a', 'outputs/l/run/b/c']);
    expect(await store.list('outputs/nothing')).toEqual([]);
    expect((await store.list()).map(({ key }) => key)).toEqual(expect.arrayContaining(['outputs/l/run/a', 'outputs/l/run2/d']));
  });

  it('deletes many at once, whatever they are called, and no other', async () => {
    const keys = ['files/m/a & b<c>.csv', 'files/m/ü"\'.csv', ...Array.from({ length: 4 }, (_, i) => `files/m/${i}`)];
    for (const key of [...keys, 'files/m/stays']) await put(key, 'x');
    await store.delete(...keys, 'files/m/never-there');
    await store.delete();
    expect((await store.list('files/m')).map(({ key }) => key)).toEqual(['files/m/stays']);
  });

  it('streams an object for one reading', async () => {
    await put('outputs/once', 'read once');
    const { stream, bytes } = await store.open('outputs/once');
    expect([(await buffer(stream)).toString(), bytes]).toEqual(['read once', 9]);
  });

  it('examines itself and leaves nothing behind', async () => {
    await store.examine();
    expect((await store.list()).filter(({ key }) => key.startsWith('.'))).toEqual([]);
    expect(await store.sweep(new Date())).toBe(0);
  });
});

describe('a bucket that several machines share', () => {
  it('brings to one machine what another one put, in parts when it is long', async () => {
    const [one, two] = [machine(), machine()];
    const bytes = randomBytes(13 * MB);
    const { sha256 } = await one.put('outputs/long', Readable.from([bytes.subarray(0, 3 * MB), bytes.subarray(3 * MB)]));
    expect(readFileSync(await two.get('outputs/long')).equals(bytes)).toBe(true);
    await two.link('outputs/long', 'datasets/long');
    expect(readFileSync(await one.get('datasets/long')).equals(bytes)).toBe(true);
    // the same again is the answer that was lost; other content is a conflict
    expect((await one.put('outputs/long', bytes)).sha256).toBe(sha256);
    await expect(two.put('outputs/long', randomBytes(13 * MB))).rejects.toMatchObject({ code: 'conflict' });
    await one.put('outputs/short', Buffer.from('first'));
    await one.put('outputs/short', Buffer.from('first'));
    await expect(two.put('outputs/short', Buffer.from('second'))).rejects.toThrow('with other content');
    expect(readFileSync(await machine().get('outputs/short'), 'utf8')).toBe('first');
  });

  it('sees at once that another machine replaced a file', async () => {
    const [one, two] = [machine(), machine()];
    for (const text of ['old', 'newer']) {
      await one.put('files/w/shared.csv', Buffer.from(text));
      expect(readFileSync(await two.get('files/w/shared.csv'), 'utf8')).toBe(text);
    }
  });

  it('lists and deletes more objects than one answer holds', async () => {
    const store = machine({ store: `s3://${server.bucket}/many` });
    await Promise.all(Array.from({ length: 1_010 }, (_, i) => store.put(`outputs/many/${i}`, Buffer.from('x'))));
    const keys = (await store.list('outputs/many')).map(({ key }) => key);
    expect(new Set(keys).size).toBe(1_010);
    await store.delete(...keys);
    expect(await store.list('outputs/many')).toEqual([]);
  }, 60_000);

  it('reads what it has read before from its own disk, also while the bucket is away', async () => {
    const [one, two] = [machine(), machine({ patienceMs: 300 })];
    await one.put('outputs/near', Buffer.from('near'));
    await two.get('outputs/near');
    await server.way.cut();
    try {
      expect(readFileSync(await two.get('outputs/near'), 'utf8')).toBe('near');
      const [answer] = await Promise.allSettled([two.get('outputs/far')]);
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'unavailable', extra: { reason: 'store_unavailable' } } });
      expect(String((answer as PromiseRejectedResult).reason)).toMatch(/The store s3:\/\/penstock-tests\/team at 127\.0\.0\.1:\d+ could not read "outputs\/far": nothing listens at that address\. It was asked \d+ times/);
    } finally {
      await server.way.join();
    }
  });

  it('waits for a bucket that comes back', async () => {
    const store = machine();
    await server.way.cut();
    const putting = store.put('outputs/patient', Buffer.from('patient'));
    const reading = putting.then(() => machine().get('outputs/patient'));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await server.way.join();
    expect(readFileSync(await reading, 'utf8')).toBe('patient');
  });

  it('takes neither half an answer nor other bytes for the object, and asks again', async () => {
    const bytes = randomBytes(100_000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const heard: string[] = [];
    const answers = [
      (to: ServerResponse) => to.writeHead(200, { 'content-length': bytes.length, 'x-amz-meta-sha256': sha256 }).write(bytes.subarray(0, 60_000), () => to.destroy()),
      (to: ServerResponse) => to.writeHead(200, { 'content-length': bytes.length, 'x-amz-meta-sha256': sha256 }).end(randomBytes(bytes.length)),
      (to: ServerResponse) => to.writeHead(503).end('<Error><Code>SlowDown</Code></Error>'),
      (to: ServerResponse) => to.writeHead(200, { 'content-length': bytes.length, 'x-amz-meta-sha256': sha256, etag: '"e"' }).end(bytes),
    ];
    const flaky = createServer((request, response) => {
      heard.push(`${request.method} ${request.url}`);
      answers[heard.length - 1]!(response);
    });
    await new Promise<void>((resolve) => flaky.listen(0, '127.0.0.1', resolve));
    try {
      const store = machine({ variables: { AWS_ENDPOINT_URL: `http://127.0.0.1:${(flaky.address() as AddressInfo).port}` } as unknown as NodeJS.ProcessEnv });
      expect(readFileSync(await store.get('outputs/broken')).equals(bytes)).toBe(true);
      expect(heard).toEqual(Array(4).fill(`GET /${server.bucket}/team/outputs/broken`));
    } finally {
      flaky.close();
    }
  });

  it('keeps its own disk within the limit, and spares what is in use', async () => {
    const store = machine({ maxBytes: 10 * MB });
    const paths: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      await store.put(`outputs/evict/${name}`, randomBytes(3 * MB));
      paths.push(await store.get(`outputs/evict/${name}`));
    }
    // all were used just now
    expect(paths.map((file) => existsSync(file))).toEqual([true, true, true, true]);
    for (const [i, file] of paths.entries()) {
      const used = new Date(Date.now() - (60 - i) * 60_000);
      utimesSync(file, used, used);
    }
    const letGo = store.hold([paths[0]!]);
    await store.put('outputs/evict/e', randomBytes(3 * MB));
    expect(paths.map((file) => existsSync(file))).toEqual([true, false, false, false]);
    letGo();
    expect(readFileSync(await store.get('outputs/evict/b')).length).toBe(3 * MB);
  });

  it.each([
    ['a bucket that is not there', { store: 's3://no-such-bucket/x' }, 'Create the bucket "no-such-bucket", or correct PENSTOCK_STORE.'],
    ['no credentials', { variables: { AWS_ACCESS_KEY_ID: '', HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' } as unknown as NodeJS.ProcessEnv }, 'There are no credentials for the store that PENSTOCK_STORE names. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, for every process.'],
    ['an address where nothing is', { variables: { AWS_ENDPOINT_URL: 'http://127.0.0.1:59998' } as unknown as NodeJS.ProcessEnv, patienceMs: 200 }, 'nothing listens at that address'],
  ])('says in a sentence that there is %s', async (_, options, sentence) => {
    await expect(machine(options).examine()).rejects.toThrow(sentence);
  });
});
