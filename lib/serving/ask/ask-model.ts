import { spawn } from 'node:child_process';
import { AppError } from '@/lib/core/errors';
import { childBundle } from '@/lib/core/child-bundle';
import { store } from '@/lib/datasets/server';
import { type ModelVersionView } from '@/lib/registry';
import { modelKey } from '@/lib/registry/server';
import { scoreOf } from '../gateway/logged';
import { callOfRows } from '../gateway/named-rows';
import { Refusal } from '../gateway/refusal';
import { type RunAnswer, type RunRequest } from '../replica/protocol';
import { type AskLoad } from './protocol';

const CHILD = { source: 'lib/serving/ask/child.ts', bundle: 'ask-child.mjs' };
const CALL_ROWS = 1_000;
const CALL_MS = 60_000;

/** What the process may see of the environment: enough to load, nothing secret. */
const cleanEnv = (): NodeJS.ProcessEnv => ({ NODE_ENV: 'production', PATH: process.env.PATH ?? '', TMPDIR: process.env.TMPDIR ?? '/tmp', LANG: 'C.UTF-8' });

/** A model that can be asked about many rows without an endpoint. */
export type AskedModel = {
  /** the score of each row as the gateway would log it; null where the row lacks a value or the model gives no number */
  scores(rows: Record<string, unknown>[]): Promise<(number | null)[]>;
  close(): void;
};

/**
 * askModel loads a version in a process of its own, for work on many rows that must not hold up this process.
 * @throws AppError invalid when the version has no flavor that is served here, or cannot be loaded
 */
export async function askModel(workspaceId: string, version: Pick<ModelVersionView, 'uuid' | 'model' | 'version' | 'flavors' | 'signature'>): Promise<AskedModel> {
  const { signature } = version;
  const file = version.flavors.onnx?.file;
  if (!signature || typeof file !== 'string') throw new AppError('invalid', `Version ${version.version} of "${version.model}" has no flavor that is served here, so it cannot be asked.`);
  const child = spawn(process.execPath, [await childBundle(CHILD)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced', env: cleanEnv() });
  const gone = new Promise<RunAnswer>((resolve) => {
    child.once('error', (error) => resolve({ failed: error.message }));
    child.once('close', (code, signal) => resolve({ failed: `Its process ended (${signal ?? `exit code ${code ?? 'unknown'}`}).` }));
  });
  const tell = async (message: AskLoad | RunRequest): Promise<RunAnswer> => {
    const late = setTimeout(() => child.kill('SIGKILL'), CALL_MS);
    const answered = new Promise<RunAnswer>((resolve) => child.once('message', (reply: RunAnswer) => resolve(reply)));
    child.send(message, () => undefined);
    try {
      return await Promise.race([answered, gone]);
    } finally {
      clearTimeout(late);
    }
  };
  const loaded = await tell({ file: await store().get(modelKey(workspaceId, version.uuid, file)), outputs: signature.outputs.map(({ name }) => name) });
  const close = () => void child.kill('SIGKILL');
  if ('failed' in loaded) {
    close();
    throw new AppError('invalid', `Version ${version.version} of "${version.model}" cannot be loaded: ${loaded.failed}`);
  }
  const names = signature.features.map(({ name }) => name);
  const isWhole = (row: Record<string, unknown>) => names.every((name) => row[name] !== null && row[name] !== undefined);
  return {
    close,
    scores: async (rows) => {
      const scores = new Array<number | null>(rows.length).fill(null);
      const whole = rows.flatMap((row, i) => (isWhole(row) ? [i] : []));
      for (let from = 0; from < whole.length; from += CALL_ROWS) {
        const part = whole.slice(from, from + CALL_ROWS);
        const request = requestOf(signature, part.map((i) => rows[i] ?? {}), version);
        const answer = await tell(request);
        if ('failed' in answer) throw new AppError('invalid', `Version ${version.version} of "${version.model}" failed on its training data: ${answer.failed}`);
        part.forEach((i, place) => (scores[i] = scoreOf(answer.outputs, place, part.length)));
      }
      return scores;
    },
  };
}

function requestOf(signature: NonNullable<ModelVersionView['signature']>, rows: Record<string, unknown>[], version: Pick<ModelVersionView, 'model' | 'version'>): RunRequest {
  try {
    return callOfRows(signature, rows);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new AppError('invalid', `The training data of version ${version.version} of "${version.model}" does not fit its signature: ${error.message}`);
  }
}
