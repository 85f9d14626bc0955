import { lstatSync, mkdirSync, readdirSync, renameSync, type Stats } from 'node:fs';
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { env } from '@/lib/core/env';
import type { AttemptInput } from './adapter';

const PACKAGES_KEPT_MS = 30 * 24 * 3_600_000;

const workRoot = () => path.join(env().PENSTOCK_HOME, 'work');

/** workFolder is an attempt's own folder. Its number keeps a zombie's folder apart, the worker's pid tells whose it is. */
export function workFolder(input: AttemptInput): string {
  return path.join(workRoot(), `${input.runId}-${input.ordinal}-${input.attempt}.${process.pid}`);
}

/** So many folders that nobody has touched are kept for attempts to come. */
const MOST_SPARE = 16;
const spareRoot = () => path.join(env().PENSTOCK_HOME, 'spare');
const spare: string[] = [];
let spared = 0;
/** The folders in use, as they were when they were handed out. */
const lent = new Map<string, Stats>();

/**
 * makeFolder makes a working folder for this user alone; one that is spare only gets its name, which costs a tenth. A call into a thread
 * would take longer than the work.
 */
export function makeFolder(folder: string): void {
  const old = spare.pop();
  if (old === undefined || !moved(old, folder)) {
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch {
      // the first one of this home
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
  }
  lent.set(folder, lstatSync(folder));
}

/**
 * spareFolder takes back an empty working folder that nobody has changed since it was handed out: then the next attempt may have it, under
 * another name. Only for one that no living process can still be in.
 * @returns false when something was done in it; it is to be removed then
 */
export function spareFolder(folder: string): boolean {
  const before = lent.get(folder);
  if (!before || spare.length >= MOST_SPARE || !isUntouched(folder, before)) return false;
  const kept = path.join(spareRoot(), `${(spared += 1)}.${process.pid}`);
  if (!moved(folder, kept)) {
    mkdirSync(spareRoot(), { recursive: true, mode: 0o700 });
    if (!moved(folder, kept)) return false;
  }
  lent.delete(folder);
  spare.push(kept);
  return true;
}

/** The times say so where the file system's are fine enough; a coarse one's may hide what was made and removed within some milliseconds, but no file. */
function isUntouched(folder: string, before: Stats): boolean {
  const now = lstatSync(folder, { throwIfNoEntry: false });
  const same = (['dev', 'ino', 'mode', 'uid', 'gid', 'nlink', 'mtimeMs', 'ctimeMs'] as const).every((each) => now?.[each] === before[each]);
  return same && readdirSync(folder).length === 0;
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/** removeFolder removes a working folder, unless it is spare already. In a thread: the file system may let it wait for others' writes. */
export async function removeFolder(folder: string): Promise<void> {
  if (!lent.delete(folder)) return;
  try {
    await rmdir(folder);
  } catch {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * removeAbandonedFolders removes what killed workers of this machine left behind, and Python environments that nobody used
 * for 30 days. A worker calls it when it starts.
 * @returns how many folders were removed
 */
export async function removeAbandonedFolders(now: Date): Promise<number> {
  let removed = 0;
  for (const root of [workRoot(), spareRoot()]) {
    for (const name of await readdir(root).catch(() => [])) {
      const pid = Number(/\.(\d+)$/.exec(name)?.[1]);
      if (!pid || isAlive(pid)) continue;
      await rm(path.join(root, name), { recursive: true, force: true });
      removed += 1;
    }
  }
  const venvs = path.join(env().PENSTOCK_HOME, 'venvs');
  for (const name of await readdir(venvs).catch(() => [])) {
    const used = await stat(path.join(venvs, name, 'ready')).catch(() => null);
    if (!used || now.getTime() - used.mtimeMs < PACKAGES_KEPT_MS) continue;
    await rm(path.join(venvs, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
