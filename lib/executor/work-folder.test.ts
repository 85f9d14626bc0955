import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { removeAbandonedFolders } from './work-folder';

const home = mkdtempSync(path.join(os.tmpdir(), 'penstock-folders-'));
process.env.PENSTOCK_HOME = home;
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('removes the folders of workers that are gone and packages that nobody used for long, and nothing else', async () => {
  const now = new Date('2026-03-01T00:00:00Z');
  const make = (...parts: string[]) => mkdirSync(path.join(home, ...parts), { recursive: true });
  make('work', `a-0-1.${process.pid}`);
  make('work', 'b-0-1.999999999');
  make('work', 'something else');
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
  expect(await removeAbandonedFolders(now)).toBe(2);
  const left = (...parts: string[]) => existsSync(path.join(home, ...parts));
  expect([left('work', `a-0-1.${process.pid}`), left('work', 'b-0-1.999999999'), left('work', 'something else')]).toEqual([true, false, true]);
  expect([left('venvs', 'old'), left('venvs', 'fresh'), left('venvs', 'being made')]).toEqual([false, true, true]);
});
