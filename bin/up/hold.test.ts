import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { takeHold } from './hold';

const home = () => mkdtempSync(path.join(os.tmpdir(), 'penstock-hold-'));

test('a home is held once, and again after it was released', () => {
  const folder = home();
  const first = takeHold(folder);
  expect(first.held).toBe(true);
  expect(takeHold(folder)).toEqual({ held: false, pid: process.pid, address: null });
  if (first.held) first.release();
  expect(takeHold(folder).held).toBe(true);
});

test('the hold of a dead process is taken over', async () => {
  const folder = home();
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('exit', resolve));
  writeFileSync(path.join(folder, 'up.pid'), `${child.pid}\nwhenever\n`);
  expect(takeHold(folder).held).toBe(true);
});

test('a living process that was given the id of a dead holder does not hold', () => {
  const folder = home();
  writeFileSync(path.join(folder, 'up.pid'), `${process.pid}\nanother-boot 12345\n`);
  expect(takeHold(folder).held).toBe(process.platform === 'linux');
});
