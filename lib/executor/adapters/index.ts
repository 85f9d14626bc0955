import type { NodeKind } from '@/lib/pipeline';
import type { Adapter } from '../adapter';
import { branchAdapter } from './branch';
import { emptyAdapter } from './empty';
import { pythonAdapter } from './python';
import { shellAdapter } from './shell';
import { subpipelineAdapter } from './subpipeline';

/** What each node kind does. */
export const ADAPTERS: Partial<Record<NodeKind, Adapter>> = {
  branch: branchAdapter,
  empty: emptyAdapter,
  python: pythonAdapter,
  shell: shellAdapter,
  subpipeline: subpipelineAdapter,
};
