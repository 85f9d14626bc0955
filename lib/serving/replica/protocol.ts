import { type FilledTensor } from '../gateway/tensor-data';

/** What the supervisor tells a replica once. */
export type Load = { file: string; socket: string; outputs: string[]; maxRows: number; threads: number };
/** What a replica tells the supervisor. */
export type Loaded = { ready: true; loadMs: number } | { failed: string };

/** One call of a model. */
export type RunRequest = { tensors: FilledTensor[]; rows: number };
export type RunAnswer = { outputs: FilledTensor[] } | { failed: string };
