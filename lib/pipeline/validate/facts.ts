import { type Param } from '../spec';

/**
 * Facts is what a spec alone cannot tell. The server supplies them; in the browser a fact that is not there skips its rules,
 * so the same function runs in both places.
 */
export type Facts = {
  /** the pipeline under edit */
  slug?: string;
  secrets?: string[];
  variables?: string[];
  channels?: string[];
  connections?: string[];
  calendars?: string[];
  datasets?: string[];
  /** datasets that published pipelines of the workspace write, there or not */
  written?: string[];
  files?: string[];
  /** published pipelines of the workspace with their params and the pipelines that they call */
  pipelines?: { slug: string; params: Pick<Param, 'name' | 'default'>[]; calls: string[] }[];
  /** what the database engine says about a task's SQL: parse errors, refused statements, unknown tables and columns */
  sql?: Record<string, { message: string; severity?: 'error' | 'warning'; path?: string }[]>;
};
