/**
 * `npm start`: installs what is missing, builds what changed, and runs `penstock up` in this process. Plain JavaScript
 * without packages, since it is the first thing that runs on a fresh machine.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { whileAlone } from '../scripts/alone.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Penstock needs Node.js 20.19 or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org and start again.`);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** install brings the packages of the lock file, unless exactly these are installed already. */
export async function install() {
  const lock = createHash('sha256').update(readFileSync(path.join(ROOT, 'package-lock.json'))).digest('hex');
  const marker = path.join(ROOT, 'node_modules', '.penstock-installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  console.log('Installing packages …');
  // Not `npm ci`: it stops where a registry does not serve the binaries of other platforms.
  const command = ['install', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error'];
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const done = spawnSync(npm[0], [...npm.slice(1), ...command], { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32', env: { ...process.env, NODE_ENV: 'development' } });
  if (done.status !== 0) fail('The packages could not be installed (npm says why above). Check the network or the registry setting, then start again.');
  const { trim } = await import(pathToFileURL(path.join(ROOT, 'scripts', 'trim.mjs')).href);
  trim(ROOT);
  const after = createHash('sha256').update(readFileSync(path.join(ROOT, 'package-lock.json'))).digest('hex');
  writeFileSync(marker, after);
}

async function main() {
  checkNode();
  try {
    await whileAlone(async () => {
      await install();
      const { prepare } = await import(pathToFileURL(path.join(ROOT, 'scripts', 'prepare.mjs')).href);
      await prepare({ say: (text) => console.log(text) });
    });
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
  process.argv.splice(2, 0, 'up');
  await import(pathToFileURL(path.join(ROOT, 'dist', 'penstock.mjs')).href);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
