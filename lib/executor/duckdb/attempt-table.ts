import { store, type Column, type TableRef } from '@/lib/datasets/server';
import { type AttemptContext } from '../adapter';

/** outputKey is where an attempt's table lies in the store. */
export const outputKey = (context: Pick<AttemptContext, 'workspaceId' | 'runId' | 'ordinal' | 'attempt'>): string =>
  `outputs/${context.workspaceId}/${context.runId}/${context.ordinal}-${context.attempt}/part-0.parquet`;

/** keepParquet moves a Parquet file of the working folder into the store as the attempt's table. */
export async function keepParquet(context: AttemptContext, file: string, described: { schema: Column[]; rowCount: number }): Promise<TableRef> {
  const key = outputKey(context);
  const { bytes } = await store().put(key, { path: file, move: true });
  return { files: [key], ...described, bytes };
}
