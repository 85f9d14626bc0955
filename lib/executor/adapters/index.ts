import type { NodeKind } from '@/lib/pipeline';
import type { Adapter } from '../adapter';
import { approvalAdapter } from './approval';
import { branchAdapter } from './branch';
import { checkAdapter } from './check';
import { emptyAdapter } from './empty';
import { httpAdapter } from './http';
import { notifyAdapter } from './notify';
import { pythonAdapter } from './python';
import { sensorAdapter } from './sensor';
import { shellAdapter } from './shell';
import { sourceAdapter } from './source';
import { sqlAdapter } from './sql';
import { subpipelineAdapter } from './subpipeline';

/** What each node kind does; a kind without an entry does not compile. */
const TABLE = {
  approval: approvalAdapter,
  branch: branchAdapter,
  check: checkAdapter,
  empty: emptyAdapter,
  http: httpAdapter,
  notify: notifyAdapter,
  python: pythonAdapter,
  sensor: sensorAdapter,
  shell: shellAdapter,
  source: sourceAdapter,
  sql: sqlAdapter,
  subpipeline: subpipelineAdapter,
} satisfies Record<NodeKind, Adapter>;

/** adapterOf finds what a kind does; undefined for a kind of a newer version than this worker's. */
export const adapterOf = (kind: string): Adapter | undefined => (Object.hasOwn(TABLE, kind) ? TABLE[kind as NodeKind] : undefined);
