/**
 * `npm test`: everything that must hold, in the order of what fails fastest. Each step is named and timed; the first that
 * fails ends the run. `npm test -- unit db` runs only the named steps (what they need is prepared all the same).
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { install } from '../bin/start.mjs';
import { ROOT } from './generate.mjs';

const only = process.argv.slice(2);
const times = [];

/** Runs a program of node_modules/.bin in the product's folder; rejects unless it exits with 0. */
function run(name, args, env = {}) {
  const file = path.join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
  return program(file, args, env);
}

function program(file, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env }, shell: process.platform === 'win32' });
    child.on('error', reject);
    child.on('exit', (code, signal) => (code === 0 ? resolve() : reject(new Error(`${path.basename(file)} ended with ${signal ?? code}`))));
  });
}

async function step(name, work, always = false) {
  if (!always && only.length > 0 && !only.includes(name)) return;
  console.log(`\n── ${name}`);
  const started = performance.now();
  try {
    await work();
  } catch (error) {
    console.error(`\n✗ ${name} failed after ${seconds(started)}: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
  times.push([name, seconds(started)]);
}

const seconds = (started) => `${((performance.now() - started) / 1000).toFixed(1)} s`;
const wants = (name) => only.length === 0 || only.includes(name);

/** A Chromium for the browser tests: the system's, the one of the system's packages (as root), or Playwright's own. */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout?.trim();
    if (found) return found;
  }
  return undefined;
}

async function ensureChromium() {
  if (findChromium()) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const apt = (args) => program('apt-get', args, { DEBIAN_FRONTEND: 'noninteractive' });
    await apt(['update', '-qq']).then(() => apt(['install', '-y', '-qq', '--no-install-recommends', 'chromium'])).catch((error) => console.warn(`apt-get could not install chromium (${error.message}); trying Playwright's own.`));
    if (findChromium()) return;
  }
  await run('playwright', ['install', 'chromium']);
}

await step('install', install, true);
const { prepare } = await import('./prepare.mjs');
const say = (text) => console.log(text);
await step('prepare', () => prepare({ web: false, say }), true);
await step('types', () => run('tsc', ['--noEmit', '-p', '.']));
await step('lint', async () => {
  await run('eslint', ['.', '--max-warnings', '0', '--cache', '--cache-location', 'node_modules/.cache/eslint/']);
  await run('depcruise', ['--config', '.dependency-cruiser.cjs', 'app', 'components', 'lib', 'bin', 'bench', 'e2e']);
  await run('knip', []);
});
await step('unit', () => run('vitest', ['run', '--project', 'unit']));
if (wants('db')) {
  await step('temporal', async () => {
    const { temporalSdk, temporalServer } = await import('./temporal.mjs');
    temporalSdk(say);
    temporalServer(say);
  }, true);
}
if (wants('unit') || wants('db')) {
  await step('s3', async () => {
    const { s3Server } = await import('./s3-server.mjs');
    s3Server(say);
  }, true);
}
await step('db', () => run('vitest', ['run', '--project', 'db']));
await step('temporal', () => run('vitest', ['run', '--project', 'temporal']));
if (wants('e2e')) await step('build', () => prepare({ say }), true);
await step('e2e', async () => {
  await ensureChromium();
  await run('playwright', ['test'], { CHROMIUM_PATH: findChromium() ?? '' });
});

console.log(`\nAll of it holds.\n${times.map(([name, took]) => `  ${name.padEnd(10)}${took}`).join('\n')}`);
