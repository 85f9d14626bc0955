import type { NodeKind, TaskOf } from '@/lib/pipeline';
import { AttemptFailure, type AttemptContext } from './adapter';

/** configOf is the config of a task of a known kind. @throws AttemptFailure when the engine gave the wrong adapter a task */
export function configOf<K extends NodeKind>(context: AttemptContext, kind: K): TaskOf<K>['config'] {
  const { task } = context;
  if (task.kind !== kind) throw new AttemptFailure('internal', `A task of kind "${task.kind}" was given to what performs "${kind}".`);
  return task.config as TaskOf<K>['config'];
}
