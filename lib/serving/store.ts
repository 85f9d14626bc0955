import { newId } from '@/lib/core/ids';
import { Prisma, prisma } from '@/lib/db/client';
import { type Tx } from '@/lib/db/transaction';
import { type Batching, type LedgerEntry, type LedgerWeight, type Routing } from './schema';

type Db = Tx | ReturnType<typeof prisma>;
const asJson = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;

export type VariantRow = {
  id: string;
  name: string;
  modelVersionId: string;
  version: number;
  weight: number;
  replicas: number;
  ready: number;
  problem: string | null;
  rolloutId: string | null;
  createdAt: Date;
};

/** An endpoint with its live variants, stable first. */
export type EndpointRow = {
  id: string;
  workspaceId: string;
  slug: string;
  modelId: string;
  modelName: string;
  state: string;
  problem: string | null;
  alias: string | null;
  minReplicas: number;
  maxReplicas: number;
  batching: Batching;
  routing: Routing;
  revision: number;
  createdBy: string | null;
  createdAt: Date;
  updatedAt: Date;
  variants: VariantRow[];
};

const LIVE = { variants: { where: { retiredAt: null }, orderBy: { createdAt: 'asc' } } } as const;
type Stored = Prisma.EndpointGetPayload<{ include: typeof LIVE }>;

const rowOf = (stored: Stored): EndpointRow => ({
  ...stored,
  batching: stored.batching as Batching,
  routing: stored.routing as Routing,
  variants: stored.variants
    .map((each) => ({ ...each, weight: Number(each.weight) }))
    .toSorted((a, b) => Number(b.name === 'stable') - Number(a.name === 'stable')),
});

/** findEndpoint reads one by its slug. */
export async function findEndpoint(db: Db, workspaceId: string, slug: string): Promise<EndpointRow | null> {
  const found = await db.endpoint.findUnique({ where: { workspaceId_slug: { workspaceId, slug } }, include: LIVE });
  return found && rowOf(found);
}

/** lockEndpoint reads one and keeps its row to this transaction; every change of traffic begins with it. */
export async function lockEndpoint(tx: Tx, workspaceId: string, id: string): Promise<EndpointRow | null> {
  await tx.$queryRaw`select id from endpoint where workspace_id = ${workspaceId}::uuid and id = ${id}::uuid for update`;
  const found = await tx.endpoint.findFirst({ where: { id, workspaceId }, include: LIVE });
  return found && rowOf(found);
}

/** listEndpointRows lists endpoints by slug. */
export async function listEndpointRows(workspaceId: string, given: { after: string | null; limit: number; q: string | null; modelId: string | null }): Promise<EndpointRow[]> {
  const found = await prisma().endpoint.findMany({
    where: {
      workspaceId,
      slug: { ...(given.after === null ? {} : { gt: given.after }), ...(given.q === null ? {} : { contains: given.q, mode: 'insensitive' }) },
      ...(given.modelId === null ? {} : { modelId: given.modelId }),
    },
    orderBy: { slug: 'asc' },
    take: given.limit,
    include: LIVE,
  });
  return found.map(rowOf);
}

export type NewEndpoint = Pick<EndpointRow, 'workspaceId' | 'slug' | 'modelId' | 'modelName' | 'alias' | 'minReplicas' | 'maxReplicas' | 'batching'> & { createdBy: string; now: Date };

/** insertEndpoint creates one without variants; false when the slug is taken. */
export async function insertEndpoint(tx: Tx, { now, batching, ...given }: NewEndpoint): Promise<string | false> {
  const id = newId();
  const made = await tx.endpoint.createMany({ data: [{ id, ...given, batching: asJson(batching), createdAt: now, updatedAt: now }], skipDuplicates: true });
  return made.count === 1 ? id : false;
}

export type NewVariant = { workspaceId: string; endpointId: string; name: string; modelVersionId: string; version: number; weight: number; replicas: number; rolloutId: string | null; at: Date };

/** insertVariant adds a live variant. @returns its id */
export async function insertVariant(tx: Tx, { at, weight, ...given }: NewVariant): Promise<string> {
  const id = newId();
  await tx.variant.create({ data: { id, ...given, weight: new Prisma.Decimal(weight), createdAt: at } });
  return id;
}

/** changeVariant changes name, weight or end of a variant. */
export async function changeVariant(tx: Tx, id: string, change: { name?: string; weight?: number; rolloutId?: string | null; retiredAt?: Date }): Promise<void> {
  const { weight, ...rest } = change;
  await tx.variant.update({ where: { id }, data: { ...rest, ...(weight === undefined ? {} : { weight: new Prisma.Decimal(weight) }) } });
}

/** changeEndpoint changes an endpoint; its revision grows, so that gateways follow. */
export async function changeEndpoint(tx: Tx, id: string, change: { routing?: Routing; alias?: string | null; at: Date }): Promise<void> {
  const { routing, at, ...rest } = change;
  await tx.endpoint.update({ where: { id }, data: { ...rest, ...(routing === undefined ? {} : { routing: asJson(routing) }), revision: { increment: 1 }, updatedAt: at } });
}

/** appendLedger writes who answers with which share from now on. */
export async function appendLedger(
  tx: Tx,
  given: { workspaceId: string; endpointId: string; at: Date; actor: string; verb: string; reason: string; weights: LedgerWeight[]; rolloutId: string | null },
): Promise<void> {
  await tx.endpointLedger.create({ data: { ...given, weights: asJson(given.weights) } });
}

/** ledgerRows lists an endpoint's ledger, newest first; with `at` what held at that time, and before. */
export async function ledgerRows(workspaceId: string, endpointId: string, given: { at: Date | null; limit: number }): Promise<LedgerEntry[]> {
  const rows = await prisma().endpointLedger.findMany({
    where: { workspaceId, endpointId, ...(given.at === null ? {} : { at: { lte: given.at } }) },
    orderBy: { id: 'desc' },
    take: given.limit,
  });
  return rows.map((row) => ({ id: String(row.id), at: row.at, actor: row.actor, verb: row.verb, reason: row.reason, weights: row.weights as LedgerWeight[], rolloutId: row.rolloutId }));
}

/** removeEndpoint deletes one with its variants and ledger; its predictions stay until their retention ends. */
export async function removeEndpoint(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.endpointLedger.deleteMany({ where: { workspaceId, endpointId: id } });
  await tx.endpoint.deleteMany({ where: { workspaceId, id } });
}

/** variantsReady reads what the gateway says of an endpoint's live variants. */
export async function variantsReady(endpointId: string): Promise<{ name: string; replicas: number; ready: number; problem: string | null }[]> {
  return prisma().variant.findMany({ where: { endpointId, retiredAt: null }, select: { name: true, replicas: true, ready: true, problem: true } });
}
