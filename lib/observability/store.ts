import { pool } from '@/lib/db/pool';

/** Where an attempt's log lies. */
export type AttemptKey = { runId: string; ordinal: number; attempt: number };

/** A piece of a log as it is stored; `body` is gzip. */
export type StoredChunk = { seq: number; firstLine: number; lastLine: number; firstError: number | null; body: Buffer };

/** saveChunks writes pieces of one attempt's log; a piece with a known `seq` is replaced by its longer self. */
export async function saveChunks(key: AttemptKey, chunks: StoredChunk[]): Promise<void> {
  const values: unknown[] = [key.runId, key.ordinal, key.attempt];
  const rows = chunks.map((chunk) => {
    const at = values.length;
    values.push(chunk.seq, chunk.firstLine, chunk.lastLine, chunk.firstError, chunk.body);
    return `($1::uuid,$2::int,$3::int,$${at + 1}::int,$${at + 2}::int,$${at + 3}::int,$${at + 4}::int,$${at + 5}::bytea)`;
  });
  await pool().query(
    `insert into log_chunk (run_id, ordinal, attempt, seq, first_line, last_line, first_error, body) values ${rows.join(',')}
     on conflict (run_id, ordinal, attempt, seq) do update
     set last_line = excluded.last_line, first_error = excluded.first_error, body = excluded.body
     where log_chunk.last_line < excluded.last_line`,
    values,
  );
}

/** findTaskRun finds a task of a run in a workspace; null when it is not there. */
export async function findTaskRun(
  workspaceId: string,
  runId: string,
  taskId: string,
  mapIndex: number,
): Promise<{ ordinal: number; attempt: number } | null> {
  const { rows } = await pool().query<{ ordinal: number; attempt: number }>(
    'select ordinal, attempt from task_run where workspace_id = $1 and run_id = $2 and task_id = $3 and map_index = $4',
    [workspaceId, runId, taskId, mapIndex],
  );
  return rows[0] ?? null;
}

/** logExtent tells how long a log is and where its first error stands. */
export async function logExtent(key: AttemptKey): Promise<{ lines: number; firstError: number | null }> {
  const { rows } = await pool().query<{ lines: number; first_error: number | null }>(
    'select coalesce(max(last_line), 0) as lines, min(first_error) as first_error from log_chunk where run_id = $1 and ordinal = $2 and attempt = $3',
    [key.runId, key.ordinal, key.attempt],
  );
  return { lines: rows[0]?.lines ?? 0, firstError: rows[0]?.first_error ?? null };
}

/** logEnd tells where an attempt's log ends, for one that goes on after it waited. */
export async function logEnd(key: AttemptKey): Promise<{ seq: number; lines: number }> {
  const { rows } = await pool().query<{ seq: number; lines: number }>(
    'select coalesce(max(seq), 0) as seq, coalesce(max(last_line), 0) as lines from log_chunk where run_id = $1 and ordinal = $2 and attempt = $3',
    [key.runId, key.ordinal, key.attempt],
  );
  return rows[0] ?? { seq: 0, lines: 0 };
}

/** readChunks reads pieces that hold a line after `after` and up to `upTo`, in order, at most `limit` of them. */
export async function readChunks(key: AttemptKey, after: number, upTo: number, limit: number): Promise<StoredChunk[]> {
  const { rows } = await pool().query<{ seq: number; first_line: number; last_line: number; first_error: number | null; body: Buffer }>(
    `select seq, first_line, last_line, first_error, body from log_chunk
     where run_id = $1 and ordinal = $2 and attempt = $3 and last_line > $4 and first_line <= $5 order by seq limit $6`,
    [key.runId, key.ordinal, key.attempt, after, upTo, limit],
  );
  return rows.map((row) => ({ seq: row.seq, firstLine: row.first_line, lastLine: row.last_line, firstError: row.first_error, body: row.body }));
}
