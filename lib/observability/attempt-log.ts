import { notify } from '@/lib/db/notify';
import { log } from '@/lib/core/log';
import { encodeLine, packChunk } from './chunk';
import { looksLikeError } from './first-error';
import { createMasker } from './mask';
import type { LogStream } from './schema';
import { saveChunks, type AttemptKey, type StoredChunk } from './store';

/** Longest line kept, in characters; the rest is cut with a note. */
export const LINE_LIMIT = 64 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** A piece smaller than this stays open at a flush and is written again when it has grown. */
const REWRITE_BYTES = 16 * 1024;
const FLUSH_MS = 250;
const FULL_BYTES = 2 * 1024 * 1024;
const ROOM_BYTES = 512 * 1024;
const BATCH = 8;
const RETRY_MS = 500;

/** An attempt's log while it is written. */
export type AttemptLog = {
  /** takes text of any number of lines; a last line without its line end is a line too */
  write(stream: LogStream, text: string): void;
  /** resolves when there is room again; a producer that can wait awaits it */
  ready: () => Promise<void>;
  /** hides this value (and its encoded forms) in every line from now on */
  mask: (value: string) => void;
  maskText: (text: string) => string;
  maskJson: <T>(value: T) => T;
  /** writes what is left and ends the log; answers its number of lines */
  close(): Promise<{ lines: number }>;
};

type Piece = Omit<StoredChunk, 'body'> & { text: string; bytes: number };

/**
 * openAttemptLog starts an attempt's log. Nothing touches the database before the first line. Memory is bounded: a writer
 * that heeds `ready()` never has more than about 2 MB waiting.
 * @param options.after where the log of an attempt that goes on ended (logEnd)
 * @param options.totalBytes text kept for one attempt (200 MB); what comes after is counted and named in a last line
 */
export function openAttemptLog(
  key: AttemptKey & { workspaceId: string },
  options: { clock?: () => number; totalBytes?: number; flushMs?: number; after?: { seq: number; lines: number } } = {},
): AttemptLog {
  const clock = options.clock ?? Date.now;
  const totalLimit = options.totalBytes ?? 200 * 1024 * 1024;
  const masker = createMasker();
  const sealed: Piece[] = [];
  let open: Piece | null = null;
  let openDirty = false;
  let seq = options.after?.seq ?? 0;
  let lines = options.after?.lines ?? 0;
  let total = 0;
  let dropped = 0;
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | null = null;
  let pumping: Promise<void> | null = null;
  let closed = false;
  let room: { promise: Promise<void>; resolve: () => void } | null = null;

  const seal = () => {
    if (open && openDirty) sealed.push(open);
    open = null;
    openDirty = false;
  };

  const keep = (stream: LogStream, text: string) => {
    const line = encodeLine(clock(), stream, text);
    const bytes = Buffer.byteLength(line);
    if (open && open.bytes + bytes > CHUNK_BYTES) seal();
    lines += 1;
    open ??= { seq: (seq += 1), firstLine: lines, lastLine: lines, firstError: null, text: '', bytes: 0 };
    open.text += line;
    open.bytes += bytes;
    open.lastLine = lines;
    if (open.firstError === null && looksLikeError(text)) open.firstError = lines;
    openDirty = true;
    total += bytes;
    waitingBytes += bytes;
  };

  const line = (stream: LogStream, raw: string) => {
    if (total >= totalLimit && stream !== 'system') {
      dropped += 1;
      return;
    }
    const masked = masker.text(raw);
    keep(stream, masked.length > LINE_LIMIT ? `${masked.slice(0, LINE_LIMIT - 100)} … [line cut after 64 kB]` : masked);
  };

  const write = (stream: LogStream, text: string) => {
    if (closed) return;
    if (text.includes('\n')) {
      const parts = text.split('\n');
      if (parts.at(-1) === '') parts.pop();
      for (const part of parts) line(stream, part.endsWith('\r') ? part.slice(0, -1) : part);
    } else {
      line(stream, text);
    }
    if (sealed.length >= BATCH) void pump();
    else pumpSoon();
  };

  const pumpSoon = () => {
    timer ??= setTimeout(() => void pump(), options.flushMs ?? FLUSH_MS);
  };

  /** one batch after another until nothing waits; one at a time */
  const pump = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    pumping ??= drain().finally(() => {
      pumping = null;
      if (!closed && (sealed.length > 0 || openDirty)) pumpSoon();
    });
    return pumping;
  };

  const drain = async () => {
    do {
      const batch = sealed.splice(0, BATCH);
      if (batch.length < BATCH && open && openDirty) {
        // a copy: lines may be added to the open piece while this one is on its way
        batch.push({ ...open });
        openDirty = false;
        if (open.bytes >= REWRITE_BYTES) open = null;
      }
      if (batch.length === 0) break;
      const rows = await Promise.all(
        batch.map(async ({ text, bytes: _, ...piece }): Promise<StoredChunk> => ({ ...piece, body: await packChunk(text) })),
      );
      await saveStubbornly(key, rows);
      notify({ topic: 'log', id: key.runId, workspaceId: key.workspaceId });
      waitingBytes = sealed.reduce((sum, piece) => sum + piece.bytes, openDirty && open ? open.bytes : 0);
      if (waitingBytes < ROOM_BYTES) {
        room?.resolve();
        room = null;
      }
    } while (sealed.length > 0);
  };

  return {
    write,
    ready: () => {
      if (waitingBytes < FULL_BYTES) return Promise.resolve();
      if (!room) {
        let resolve: () => void = () => undefined;
        const promise = new Promise<void>((done) => (resolve = done));
        room = { promise, resolve };
      }
      void pump();
      return room.promise;
    },
    mask: masker.add,
    maskText: masker.text,
    maskJson: masker.json,
    close: async () => {
      if (closed) return { lines };
      if (dropped > 0) {
        const limit = Math.round(totalLimit / 1024 / 1024);
        keep('system', `${dropped} further lines were not kept: an attempt's log holds at most ${limit} MB.`);
      }
      closed = true;
      await pumping;
      if (sealed.length > 0 || openDirty) await pump();
      return { lines };
    },
  };
}

/** saveStubbornly writes through a short outage of the database; after a minute the lines are given up, not the attempt. */
async function saveStubbornly(key: AttemptKey, rows: StoredChunk[]): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await saveChunks(key, rows);
      return;
    } catch (error) {
      if (tries >= 120) {
        log.error({ err: error, ...key }, 'log lines given up');
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
