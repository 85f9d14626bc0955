import { type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import copy from 'pg-copy-streams';
import { AppError } from '@/lib/core/errors';

/** What a dump holds besides the rows: enough to put them back into a migrated, empty database. */
export type DumpPlan = {
  migrations: { name: string; checksum: string }[];
  /** in an order in which every row finds what it refers to */
  tables: { name: string; columns: string[] }[];
  sequences: { name: string; value: string }[];
  partitions: { name: string; parent: string; bound: string }[];
};

/** A database seen at one moment. */
export type Snapshot = DumpPlan & { rows(table: string, into: Writable): Promise<void> };

const name = (text: string): string => pg.escapeIdentifier(text);
const list = (columns: string[]): string => columns.map(name).join(', ');
const BOOKS = '_prisma_migrations';

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'penstock backup' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** withSnapshot lends one consistent view of all tables: what commits meanwhile is not in it. */
export function withSnapshot<T>(url: string, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return connected(url, async (client) => {
    await client.query('begin transaction isolation level repeatable read read only');
    const plan = await readPlan(client);
    const result = await work({
      ...plan,
      rows: async (table, into) => {
        const { columns } = plan.tables.find((each) => each.name === table)!;
        await pipeline(client.query(copy.to(`copy (select ${list(columns)} from ${name(table)}) to stdout`)), into);
      },
    });
    await client.query('commit');
    return result;
  });
}

/**
 * loadInto puts rows into a migrated database in one transaction: nothing is kept unless `work` and every check of the database succeed.
 * @param work is lent `rows`, which takes a table's rows as the snapshot gave them
 * @throws AppError conflict when the database already holds an account
 */
export function loadInto(url: string, plan: DumpPlan, work: (rows: (table: string, from: Readable) => Promise<number>) => Promise<void>): Promise<void> {
  return connected(url, async (client) => {
    const { rows: owners } = await client.query<{ n: number }>('select count(*)::int as n from user_account');
    if ((owners[0]?.n ?? 0) > 0) throw new AppError('conflict', 'This database is in use: it has accounts. Restore into an empty one.');
    await client.query('begin');
    const tables = plan.tables.map((each) => name(each.name));
    if (tables.length > 0) await client.query(`truncate ${tables.join(', ')}`);
    for (const { name: part, parent, bound } of plan.partitions) await client.query(`create table if not exists ${name(part)} partition of ${name(parent)} ${bound}`);
    // rows come as they were: what triggers make of new ones is in them already
    for (const table of tables) await client.query(`alter table ${table} disable trigger user`);
    await work(async (table, from) => {
      const columns = plan.tables.find((each) => each.name === table)?.columns;
      if (!columns) throw new AppError('invalid', `The backup holds rows of "${table}", which it does not list. The file is damaged.`);
      const sink = client.query(copy.from(`copy ${name(table)} (${list(columns)}) from stdin`));
      await pipeline(from, sink);
      return sink.rowCount ?? 0;
    });
    for (const table of tables) await client.query(`alter table ${table} enable trigger user`);
    for (const sequence of plan.sequences) await client.query('select setval($1::regclass, $2::bigint)', [name(sequence.name), sequence.value]);
    await client.query('commit');
  });
}

async function readPlan(client: pg.Client): Promise<DumpPlan> {
  const { rows: tables } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> $1
     group by c.relname order by c.relname`,
    [BOOKS],
  );
  const { rows: needs } = await client.query<{ from: string; to: string }>(
    `select distinct f.relname as "from", t.relname as "to" from pg_constraint k join pg_class f on f.oid = k.conrelid
     join pg_class t on t.oid = k.confrelid where k.contype = 'f' and f.oid <> t.oid and not f.relispartition and not t.relispartition`,
  );
  const { rows: partitions } = await client.query<DumpPlan['partitions'][number]>(
    `select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound
     from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
     where c.relnamespace = 'public'::regnamespace and c.relispartition and c.relkind = 'r' order by c.relname`,
  );
  const { rows: sequences } = await client.query<DumpPlan['sequences'][number]>(
    `select sequencename as name, last_value::text as value from pg_sequences where schemaname = 'public' and last_value is not null`,
  );
  const { rows: migrations } = await client.query<DumpPlan['migrations'][number]>(
    `select migration_name as name, checksum from ${BOOKS} where finished_at is not null and rolled_back_at is null order by migration_name`,
  );
  return { migrations, tables: inOrder(tables, needs), sequences, partitions };
}

/** inOrder puts every table behind those that its rows refer to. @throws AppError unavailable when tables refer to each other in a circle */
export function inOrder<T extends { name: string }>(tables: T[], needs: { from: string; to: string }[]): T[] {
  const waiting = new Map(tables.map((each) => [each.name, each]));
  const done: T[] = [];
  while (waiting.size > 0) {
    const free = [...waiting.values()].filter((each) => !needs.some(({ from, to }) => from === each.name && waiting.has(to)));
    if (free.length === 0) throw new AppError('unavailable', `The tables ${[...waiting.keys()].join(', ')} refer to each other in a circle, so no order of restoring them exists.`);
    for (const each of free) waiting.delete(each.name);
    done.push(...free);
  }
  return done;
}
