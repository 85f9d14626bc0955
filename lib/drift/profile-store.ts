import { z } from 'zod';
import { prisma } from '@/lib/db/client';
import { profileFeatureSchema, referenceSourceSchema, type ProfileFeature, type ReferenceSource } from './schema';

/** A version's frozen reference. */
export type Reference = {
  modelVersionId: string;
  status: 'ready' | 'failed';
  problem: string | null;
  source: ReferenceSource;
  rows: number;
  features: ProfileFeature[];
  createdAt: Date;
};

/** findReference reads the reference of a version of the workspace; null while there is none. */
export async function findReference(workspaceId: string, modelVersionId: string): Promise<Reference | null> {
  const row = await prisma().referenceProfile.findFirst({ where: { workspaceId, modelVersionId } });
  return (
    row && {
      modelVersionId,
      status: row.status === 'ready' ? 'ready' : 'failed',
      problem: row.problem,
      source: referenceSourceSchema.parse(row.source),
      rows: Number(row.rows),
      features: z.array(profileFeatureSchema).parse(row.features),
      createdAt: row.createdAt,
    }
  );
}

/** freezeReference stores a version's reference unless it has one: the first stays for ever. */
export async function freezeReference(workspaceId: string, reference: Reference): Promise<boolean> {
  const { source, features, rows, ...row } = reference;
  const { count } = await prisma().referenceProfile.createMany({
    data: [{ ...row, workspaceId, rows: BigInt(rows), source: source, features: features }],
    skipDuplicates: true,
  });
  return count === 1;
}

/** trainingOf is what a version was registered with as its training data; null when with none. */
export async function trainingOf(workspaceId: string, modelVersionId: string): Promise<unknown> {
  const row = await prisma().modelVersion.findFirst({ where: { workspaceId, id: modelVersionId }, select: { training: true } });
  return row?.training ?? null;
}

/** A ready version with training data whose reference is still to be made. */
export type Unprofiled = { id: string; workspaceId: string; model: string; number: number };

/** versionsWithoutReference lists them, newest first. */
export function versionsWithoutReference(limit: number): Promise<Unprofiled[]> {
  return prisma().$queryRaw<Unprofiled[]>`
    select v.id, v.workspace_id as "workspaceId", m.name as model, v.number
    from model_version v join registered_model m on m.id = v.model_id
    where v.status = 'ready' and v.training is not null and not exists (select from reference_profile p where p.model_version_id = v.id)
    order by v.created_at desc limit ${limit}`;
}
