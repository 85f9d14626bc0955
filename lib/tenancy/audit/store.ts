import { Prisma } from '@/lib/db/client';
import type { Sql } from '@/lib/db/sql';
import type { Tx } from '@/lib/db/transaction';
import { pool } from '@/lib/db/pool';
import type { AuditRow, AuditSearch, Breach } from './schema';

/** What one row says; number and hashes are given by the database when the transaction commits. */
export type NewAuditRow = Omit<AuditRow, 'id' | 'hash'> & {
  workspaceId: string | null;
  requestId: string | null;
};

const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));

const COLUMNS = 'workspace_id, at, actor_kind, actor_id, actor_name, verb, target, target_id, before, after, ip, request_id';

/** insertAudit writes one row inside the change's transaction. */
export async function insertAudit(tx: Sql, row: NewAuditRow): Promise<void> {
  await tx.$executeRawUnsafe(
    `insert into audit_entry (${COLUMNS}) values ($1::uuid, $2::timestamptz, $3, $4, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11, $12)`,
    row.workspaceId, row.at, row.actor.kind, row.actor.id, row.actor.name, row.verb, row.target, row.targetId,
    json(row.before), json(row.after), row.ip, row.requestId,
  );
}

/** insertAuditSql is insertAudit as a part of the statement that makes the change. @param parameter the statement's that holds auditValue */
export const insertAuditSql = (parameter: string): string =>
  `insert into audit_entry (${COLUMNS}) select ${COLUMNS} from jsonb_to_record(${parameter}::jsonb) as a(workspace_id uuid, at timestamptz, actor_kind text,
     actor_id text, actor_name text, verb text, target text, target_id text, before jsonb, after jsonb, ip text, request_id text)`;

/** auditValue is a row as insertAuditSql reads it. */
export const auditValue = (row: NewAuditRow): string =>
  JSON.stringify({
    workspace_id: row.workspaceId, at: row.at, actor_kind: row.actor.kind, actor_id: row.actor.id, actor_name: row.actor.name,
    verb: row.verb, target: row.target, target_id: row.targetId, before: row.before, after: row.after, ip: row.ip, request_id: row.requestId,
  });

type Stored = {
  id: bigint;
  at: Date;
  actor_kind: AuditRow['actor']['kind'];
  actor_id: string | null;
  actor_name: string;
  verb: string;
  target: string;
  target_id: string;
  before: AuditRow['before'];
  after: AuditRow['after'];
  ip: string | null;
  hash: string;
};

/** searchAudit lists a workspace's rows, newest first; numbers follow the order of commits. */
export async function searchAudit(
  db: Tx,
  workspaceId: string,
  search: AuditSearch & { beforeId: bigint | null },
): Promise<AuditRow[]> {
  const where = [Prisma.sql`workspace_id = ${workspaceId}::uuid`];
  const contains = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  if (search.beforeId !== null) where.push(Prisma.sql`id < ${search.beforeId}`);
  if (search.actor)
    where.push(Prisma.sql`(actor_name ilike ${contains(search.actor)} or actor_id = ${search.actor})`);
  if (search.target)
    where.push(
      Prisma.sql`(target = ${search.target} or target_id = ${search.target} or target || ':' || target_id = ${search.target})`,
    );
  if (search.from) where.push(Prisma.sql`at >= ${new Date(search.from)}`);
  if (search.to) where.push(Prisma.sql`at < ${new Date(search.to)}`);
  if (search.q) {
    const text = contains(search.q);
    where.push(Prisma.sql`(verb ilike ${text} or target ilike ${text} or target_id ilike ${text} or actor_name ilike ${text}
      or before::text ilike ${text} or after::text ilike ${text})`);
  }
  const rows = await db.$queryRaw<Stored[]>`
    select id, at, actor_kind, actor_id, actor_name, verb, target, target_id, before, after, ip, hash
    from audit_entry where ${Prisma.join(where, ' and ')} order by id desc limit ${search.limit + 1}`;
  return rows.map((r) => ({
    id: r.id.toString(),
    at: r.at,
    actor: { kind: r.actor_kind, id: r.actor_id, name: r.actor_name },
    verb: r.verb,
    target: r.target,
    targetId: r.target_id,
    before: r.before,
    after: r.after,
    ip: r.ip,
    hash: r.hash,
  }));
}

/**
 * findBreaches recomputes every hash of a chain and every link to the row before it, in the database.
 * @param workspaceId null is the organization's own chain
 */
export async function findBreaches(
  workspaceId: string | null,
): Promise<{ rows: number; breaches: Breach[] }> {
  const { rows } = await pool().query<{
    id: string;
    at: Date;
    edited: boolean;
    unlinked: boolean;
    total: string;
  }>(
    `with chain as (
       select e.id, e.at, e.hash <> audit_hash(e) as edited,
         e.prev_hash <> coalesce(lag(e.hash) over (order by e.id), '') as unlinked
       from audit_entry e where e.workspace_id is not distinct from $1::uuid)
     select id::text, at, edited, unlinked, (select count(*) from chain)::text as total from chain
     where edited or unlinked
     union all select null, null, false, false, (select count(*) from chain)::text
     order by 1 nulls last limit 101`,
    [workspaceId],
  );
  const breaches = rows
    .filter((r) => r.id !== null)
    .map((r): Breach => ({ id: r.id, at: r.at, kind: r.edited ? 'edited' : 'gap' }));
  return { rows: Number(rows[0]?.total ?? 0), breaches };
}
