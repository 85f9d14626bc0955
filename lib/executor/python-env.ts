import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { env } from '@/lib/core/env';
import { AttemptFailure, type AttemptContext } from './adapter';
import { exactly } from './environment';
import { runProcess } from './process';

const execute = promisify(execFile);

/** A Python that can run a script, and which table readers it has. */
export type Python = { command: string; version: string; modules: string[] };

const PROBE = `import sys, importlib.util as u
print('%d.%d' % sys.version_info[:2])
print(','.join(m for m in ('pandas', 'pyarrow', 'duckdb', 'polars') if u.find_spec(m)))`;

const OLDEST = [3, 8] as const;
const probed = new Map<string, Python>();

/**
 * findPython finds the interpreter on the worker's machine.
 * @param wanted a version like `3.11`; any from 3.8 on otherwise
 * @throws AttemptFailure in words when there is none of that version
 */
export async function findPython(wanted?: string): Promise<Python> {
  const seen: string[] = [];
  for (const command of wanted ? [`python${wanted}`, 'python3', 'python'] : ['python3', 'python']) {
    const python = await probe(command);
    if (!python) continue;
    if (wanted ? python.version === wanted : isRecent(python.version)) return python;
    seen.push(python.version);
  }
  const has = seen.length > 0 ? `it has ${[...new Set(seen)].join(', ')}` : 'it has none';
  throw new AttemptFailure('no_python', `The task needs Python ${wanted ?? '3.8 or newer'}, but the machine that ran it does not have it (${has}).`, {
    hint: wanted ? 'Choose another version in the task, or let the operator install this one on the workers.' : 'Let the operator install Python 3 on the workers.',
  });
}

async function probe(command: string): Promise<Python | null> {
  const known = probed.get(command);
  if (known) return known;
  try {
    const { stdout } = await execute(command, ['-c', PROBE], { timeout: 20_000, env: exactly({ PATH: process.env.PATH ?? '' }) });
    const [version = '', modules = ''] = stdout.split('\n');
    const python = { command, version: version.trim(), modules: modules.trim().split(',').filter(Boolean) };
    probed.set(command, python);
    return python;
  } catch {
    return null;
  }
}

const isRecent = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
};

/**
 * environmentFor gives a Python that has the requirements: an environment of their own below PENSTOCK_HOME/venvs, made once
 * for each list and Python version and shared by all attempts that need it.
 * @throws AttemptFailure with pip's reason when a requirement cannot be installed
 */
export async function environmentFor(context: AttemptContext, base: Python, requirements: readonly string[]): Promise<Python> {
  if (requirements.length === 0) return base;
  const wanted = [...new Set(requirements.map((each) => each.trim()))].sort();
  const hash = createHash('sha256').update(JSON.stringify([base.version, wanted])).digest('hex').slice(0, 24);
  const folder = path.join(env().PENSTOCK_HOME, 'venvs', hash);
  const python = path.join(folder, 'bin', 'python');
  const ready = path.join(folder, 'ready');
  const isReady = () => access(ready).then(() => true, () => false);

  if (!(await isReady())) {
    await mkdir(path.dirname(folder), { recursive: true });
    const unlock = await lock(`${folder}.lock`, context);
    try {
      if (!(await isReady())) {
        await build(context, base, wanted, folder, python);
        await writeFile(ready, `${wanted.join('\n')}\n`);
      }
    } finally {
      await unlock();
    }
  }
  const now = new Date();
  await utimes(ready, now, now).catch(() => undefined);
  return (await probe(python)) ?? base;
}

async function build(context: AttemptContext, base: Python, wanted: string[], folder: string, python: string): Promise<void> {
  context.log('system', `Preparing Python ${base.version} with ${wanted.join(', ')}. This happens once for this list.`);
  await rm(folder, { recursive: true, force: true });
  const venv = await prepare(context, [base.command, '-m', 'venv', folder]);
  if (venv.failed) {
    const noVenv = /ensurepip|python3[\d.]*-venv/.test(venv.text);
    throw new AttemptFailure('no_venv', 'Python could not make an environment for the task\'s packages.', {
      hint: noVenv ? `Let the operator install python${base.version}-venv on the workers.` : 'The log has the details.',
      detail: venv.text,
    });
  }
  const list = 'requirements.txt';
  await writeFile(path.join(context.workDir, list), `${wanted.join('\n')}\n`);
  const pip = await prepare(context, [python, '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--progress-bar', 'off', '-r', list]);
  if (pip.failed) {
    await rm(folder, { recursive: true, force: true });
    const line = pip.text.split('\n').reverse().find((each) => /^ERROR: /.test(each));
    throw new AttemptFailure('requirements', `The task's packages could not be installed: ${line?.replace(/^ERROR: /, '') ?? 'pip failed'}`, {
      hint: 'Check the names and versions under Packages, and that the workers can reach a package index.',
      detail: pip.text,
    });
  }
}

/** prepare runs a step of the preparation, its lines in the log; `text` is the end of what it said. */
async function prepare(context: AttemptContext, command: [string, ...string[]]): Promise<{ failed: boolean; text: string }> {
  const said: string[] = [];
  const end = await runProcess({
    command,
    cwd: context.workDir,
    env: installerEnvironment(context),
    memoryMb: Math.max(2048, context.limits.memoryMb),
    signal: context.signal,
    pulse: context.pulse,
    onLine: (_, text) => {
      if (text.trim() === '') return;
      context.log('system', text);
      said.push(text);
      if (said.length > 60) said.shift();
    },
    ready: context.logReady,
  });
  context.signal.throwIfAborted();
  return { failed: end.exitCode !== 0, text: said.join('\n') };
}

/** Installing may use the machine's package index, proxy and certificates; nothing else of the worker's environment. */
function installerEnvironment(context: AttemptContext): Record<string, string> {
  const passed = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && /^(PATH|HOME|LANG|PIP_.*|(https?|no|all)_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE)$/i.test(name),
  );
  return { ...(Object.fromEntries(passed) as Record<string, string>), TMPDIR: context.workDir };
}

const STALE_MS = 60_000;

/** lock waits for a folder that only one can make; the holder touches it, and one that nobody touches is taken over. */
async function lock(folder: string, context: AttemptContext): Promise<() => Promise<void>> {
  let said = false;
  for (;;) {
    try {
      await mkdir(folder);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = Date.now() - ((await stat(folder).catch(() => null))?.mtimeMs ?? Date.now());
      if (age > STALE_MS) {
        await rm(folder, { recursive: true, force: true });
        continue;
      }
      if (!said) context.log('system', 'Another attempt is preparing the same packages; waiting for it.');
      said = true;
      context.signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(folder, now, now).catch(() => undefined);
  }, STALE_MS / 4);
  touch.unref();
  return async () => {
    clearInterval(touch);
    await rm(folder, { recursive: true, force: true });
  };
}
