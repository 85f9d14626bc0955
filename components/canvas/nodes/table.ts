import { CircleHelp } from 'lucide-react';
import { isNodeKind, type NodeKind } from '@/lib/pipeline/index';
import type { NodeLook } from '../look';
import { approval } from './approval';
import { branch } from './branch';
import { check } from './check';
import { empty } from './empty';
import { http } from './http';
import { notify } from './notify';
import { python } from './python';
import { sensor } from './sensor';
import { shell } from './shell';
import { source } from './source';
import { sql } from './sql';
import { subpipeline } from './subpipeline';

/** NODE_LOOKS says for every kind how its card looks; forgetting one does not compile. */
export const NODE_LOOKS = {
  source,
  sql,
  python,
  shell,
  http,
  check,
  branch,
  empty,
  subpipeline,
  sensor,
  approval,
  notify,
} satisfies Record<NodeKind, NodeLook>;

const unknown: NodeLook = { icon: () => CircleHelp, code: false, chips: () => [] };

/** lookOf is the look of a kind; a kind that is unknown here (a newer spec) still gets a card. */
export const lookOf = (kind: string): NodeLook => (isNodeKind(kind) ? NODE_LOOKS[kind] : unknown);
