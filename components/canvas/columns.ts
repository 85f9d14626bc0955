import { createContext } from 'react';

export type Column = { name: string; type: string };

/** ColumnsContext holds the last known columns of each task's table, by task id. */
export const ColumnsContext = createContext<ReadonlyMap<string, readonly Column[]>>(new Map());
