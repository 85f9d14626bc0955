import { createReadStream, createWriteStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack, type Pack } from 'tar-stream';
import { z } from 'zod';
import { env } from '@/lib/core/env';
import { loadInto, withSnapshot, type DumpPlan } from '@/lib/db/dump';
import { migrate, readMigrations } from '@/lib/db/migrate';
import { AppError } from '@/lib/core/errors';
import { store } from '@/lib/datasets/server';
import { Failure } from '../client/failure';
import { type Print } from '../client/print';
import { MIGRATIONS, version } from '../root';
import { withDatabase } from '../up/database';

const KEY = 'secret.key';
const FORMAT = 1;

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  penstock: z.string(),
  createdAt: z.string(),
  keyIncluded: z.boolean(),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
  sequences: z.array(z.object({ name: z.string(), value: z.string() })),
  partitions: z.array(z.object({ name: z.string(), parent: z.string(), bound: z.string() })),
});
type Manifest = z.infer<typeof manifestSchema>;

/**
 * backUp writes all tables as of one moment, the files of the store and the secret key into one archive (.tar.gz, mode 600), beside a
 * running product or without one. Files are immutable, so those that came after that moment do no harm.
 * @param given the archive; `penstock-<time>.tar.gz` in this folder otherwise
 */
export async function backUp(print: Print, given: string | undefined, now: Date): Promise<void> {
  const file = path.resolve(given ?? `penstock-${now.toISOString().replace(/[-:]|\.\d+/g, '')}.tar.gz`);
  if (existsSync(file)) throw new Failure(`${file} is there already. Name another file, or move it away.`);
  const { PENSTOCK_HOME, PENSTOCK_SECRET_KEY } = env();
  const key = path.join(PENSTOCK_HOME, KEY);
  const keyIncluded = !PENSTOCK_SECRET_KEY && existsSync(key);
  const draft = `${file}.partial`;
  const spool = await mkdtemp(path.join(path.dirname(file), '.penstock-backup-'));
  try {
    const archive = pack();
    const written = pipeline(archive, createGzip(), createWriteStream(draft, { mode: 0o600 }));
    const tables = await withDatabase((url) =>
      withSnapshot(url, async (snapshot) => {
        const { migrations, tables, sequences, partitions } = snapshot;
        const manifest: Manifest = { format: FORMAT, penstock: version(), createdAt: now.toISOString(), keyIncluded, migrations, tables, sequences, partitions };
        archive.entry({ name: 'manifest.json' }, JSON.stringify(manifest));
        for (const [at, { name }] of tables.entries()) {
          const rowsFile = path.join(spool, String(at));
          await snapshot.rows(name, createWriteStream(rowsFile, { mode: 0o600 }));
          await addFile(archive, `database/${name}`, rowsFile);
          await rm(rowsFile);
        }
        return tables.length;
      }),
    );
    const objects = await addStore(archive);
    if (keyIncluded) archive.entry({ name: KEY, mode: 0o600 }, readFileSync(key));
    archive.finalize();
    await written;
    await rename(draft, file);
    const { size } = await stat(file);
    const keyWords = keyIncluded ? 'and the secret key: keep it where only you can read it' : 'but not PENSTOCK_SECRET_KEY: keep that beside it';
    print.answer({ file, bytes: size, tables, objects, keyIncluded }, `${file} holds ${tables} tables and ${objects} files (${Math.ceil(size / 1024).toLocaleString('en')} kB) ${keyWords}.`);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

/** addFile adds a file of known size; one that grows or shrinks meanwhile breaks the archive instead of lying. */
async function addFile(archive: Pack, name: string, file: string): Promise<void> {
  const { size } = await stat(file);
  await pipeline(createReadStream(file), archive.entry({ name, size }));
}

async function addStore(archive: Pack): Promise<number> {
  let objects = 0;
  for (const { key } of await store().list()) {
    if (key.startsWith('.')) continue;
    const object = await store().open(key).catch((error: unknown) => {
      // retention may have deleted it since it was listed
      if (error instanceof AppError && error.code === 'not_found') return null;
      throw error;
    });
    if (!object) continue;
    await pipeline(object.stream, archive.entry({ name: `store/${key}`, size: object.bytes }));
    objects += 1;
  }
  return objects;
}

/**
 * restore fills an empty PENSTOCK_HOME (and an empty DATABASE_URL) from an archive. An archive of an older version is migrated. When
 * it fails nothing stays behind.
 * @throws Failure when there is something already, or the archive is damaged or of a newer version
 */
export async function restore(print: Print, given: string): Promise<void> {
  const file = path.resolve(given);
  if (!existsSync(file)) throw new Failure(`There is no file ${file}.`);
  const { PENSTOCK_HOME: home } = env();
  if (existsSync(home) && readdirSync(home).length > 0) throw new Failure(`${home} is not empty. Set PENSTOCK_HOME to a new folder, or move the old one away.`);
  const made = { tables: 0, rows: 0, objects: 0, key: false };
  try {
    await withDatabase(async (url) => {
      const entries = extract();
      const reading = pipeline(createReadStream(file), createGunzip(), entries);
      // a damaged archive is told by whoever reads its entries
      reading.catch(() => undefined);
      const source = entries[Symbol.asyncIterator]();
      const first = await source.next();
      if (first.done || first.value.header.name !== 'manifest.json') throw new Failure(`${file} is no backup of Penstock: its manifest is missing.`);
      const parsed = manifestSchema.safeParse(JSON.parse(await text(first.value)));
      if (!parsed.success) throw new Failure(`${file} is no backup that this Penstock can read.`);
      const manifest = parsed.data;
      await migrateTo(url, manifest);
      await loadInto(url, manifest, async (rows) => {
        for (let next = await source.next(); !next.done; next = await source.next()) {
          const entry = next.value;
          const [place, ...rest] = entry.header.name.split('/');
          const key = rest.join('/');
          if (place === 'database') {
            made.rows += await rows(key, Readable.from(entry));
            made.tables += 1;
          } else if (place === 'store') {
            await store().put(key, Readable.from(entry));
            made.objects += 1;
          } else if (place === KEY) {
            await mkdir(home, { recursive: true });
            writeFileSync(path.join(home, KEY), await text(entry), { mode: 0o600 });
            made.key = true;
          } else entry.resume();
        }
        await reading;
        if (made.tables !== manifest.tables.length || made.key !== manifest.keyIncluded) throw new Failure(`${file} is not whole: it lists ${manifest.tables.length} tables, but has ${made.tables}.`);
      });
      await migrate(url, MIGRATIONS);
    });
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw isDamage(error) ? new Failure(`${file} is no whole backup: ${error.message}. Take one that was written to its end.`) : error;
  }
  const keyWords = made.key ? '' : ' Set PENSTOCK_SECRET_KEY to the key that the backup was made with.';
  const place = env().PENSTOCK_STORE === undefined ? home : `${home}, the files into ${store().shown}`;
  print.answer({ home, ...made }, `Restored ${made.tables} tables with ${made.rows} rows and ${made.objects} files into ${place}.${keyWords} Start it with \`npm start\`.`);
}

/** What the archive's readers say of bytes that are no gzip, or no tar, or end too early. */
const isDamage = (error: unknown): error is Error =>
  error instanceof Error && (/^Z_/.test((error as NodeJS.ErrnoException).code ?? '') || /unexpected end|invalid tar header/i.test(error.message));

/** migrateTo brings an empty database to the schema that a backup was made with. */
async function migrateTo(url: string, plan: Pick<DumpPlan, 'migrations'> & { penstock: string }): Promise<void> {
  const known = new Map((await readMigrations(MIGRATIONS)).map((each) => [each.name, each.checksum]));
  const strange = plan.migrations.find((each) => known.get(each.name) !== each.checksum);
  if (strange) throw new Failure(`The backup was made by Penstock ${plan.penstock}, whose migration ${strange.name} this version does not know. Restore it with that version, or a newer one.`);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'penstock-migrations-'));
  try {
    for (const { name } of plan.migrations) await cp(path.join(MIGRATIONS, name), path.join(folder, name), { recursive: true });
    await migrate(url, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
