/** What is brought once a machine, outside the checkout. Plain JavaScript. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The folder for it: PENSTOCK_CACHE, or ~/.cache/penstock. */
export const cacheFolder = () => process.env.PENSTOCK_CACHE || path.join(os.homedir(), '.cache', 'penstock');

/** once fills a folder beside its place and moves it there whole, so that nobody finds half of it. */
export function once(folder, fill) {
  if (existsSync(folder)) return folder;
  const half = `${folder}.${process.pid}`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  try {
    fill(half);
    renameSync(half, folder);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** run does a command to its end. @throws Error with its words, behind `what` */
export function run(command, cwd, what) {
  const done = spawnSync(command[0], command.slice(1), { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  if (done.status !== 0) throw new Error(`${what}: ${done.error?.message ?? `${done.stdout}${done.stderr}`.trim()}`);
}

/** pythonPackages installs Python packages into `folder/lib`, apart from the system's own. @throws Error with pip's words */
export function pythonPackages(folder, packages) {
  run(['python3', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-warn-script-location', '--target', path.join(folder, 'lib'), ...packages], folder, `${packages.join(', ')} could not be installed`);
}
