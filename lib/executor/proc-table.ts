import { readdirSync, readFileSync } from 'node:fs';

/**
 * One process as the kernel lists it. `started` (clock ticks since boot) tells a reused pid apart; `ticks` is the CPU that it and the
 * children it has waited for have used, in hundredths of a second.
 */
export type ProcessRow = { pid: number; parent: number; group: number; session: number; started: number; ticks: number; zombie: boolean };

/** parseStat reads a line of /proc/<pid>/stat; the command's name may hold spaces and brackets. Null: not understood. */
export function parseStat(text: string): ProcessRow | null {
  const close = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(close + 2).split(' ');
  const [state, parent, group, session] = fields;
  const started = fields[19];
  if (close < 0 || !Number.isInteger(pid) || parent === undefined || group === undefined || session === undefined || started === undefined) return null;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    started: Number(started),
    // utime, stime, and both of ended children
    ticks: fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0),
    zombie: state === 'Z' || state === 'X',
  };
}

let latest: { at: number; rows: ProcessRow[] } = { at: Number.NEGATIVE_INFINITY, rows: [] };

/**
 * listProcesses lists the machine's processes; empty where there is no /proc (macOS).
 * @param maxAgeMs a list this old will do, so that attempts side by side share one
 */
export function listProcesses(maxAgeMs = 0): ProcessRow[] {
  if (performance.now() - latest.at < maxAgeMs) return latest.rows;
  const rows = readProcesses();
  latest = { at: performance.now(), rows };
  return rows;
}

/**
 * listSince lists the processes whose ids were given out from `pid` on: few, where that was a moment ago. Ids go up and begin again at the
 * end, so this holds only while fewer were given out since than there are. Null where the newest id is not known.
 */
export function listSince(pid: number): ProcessRow[] | null {
  const names = processIds();
  const newest = Number(readText('/proc/loadavg')?.trim().split(' ').at(-1) ?? Number.NaN);
  if (!(newest > 0)) return null;
  return readProcesses(names.filter((id) => (newest >= pid ? id >= pid && id <= newest : id >= pid || id <= newest)));
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function readProcesses(ids = processIds()): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of ids) {
    const text = readText(`/proc/${name}/stat`);
    const row = text === null ? null : parseStat(text);
    if (row) rows.push(row);
  }
  return rows;
}

/** processOf looks at one process; null when it is gone, or where there is no /proc. */
export function processOf(pid: number): ProcessRow | null {
  const text = readText(`/proc/${pid}/stat`);
  return text === null ? null : parseStat(text);
}

/** environmentOf reads the environment a process was started with; empty when it is gone or not ours to read. */
export function environmentOf(pid: number): string {
  return readText(`/proc/${pid}/environ`) ?? '';
}

/** privateBytes estimates a process's own memory from /proc/<pid>/statm: resident without shared pages, in bytes. */
export function privateBytes(pid: number): number {
  const fields = readText(`/proc/${pid}/statm`)?.split(' ');
  if (!fields) return 0;
  return Math.max(0, Number(fields[1]) - Number(fields[2])) * PAGE_BYTES;
}

/** proportionalBytes is a process's memory with shared pages divided among their holders (PSS), in bytes; null: unknown. */
export function proportionalBytes(pid: number): number | null {
  const match = /^Pss:\s+(\d+) kB/m.exec(readText(`/proc/${pid}/smaps_rollup`) ?? '');
  return match ? Number(match[1]) * 1024 : null;
}

const PAGE_BYTES = 4096;

/** readText reads a file of /proc; null when it is gone or not ours to read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
