import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder, removeAbandonedFolders, removeFolder, spareFolder } from './work-folder';

const home = mkdtempSync(path.join(os.tmpdir(), 'penstock-folders-'));
process.env.PENSTOCK_HOME = home;
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('removes the folders of workers that are gone and packages that nobody used for long, and nothing else', async () => {
  const now = new Date('2026-03-01T00:00:00Z');
  const make = (...parts: string[]) => mkdirSync(path.join(home, ...parts), { recursive: true });
  make('work', `a-0-1.${process.pid}`);
  make('work', 'b-0-1.999999999');
  make('work', 'something else');
  make('spare', '1.999999999');
  for (const [name, used] of [
    ['old', '2026-01-01'],
    ['fresh', '2026-02-20'],
  ] as const) {
    make('venvs', name);
    const ready = path.join(home, 'venvs', name, 'ready');
    writeFileSync(ready, '');
    utimesSync(ready, new Date(used), new Date(used));
  }
  make('venvs', 'being made');
  expect(await removeAbandonedFolders(now)).toBe(3);
  const left = (...parts: string[]) => existsSync(path.join(home, ...parts));
  expect([left('work', `a-0-1.${process.pid}`), left('work', 'b-0-1.999999999'), left('work', 'something else')]).toEqual([true, false, true]);
  expect([left('venvs', 'old'), left('venvs', 'fresh'), left('venvs', 'being made')]).toEqual([false, true, true]);
});

describe('a working folder', () => {
  const at = (name: string) => path.join(home, 'work', name);
  /** The file system's clock goes on by some milliseconds at a time: what is done then gets another time than the folder has. */
  const untilItsClockGoesOn = (folder: string): void => {
    const probe = path.join(home, 'probe');
    do writeFileSync(probe, '');
    while (lstatSync(probe).ctimeMs <= lstatSync(folder).ctimeMs);
  };

  it('that nobody touched is the next one too, under its own name alone', async () => {
    makeFolder(at('first'));
    const { ino } = lstatSync(at('first'));
    expect(spareFolder(at('first'))).toBe(true);
    expect(existsSync(at('first'))).toBe(false);
    await removeFolder(at('first'));
    makeFolder(at('second'));
    expect([lstatSync(at('second')).ino, lstatSync(at('second')).mode & 0o777, readdirSync(at('second'))]).toEqual([ino, 0o700, []]);
    await removeFolder(at('second'));
    expect(existsSync(at('second'))).toBe(false);
  });

  it.each<[string, (folder: string) => unknown]>([
    ['holds a file', (folder) => writeFileSync(path.join(folder, 'left'), '')],
    ['held a file', (folder) => (writeFileSync(path.join(folder, 'left'), ''), rmSync(path.join(folder, 'left')))],
    ['holds a folder', (folder) => mkdirSync(path.join(folder, 'left'))],
    ['got another mode', (folder) => chmodSync(folder, 0o755)],
    ['got another mode for a while', (folder) => (chmodSync(folder, 0o755), chmodSync(folder, 0o700))],
    ['is another one', (folder) => (rmSync(folder, { recursive: true }), mkdirSync(folder, { mode: 0o700 }))],
    ['is gone', (folder) => rmSync(folder, { recursive: true })],
  ])('that %s is not', async (_, change) => {
    makeFolder(at('touched'));
    untilItsClockGoesOn(at('touched'));
    change(at('touched'));
    expect(spareFolder(at('touched'))).toBe(false);
    await removeFolder(at('touched'));
    expect(existsSync(at('touched'))).toBe(false);
  });
});
