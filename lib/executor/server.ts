import { adapterOf } from './adapters';
import type { AttemptInput, AttemptResult } from './adapter';
import { itemsAdapter } from './map-items';
import { unionAdapter, type PartTable } from './map-union';
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

/** performItems makes the list of a mapped task (`map.over`): its output. Never throws. */
export const performItems = (input: AttemptInput, deps: AttemptDeps): Promise<AttemptResult> => performWith(itemsAdapter, input, deps);

/** performUnion joins the tables of a mapped task's parts into one with a column map_index. Never throws. */
export const performUnion = (input: AttemptInput, parts: readonly PartTable[], deps: AttemptDeps): Promise<AttemptResult> => performWith(unionAdapter(parts), input, deps);

export type { AttemptDeps } from './perform';
export { Pulse } from './pulse';
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
