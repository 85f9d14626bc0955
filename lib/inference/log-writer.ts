import { readdirSync, statSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { log } from '@/lib/core/log';
import * as store from './store';

/** Bytes of lines that are written in one statement. */
const BATCH_BYTES = 1024 * 1024;
const ENDING = '.ndjson';

/** SQLSTATE class 22: the data itself cannot be stored, and will not be the next time either. */
const isBadData = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && /^2[23]/.test(String(error.code));

/**
 * LogWriter brings the lines that routing processes spooled into the log, each exactly once however often it is killed: a line's
 * key is its own, and how far a file was read is noted beside it only after the commit.
 */
export class LogWriter {
  private working: Promise<void> = Promise.resolve();

  /** @param folder the spool: files `<router>.<number>.ndjson`, each written by one process and left when the next number begins */
  constructor(private readonly folder: string) {}

  /**
   * flush writes what is there. A file is removed when it is read to its end and its writer has gone on or is gone.
   * @param isWriting whether the process of this id still writes
   * @throws when the database cannot be reached; nothing is lost, the next call goes on
   */
  flush(isWriting: (routerId: string) => boolean): Promise<void> {
    const next = this.working.catch(() => undefined).then(() => this.flushAll(isWriting));
    this.working = next;
    return next;
  }

  /** bytes is how much waits, in bytes. */
  bytes(): number {
    return this.files().reduce((sum, name) => {
      try {
        return sum + statSync(path.join(this.folder, name)).size;
      } catch {
        return sum;
      }
    }, 0);
  }

  private files(): string[] {
    try {
      return readdirSync(this.folder).filter((name) => name.endsWith(ENDING)).toSorted();
    } catch {
      return [];
    }
  }

  private async flushAll(isWriting: (routerId: string) => boolean): Promise<void> {
    const files = this.files();
    for (const [i, name] of files.entries()) {
      const [routerId = ''] = name.split('.');
      const isLast = !(files[i + 1]?.startsWith(`${routerId}.`) ?? false);
      // asked before the file is read: what is written until then is read too
      const done = !isLast || !isWriting(routerId);
      await this.flushFile(path.join(this.folder, name), done);
    }
  }

  private async flushFile(file: string, done: boolean): Promise<void> {
    let offset = Number(await readFile(`${file}.read`, 'utf8').catch(() => '0'));
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(BATCH_BYTES);
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, BATCH_BYTES, offset);
        const end = buffer.subarray(0, bytesRead).lastIndexOf(10);
        // a last line without its end was never answered
        if (end < 0) break;
        await this.write(buffer.subarray(0, end).toString('utf8').split('\n'));
        offset += end + 1;
        await writeFile(`${file}.read`, String(offset));
      }
    } finally {
      await handle.close();
    }
    if (done) await Promise.all([rm(file, { force: true }), rm(`${file}.read`, { force: true })]);
  }

  /** A line that cannot be stored is found by halving, counted as dropped, and holds nothing up. */
  private async write(lines: string[]): Promise<void> {
    try {
      await store.insertLines(lines);
    } catch (error) {
      if (!isBadData(error)) throw error;
      if (lines.length > 1) {
        const half = lines.length >> 1;
        await this.write(lines.slice(0, half));
        await this.write(lines.slice(half));
        return;
      }
      log.error({ err: error, line: lines[0]?.slice(0, 500) }, 'a prediction could not be logged');
      await store.countUnstorable(lines[0] ?? '');
    }
  }
}

/** openSpool makes the folder of a spool. */
export async function openSpool(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
