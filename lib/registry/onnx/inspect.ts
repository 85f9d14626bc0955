import { spawn } from 'node:child_process';
import { childBundle } from '@/lib/core/child-bundle';
import { type Inspection } from './protocol';

const TIMEOUT_MS = 120_000;
const CHILD = { source: 'lib/registry/onnx/child.ts', bundle: 'onnx-child.mjs' };

/** What the process may see of the environment: enough to load, nothing secret. */
const cleanEnv = (): NodeJS.ProcessEnv => ({ NODE_ENV: 'production', PATH: process.env.PATH ?? '', TMPDIR: process.env.TMPDIR ?? '/tmp', LANG: 'C.UTF-8' });

/** inspectOnnx loads an ONNX file in a process of its own and tells what it takes and gives, or why it cannot be loaded. */
export async function inspectOnnx(file: string): Promise<Inspection> {
  const child = spawn(process.execPath, [await childBundle(CHILD)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced', env: cleanEnv() });
  return new Promise((resolve) => {
    let answer: Inspection | undefined;
    const late = setTimeout(() => {
      answer ??= { failed: `The file was not loaded within ${TIMEOUT_MS / 1000} seconds.` };
      child.kill('SIGKILL');
    }, TIMEOUT_MS);
    child.on('message', (message: Inspection) => (answer = message));
    child.on('error', (error) => (answer ??= { failed: `The file could not be inspected: ${error.message}` }));
    child.on('close', (code, signal) => {
      clearTimeout(late);
      resolve(answer ?? { failed: `The ONNX runtime crashed while it loaded the file (${signal ?? `exit code ${code ?? 'unknown'}`}). The file is damaged, or too large for this machine's memory.` });
    });
    child.send(file);
  });
}
