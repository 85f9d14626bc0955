import { type Spec } from '../spec';

/** A pipeline to start from. */
export type Template = {
  /** also the suggested slug */
  key: string;
  name: string;
  /** What it does, in a sentence or two. */
  description: string;
  tags: string[];
  /** What must be in the workspace for it to run as it is. */
  needs: { files?: string[]; variables?: string[] };
  spec: Spec;
};

const RANK_STEP = 79;
const COLUMN_STEP = 264;

/** at places a node by rank (down) and column (right), in the editor's steps. */
export const at = (rank: number, column: number): { x: number; y: number } => ({
  x: column * COLUMN_STEP,
  y: rank * RANK_STEP,
});
