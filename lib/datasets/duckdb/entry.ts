import { buildChild, childBundle } from '@/lib/core/child-bundle';

const CHILD = { source: 'lib/datasets/duckdb/child.ts', bundle: 'duckdb-child.mjs' };

/** childEntry is the path of the DuckDB process's bundle. */
export const childEntry = (): Promise<string> => childBundle(CHILD);

/** buildDuckdbChild bundles the DuckDB process into one file. @param target absolute path of the bundle */
export const buildDuckdbChild = (target: string): Promise<void> => buildChild(CHILD, target);
