import { store } from './storage';

/** dropOutputs deletes the stored outputs of a run; dataset versions made from them keep their own files. @returns bytes */
export async function dropOutputs(workspaceId: string, runId: string): Promise<number> {
  const found = await store().list(`outputs/${workspaceId}/${runId}`);
  await store().delete(...found.map(({ key }) => key));
  return found.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** dropVersionFiles deletes the files that a dataset version brought in; call it when no kept version lists them. */
export async function dropVersionFiles(workspaceId: string, dataset: string, versionId: string): Promise<void> {
  const found = await store().list(`datasets/${workspaceId}/${dataset}/${versionId}`);
  await store().delete(...found.map(({ key }) => key));
}

/** sweepLeftovers removes what interrupted uploads left in the store. @param now wall clock, compared with the objects' times */
export const sweepLeftovers = (now: Date): Promise<number> => store().sweep(now);
