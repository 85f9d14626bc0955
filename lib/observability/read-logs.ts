import { isId, notFound } from '@/lib/core';
import { authorize, type Context } from '@/lib/tenancy/server';
import { unpackChunk } from './chunk';
import { logQuerySchema, type LogLine, type LogPage, type LogQuery } from './schema';
import { findTaskRun, logExtent, readChunks, type AttemptKey } from './store';

const CHUNKS_A_READ = 32;

/** Which task's log. */
export type LogSubject = { runId: string; taskId: string };

/**
 * readLogs pages through the log of a task's attempt, or searches it whole.
 * @param query.after lines after this number; query.before the last ones before it; query.q only matching lines
 * @throws AppError not_found when the task is not in the caller's workspace
 */
export async function readLogs(ctx: Context, subject: LogSubject, query: Partial<LogQuery> = {}): Promise<LogPage> {
  authorize(ctx, 'run:read');
  const asked = logQuerySchema.parse(query);
  const key = await attemptKey(ctx, subject, asked);
  const extent = await logExtent(key);
  const page = { attempt: key.attempt, lines: extent.lines, firstError: extent.firstError };
  if (asked.q) return { ...page, ...(await search(key, extent.lines, asked.q, asked)) };
  // `before` beyond the end asks for the last lines
  const end = asked.before === undefined ? null : Math.min(asked.before - 1, extent.lines);
  const after = end === null ? (asked.after ?? 0) : Math.max(0, end - asked.limit);
  const upTo = end ?? after + asked.limit;
  const items: LogLine[] = [];
  for await (const line of linesOf(key, after, upTo)) items.push(line);
  const last = items.at(-1)?.n ?? after;
  return { ...page, items, nextAfter: last < extent.lines ? last : null };
}

/**
 * logText streams the log as plain text, for a download.
 * @throws AppError not_found when the task is not in the caller's workspace
 */
export async function logText(ctx: Context, subject: LogSubject, query: Partial<LogQuery> = {}): Promise<ReadableStream<Uint8Array>> {
  authorize(ctx, 'run:read');
  const key = await attemptKey(ctx, subject, logQuerySchema.parse(query));
  const pieces = chunksOf(key, 0, Number.MAX_SAFE_INTEGER);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await pieces.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value.map((line) => `${line.at} ${line.text}\n`).join('')));
    },
    cancel: async () => {
      await pieces.return(undefined);
    },
  });
}

async function attemptKey(ctx: Context, subject: LogSubject, query: LogQuery): Promise<AttemptKey> {
  const found = isId(subject.runId) ? await findTaskRun(ctx.workspaceId, subject.runId, subject.taskId, query.mapIndex) : null;
  if (!found) throw notFound('task of a run', `${subject.runId}/${subject.taskId}`);
  if (query.attempt !== undefined && query.attempt > found.attempt) throw notFound(`attempt of task "${subject.taskId}"`, String(query.attempt));
  return { runId: subject.runId, ordinal: found.ordinal, attempt: query.attempt ?? found.attempt };
}

async function* chunksOf(key: AttemptKey, after: number, upTo: number): AsyncGenerator<LogLine[], undefined> {
  let position = after;
  const end = Math.min(upTo, 2 ** 31 - 1);
  while (position < end) {
    const chunks = await readChunks(key, position, end, CHUNKS_A_READ);
    for (const chunk of chunks) {
      yield await unpackChunk(chunk.body, chunk.firstLine);
      position = chunk.lastLine;
    }
    if (chunks.length < CHUNKS_A_READ) return undefined;
  }
  return undefined;
}

async function* linesOf(key: AttemptKey, after: number, upTo: number): AsyncGenerator<LogLine> {
  for await (const lines of chunksOf(key, after, upTo)) {
    for (const line of lines) if (line.n > after && line.n <= upTo) yield line;
  }
}

type Found = Pick<LogPage, 'items' | 'matches' | 'nextAfter'>;

/** search looks at every line, counts all matches and returns a page of them with the lines around each. */
async function search(key: AttemptKey, total: number, q: string, asked: LogQuery): Promise<Found> {
  const wanted = q.toLowerCase();
  const after = asked.after ?? 0;
  const items: LogPage['items'] = [];
  const behind: LogLine[] = [];
  let matches = 0;
  let taken = 0;
  let follow = 0;
  let lastTaken = after;
  let more = false;
  for await (const lines of chunksOf(key, 0, total)) {
    for (const line of lines) {
      const match = line.text.toLowerCase().includes(wanted);
      if (match) {
        matches += 1;
        if (line.n > after && taken < asked.limit) {
          items.push(...behind.map((before) => ({ ...before, match: false })), { ...line, match: true });
          behind.length = 0;
          taken += 1;
          lastTaken = line.n;
          follow = asked.context;
          continue;
        }
        if (line.n > after) more = true;
      }
      if (follow > 0) {
        items.push({ ...line, match });
        follow -= 1;
      } else if (asked.context > 0) {
        behind.push(line);
        if (behind.length > asked.context) behind.shift();
      }
    }
  }
  return { items, matches, nextAfter: more ? lastTaken : null };
}
