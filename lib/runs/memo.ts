import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import canonicalize from 'canonicalize';
import { type Json } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { store, type TableRef } from '@/lib/datasets/server';
import type { AttemptWork } from './attempt-input';
import { filesAreThere } from './try';
import { fingerprinted } from './store';
import type { Sql } from '@/lib/db/sql';

/** What a memoised task's end notes: the fingerprint of its result, and where the result was taken from (null: computed). */
export type Memo = { fingerprint: string; from: Json };

/** A result of an earlier run that a memoised task takes over. */
export type MemoHit = { output: Json; table: TableRef | null; from: { runId: string; attempt: number; at: string | null } };

/**
 * memoFingerprint is the hash of everything that the result of a task with `reuse` depends on (semantics §2): its kind, config and code,
 * the params, the dates of its run, the exact tables that it reads, by their bytes, and what its expressions name besides.
 * @param named values of variables and of the run that its expressions use
 */
export async function memoFingerprint(work: AttemptWork, named: Json): Promise<string> {
  const tables = async (given: { name: string; table: TableRef }[]) =>
    Promise.all(given.map(async ({ name, table }) => ({ name, schema: table.schema, files: await Promise.all(table.files.map(contentHash)) })));
  const { kind, config } = work.task;
  const file = kind === 'source' && work.task.config.path ? await fileHashes(work.workspaceId) : null;
  const dates = [work.run.logicalDate, work.run.intervalStart, work.run.intervalEnd].map((date) => date?.toISOString() ?? null);
  // a result that was taken over is the result that it was
  const upstream = Object.entries(work.upstream).map(([id, { state, output }]) => ({ id, state: state === 'restored' ? 'succeeded' : state, output }));
  const whole = { kind, config, params: work.params, dates, inputs: await tables(work.inputs), reads: await tables(work.reads), upstream, named, file, ...(work.item === undefined ? {} : { item: work.item }) };
  return createHash('sha256').update(canonicalize(whole) ?? '').digest('hex');
}

/** findMemo finds the newest result of this pipeline with a fingerprint whose files are still there. */
export async function findMemo(pipelineId: string, fingerprint: string): Promise<MemoHit | null> {
  const [row] = await fingerprinted(pipelineId, [fingerprint]);
  if (!row || (row.table_output && !(await filesAreThere(row.table_output)))) return null;
  return {
    output: row.output,
    table: row.table_output as unknown as TableRef | null,
    from: { runId: row.run_id, attempt: row.attempt, at: row.finished_at?.toISOString() ?? null },
  };
}

/** noteMemo writes a memoised task's fingerprint beside its end; a result that was taken over makes it `restored`. */
export async function noteMemo(tx: Sql, work: Pick<AttemptWork, 'runId' | 'ordinal'>, memo: Memo): Promise<void> {
  await tx.$executeRawUnsafe(
    `update task_run set fingerprint = $3, restored_from = $4::jsonb, state = case when $4::jsonb is null then state else 'restored' end
     where run_id = $1::uuid and ordinal = $2::int and state = 'succeeded'`,
    work.runId, work.ordinal, memo.fingerprint, memo.from === null ? null : JSON.stringify(memo.from),
  );
}

async function contentHash(key: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(await store().get(key)), digest);
  return digest.digest('hex');
}

/** The workspace's files by content: a source may name several by a pattern. */
async function fileHashes(workspaceId: string): Promise<string[]> {
  const rows = await prisma().workspaceFile.findMany({ where: { workspaceId }, select: { path: true, sha256: true }, orderBy: { path: 'asc' } });
  return rows.map((row) => `${row.path} ${row.sha256}`);
}
