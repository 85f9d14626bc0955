import { approval } from './approval';
import { branch } from './branch';
import { check } from './check';
import { type NodeDefinition } from './define';
import { empty } from './empty';
import { http } from './http';
import { notify } from './notify';
import { python } from './python';
import { sensor } from './sensor';
import { shell } from './shell';
import { source } from './source';
import { sql } from './sql';
import { subpipeline } from './subpipeline';

/** KINDS in the order of the palette. */
export const KINDS = [
  'source',
  'sql',
  'python',
  'shell',
  'http',
  'check',
  'branch',
  'empty',
  'subpipeline',
  'sensor',
  'approval',
  'notify',
] as const;
export type NodeKind = (typeof KINDS)[number];

/** NODE_KINDS says for every kind what its config is and what it is for. */
export const NODE_KINDS = {
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
} satisfies Record<NodeKind, NodeDefinition>;

/** isNodeKind tells whether a text names a kind that this product performs. */
export const isNodeKind = (kind: string): kind is NodeKind => Object.hasOwn(NODE_KINDS, kind);

/** nodeDefinition looks a kind up; undefined for one that is unknown here. */
export const nodeDefinition = (kind: string): NodeDefinition | undefined =>
  isNodeKind(kind) ? NODE_KINDS[kind] : undefined;
