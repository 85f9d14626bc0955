import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type DropLine, type LogLine } from '@/lib/inference';

/** A spool file is followed by the next one above this size, in bytes. */
const FILE_BYTES = 16 * 1024 * 1024;
const DROPS_EVERY_MS = 1_000;

/** An escaped backslash, or what the database cannot store: NUL and halves of characters, which JSON.stringify escapes. */
const UNSTORABLE = /\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g;

/** jsonLine writes a log line so that the database can store it. */
export const jsonLine = (line: LogLine | DropLine): string => JSON.stringify(line).replace(UNSTORABLE, (found) => (found === '\\\\' ? found : '\ufffd'));

/**
 * Log lines of one routing process, on disk before the caller has its answer, so that a killed process loses none. What is gathered
 * while one turn of the event loop lasts is one write.
 */
export class Spool {
  private file = 0;
  private sequence = 0;
  private written = 0;
  private lines: string[] = [];
  private rows: LogLine[] = [];
  private then: (() => void)[] = [];
  private readonly drops = new Map<string, DropLine['drop']>();
  private readonly timer: NodeJS.Timeout;
  /** set when the disk space for waiting lines is used up */
  full = false;

  constructor(
    private readonly folder: string,
    private readonly routerId: string,
    private readonly on: { spooled: () => void; logged: (rows: number) => void; dropped: (rows: number) => void },
  ) {
    this.timer = setInterval(() => this.writeDrops(), DROPS_EVERY_MS);
    this.timer.unref();
  }

  /** append keeps lines and calls `answer` when they are written, or counted as dropped: a prediction is never held up by its log. */
  append(lines: LogLine[], answer: () => void): void {
    if (this.then.length === 0) setImmediate(() => this.flush());
    this.then.push(answer);
    if (this.full) this.drop(lines);
    else {
      this.rows.push(...lines);
      for (const line of lines) this.lines.push(jsonLine(line));
    }
  }

  /** flush writes what is gathered and lets the answers go. */
  flush(): void {
    const { lines, rows, then } = this;
    this.lines = [];
    this.rows = [];
    this.then = [];
    if (lines.length > 0) {
      try {
        this.write(`${lines.join('\n')}\n`);
        this.on.logged(rows.length);
        this.on.spooled();
      } catch {
        this.drop(rows);
      }
    }
    for (const answer of then) answer();
  }

  /** close writes the rest and the counts of what was dropped. */
  close(): void {
    clearInterval(this.timer);
    this.flush();
    this.writeDrops();
    if (this.file !== 0) closeSync(this.file);
    this.file = 0;
  }

  private write(text: string): void {
    if (this.file === 0 || this.written > FILE_BYTES) {
      if (this.file !== 0) closeSync(this.file);
      this.file = 0;
      this.sequence += 1;
      this.file = openSync(path.join(this.folder, `${this.routerId}.${String(this.sequence).padStart(6, '0')}.ndjson`), 'a', 0o600);
      this.written = 0;
    }
    this.written += writeSync(this.file, text);
  }

  private drop(lines: LogLine[]): void {
    this.on.dropped(lines.length);
    for (const line of lines) {
      const minute = `${line.received_at.slice(0, 16)}:00.000Z`;
      const key = `${line.endpoint_id} ${minute}`;
      const known = this.drops.get(key);
      if (known) known.rows += 1;
      else this.drops.set(key, { endpoint_id: line.endpoint_id, workspace_id: line.workspace_id, minute, rows: 1 });
    }
  }

  private writeDrops(): void {
    if (this.drops.size === 0) return;
    try {
      this.write([...this.drops.values()].map((drop) => `${jsonLine({ drop })}\n`).join(''));
      this.drops.clear();
      this.on.spooled();
    } catch {
      // The disk is full; the counts stay until it is not.
    }
  }
}
