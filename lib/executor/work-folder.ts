import { mkdirSync } from 'node:fs';
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

/** makeFolder makes a working folder for this user alone. A call into a thread would take five times as long as the work. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // the first one of this home
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
}

/** removeFolder removes a working folder; most are empty. In a thread: the file system may let it wait for others' writes. */
export async function removeFolder(folder: string): Promise<void> {
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
  for (const name of await readdir(workRoot()).catch(() => [])) {
    const pid = Number(/\.(\d+)$/.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    await rm(path.join(workRoot(), name), { recursive: true, force: true });
    removed += 1;
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
