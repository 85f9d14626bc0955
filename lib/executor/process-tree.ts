import { randomBytes } from 'node:crypto';
import { environmentOf, listProcesses, listSince, proportionalBytes, privateBytes, type ProcessRow } from './proc-table';

/** Every process of an attempt carries this variable; a child that left the session still has it. */
export const ATTEMPT_KEY = 'PENSTOCK_ATTEMPT_KEY';

/** What every key of this process begins with, and none of another one's. */
export const OWN_KEYS = `${randomBytes(9).toString('hex')}-`;
let made = 0;

/** newKey is a value of PENSTOCK_ATTEMPT_KEY that no other has on this machine, and that none begins with. */
export const newKey = (): string => `${OWN_KEYS}${(made += 1)}.`;

/**
 * treeOf picks the processes that belong to an attempt: its root's session and group, descendants of those already known
 * (also once their parent is gone), and whatever carries the attempt's key. Pure.
 * @param known pid → start time of the processes found so far
 * @param carriesKey tells whether a process was started with the attempt's key
 */
export function treeOf(rows: ProcessRow[], root: number, known: Map<number, number>, carriesKey: (row: ProcessRow) => boolean): ProcessRow[] {
  const found = new Map<number, ProcessRow>();
  const isKnown = (row: ProcessRow) => known.get(row.pid) === row.started;
  for (const row of rows) {
    if (row.pid === root || row.session === root || row.group === root || isKnown(row) || carriesKey(row)) found.set(row.pid, row);
  }
  const sessions = new Set([...found.values()].map((row) => row.session));
  let grew = true;
  while (grew) {
    grew = false;
    for (const row of rows) {
      if (found.has(row.pid)) continue;
      if (found.has(row.parent) || sessions.has(row.session)) {
        found.set(row.pid, row);
        sessions.add(row.session);
        grew = true;
      }
    }
  }
  return [...found.values()];
}

/** A ProcessTree follows all processes of one attempt, wherever they hide. */
export type ProcessTree = {
  /** looks again; answers the living ones. @param maxAgeMs how old the machine's process list may be (default 0) */
  look(maxAgeMs?: number): ProcessRow[];
  /** memory of all of them in bytes; exact only when it comes near the limit */
  memory(rows: ProcessRow[], nearBytes: number): number;
  signal(rows: ProcessRow[], signal: NodeJS.Signals): void;
  /** kills everything, looking again until nothing is left or `tries` are spent; answers whether nothing is left */
  killAll(tries?: number): Promise<boolean>;
  /** others that began after the first process, as of the last look; null: not known which */
  others(): ProcessRow[] | null;
};

/** For so long after the first process ids cannot have begun again, in milliseconds. */
const YOUNG_MS = 2_000;

/**
 * followTree follows the processes of an attempt through /proc. Where there is none (macOS) it knows the root's group only.
 * @param root pid of the first process, the leader of its own session and group
 * @param key the value of PENSTOCK_ATTEMPT_KEY
 * @param parent the process that started the root
 */
export function followTree(root: number, key: string, parent: number): ProcessTree {
  const began = performance.now();
  let since = 0;
  let others: ProcessRow[] | null = null;
  const known = new Map<number, number>();
  const strangers = new Map<number, number>();
  const marker = `${ATTEMPT_KEY}=${key}`;

  const carriesKey = (row: ProcessRow) => {
    // what is older than the first process was not started by it
    if (row.started < since) return false;
    // a process may exec into another environment, so only those seen twice without the key are taken for strangers
    const seen = strangers.get(row.pid);
    if (seen !== undefined && Math.abs(seen) === row.started && seen < 0) return false;
    const carries = environmentOf(row.pid).includes(marker);
    if (!carries) strangers.set(row.pid, seen === row.started ? -row.started : row.started);
    return carries;
  };

  const look = (maxAgeMs = 0) => {
    const young = performance.now() - began < YOUNG_MS ? listSince(root) : null;
    const rows = young ?? listProcesses(maxAgeMs);
    since ||= rows.find((row) => row.pid === root)?.started ?? 0;
    const found = treeOf(rows, root, known, carriesKey).filter((row) => !row.zombie && row.pid !== process.pid && row.pid !== parent);
    others = young && young.filter((row) => !found.includes(row));
    for (const row of found) known.set(row.pid, row.started);
    if (strangers.size > rows.length * 4 + 100) strangers.clear();
    return found;
  };

  const signal = (rows: ProcessRow[], name: NodeJS.Signals) => {
    send(-root, name);
    for (const group of new Set(rows.map((row) => row.group))) {
      // a group whose leader is ours holds ours alone
      if (group > 1 && rows.some((row) => row.pid === group)) send(-group, name);
    }
    for (const row of rows) send(row.pid, name);
  };

  return {
    look,
    memory: (rows, nearBytes) => {
      const rough = rows.reduce((sum, row) => sum + privateBytes(row.pid), 0);
      if (rough < nearBytes) return rough;
      return rows.reduce((sum, row) => sum + (proportionalBytes(row.pid) ?? privateBytes(row.pid)), 0);
    },
    signal,
    killAll: async (tries = 100) => {
      for (let i = 0; i < tries; i += 1) {
        const rows = look();
        if (rows.length === 0) {
          send(-root, 'SIGKILL');
          return true;
        }
        // stopped first: what stands still cannot fork while the others are being killed
        if (rows.length > 8) signal(rows, 'SIGSTOP');
        signal(rows, 'SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, Math.min(5 * (i + 1), 100)));
      }
      return look().length === 0;
    },
    others: () => others,
  };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended meanwhile
  }
}
