import { AppError } from '@/lib/core/errors';
import { notify } from '@/lib/db/notify';
import { pool } from '@/lib/db/pool';
import { DuckdbError, openStored, type StoredRows } from '@/lib/datasets/server';
import { findVersion } from '@/lib/registry/server';
import { askModel } from '@/lib/serving/server';
import { trainingSchema } from '@/lib/registry';
import { freezeReference, versionsWithoutReference, type Unprofiled } from './profile-store';
import { profileOf } from './profile';
import { type ReferenceSource } from './schema';

/** Versions that one round looks at, the newest first. */
const VERSIONS = 100;
/** One process at a time makes references; the others need not do the same work. */
const LOCK = "hashtextextended('drift references', 0)";

/**
 * makeReferences freezes the reference of each version that has training data and none yet. Training data that is not there yet is
 * waited for; what can never become a reference is noted with the reason.
 * @returns how many were made
 */
export async function makeReferences(now: Date): Promise<number> {
  const waiting = await versionsWithoutReference(VERSIONS);
  if (waiting.length === 0) return 0;
  const client = await pool().connect();
  try {
    const { rows: [lock] } = await client.query<{ got: boolean }>(`select pg_try_advisory_lock(${LOCK}) as got`);
    if (!lock?.got) return 0;
    try {
      let made = 0;
      for (const version of waiting) if (await makeReference(version, now)) made += 1;
      return made;
    } finally {
      await client.query(`select pg_advisory_unlock(${LOCK})`);
    }
  } finally {
    client.release();
  }
}

async function makeReference(waiting: Unprofiled, now: Date): Promise<boolean> {
  const { id: modelVersionId, workspaceId } = waiting;
  const version = await findVersion(workspaceId, modelVersionId);
  const training = trainingSchema.safeParse(version?.training);
  if (!version || !training.success) return false;
  const stored = await openStored(workspaceId, training.data).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  });
  if (!stored) return false;
  const reference = await referenceOf(workspaceId, version, stored).catch((error: unknown) => {
    if (error instanceof AppError || error instanceof DuckdbError) return { problem: error.message };
    throw error;
  });
  const source: ReferenceSource = stored.source;
  const bare = { modelVersionId, source, createdAt: now };
  const made = await freezeReference(workspaceId, 'problem' in reference ? { ...bare, status: 'failed', problem: reference.problem, rows: 0, features: [] } : { ...bare, status: 'ready', problem: null, ...reference });
  if (made) notify({ topic: 'drift', id: modelVersionId, workspaceId });
  return made;
}

type Version = NonNullable<Awaited<ReturnType<typeof findVersion>>>;

async function referenceOf(workspaceId: string, version: Version, stored: StoredRows) {
  const features = version.signature?.features ?? [];
  if (features.length === 0) throw new AppError('invalid', 'The version has no named features. Register it with a signature that names them.');
  const model = version.flavor === null ? null : await askModel(workspaceId, version);
  try {
    return await profileOf(stored, features, (rows) => (model ? model.scores(rows) : Promise.resolve(rows.map(() => null))));
  } finally {
    model?.close();
  }
}
