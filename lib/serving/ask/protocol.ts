/** What the asking process is told first; then calls of the model follow. */
export type AskLoad = { file: string; outputs: string[] };
