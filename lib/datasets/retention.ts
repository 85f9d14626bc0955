import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { exportFolder } from './duckdb/reader';
import { store, storeRoot } from './storage';

/** dropOutputs deletes the stored outputs of a run; dataset versions made from them keep their own files. @returns bytes */
export async function dropOutputs(workspaceId: string, runId: string): Promise<number> {
  const found = await store().list(`outputs/${workspaceId}/${runId}`);
  for (const { key } of found) await store().delete(key);
  return found.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** dropVersionFiles deletes the files that a dataset version brought in; call it when no kept version lists them. */
export async function dropVersionFiles(workspaceId: string, dataset: string, versionId: string): Promise<void> {
  for (const { key } of await store().list(`datasets/${workspaceId}/${dataset}/${versionId}`)) await store().delete(key);
}

const UPLOAD_AGE_MS = 24 * 3_600_000;
const EXPORT_AGE_MS = 3_600_000;

/** sweepLeftovers removes what interrupted uploads and downloads left behind. @param now wall clock, compared with file times */
export async function sweepLeftovers(now: Date): Promise<number> {
  const places = [
    { folder: path.join(storeRoot(), '.incoming'), age: UPLOAD_AGE_MS },
    { folder: exportFolder(), age: EXPORT_AGE_MS },
  ];
  let removed = 0;
  for (const { folder, age } of places) {
    for (const name of await readdir(/* turbopackIgnore: true */ folder).catch(() => [])) {
      const file = path.join(/* turbopackIgnore: true */ folder, name);
      const info = await stat(file).catch(() => null);
      if (!info || now.getTime() - info.mtimeMs < age) continue;
      await rm(file, { force: true });
      removed += 1;
    }
  }
  return removed;
}
