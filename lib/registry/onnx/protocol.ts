import { type Tensor } from '../signature';

/** What the inspecting process found in a file. */
export type Inspection = { inputs: Tensor[]; outputs: Tensor[]; problems: string[] } | { failed: string };
