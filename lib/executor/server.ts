import { adapterOf } from './adapters';
import type { AttemptInput, AttemptResult } from './adapter';
import { performWith, type AttemptDeps } from './perform';

/**
 * performAttempt runs one claimed attempt to its end and never throws.
 * @param deps what the engine lends: the log, the abort signal, where reports go, secrets, variables, subruns
 */
export function performAttempt(input: AttemptInput, deps: AttemptDeps): Promise<AttemptResult> {
  const adapter = adapterOf(input.task.kind);
  if (!adapter) {
    const message = `This worker does not know tasks of kind "${input.task.kind}". Upgrade it to the version that published the pipeline.`;
    return Promise.resolve({ outcome: 'failed', error: { code: 'unknown_kind', message } });
  }
  return performWith(adapter, input, deps);
}

export type { AttemptDeps } from './perform';
export { boundSql } from './duckdb/bound-sql';
export { removeAbandonedFolders } from './work-folder';
export type {
  AttemptError,
  AttemptInput,
  AttemptResult,
  Column,
  NamedTable,
  Outcome,
  Report,
  StoredArtifact,
  Subruns,
  TableRef,
  Wait,
} from './adapter';
export { expressionsIn } from './scope';
