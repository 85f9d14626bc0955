import { newId } from '@/lib/core/ids';
import { Prisma, prisma } from '@/lib/db/client';
import { pool } from '@/lib/db/pool';
import { type Tx } from '@/lib/db/transaction';
import { type RoutingTable, type TableEndpoint } from './gateway/table';
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

/** endpointsFollowing lists the endpoints that follow an alias of a model. */
export async function endpointsFollowing(db: Db, workspaceId: string, modelId: string, alias: string): Promise<EndpointRow[]> {
  return (await db.endpoint.findMany({ where: { workspaceId, modelId, alias }, orderBy: { slug: 'asc' }, include: LIVE })).map(rowOf);
}

/** slugsOf gives the slugs of endpoints by id. */
export async function slugsOf(workspaceId: string, ids: string[]): Promise<Map<string, string>> {
  return new Map((await prisma().endpoint.findMany({ where: { workspaceId, id: { in: ids } }, select: { id: true, slug: true } })).map(({ id, slug }) => [id, slug]));
}

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

type ReadVariant = Omit<TableEndpoint['variants'][number], 'weight' | 'fileKey'> & { weight: number | string; file: string | null };

/** readTable reads all endpoints with their live variants and what the gateway needs of their versions, in one statement. */
export async function readTable(modelKey: (workspaceId: string, versionId: string, file: string) => string): Promise<RoutingTable> {
  const { rows } = await pool().query<{ workspaces: Record<string, string> | null; endpoints: (Omit<TableEndpoint, 'variants'> & { variants: ReadVariant[] })[] | null }>({
    name: 'penstock_routing_table',
    text: `select
      (select jsonb_object_agg(slug, id) from workspace) as workspaces,
      (select jsonb_agg(jsonb_build_object('id', e.id, 'workspaceId', e.workspace_id, 'workspace', w.slug, 'slug', e.slug, 'model', e.model_name, 'state', e.state,
          'problem', e.problem, 'batching', e.batching, 'routing', e.routing, 'variants', v.variants))
        from endpoint e join workspace w on w.id = e.workspace_id
        cross join lateral (
          select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'name', v.name, 'version', v.version, 'modelVersionId', v.model_version_id, 'weight', v.weight,
              'replicas', v.replicas, 'ready', v.ready, 'problem', v.problem, 'signature', coalesce(m.signature, '{"inputs": [], "outputs": [], "features": []}'), 'file', m.flavors->'onnx'->>'file')
              order by v.name = 'stable' desc), '[]') as variants
          from variant v join model_version m on m.id = v.model_version_id where v.endpoint_id = e.id and v.retired_at is null) v) as endpoints`,
  });
  const endpoints = (rows[0]?.endpoints ?? []).map((endpoint) => ({
    ...endpoint,
    variants: endpoint.variants.map(({ file, weight, ...variant }) => ({ ...variant, weight: Number(weight), fileKey: modelKey(endpoint.workspaceId, variant.modelVersionId, file ?? '') })),
  }));
  return { endpoints, workspaces: rows[0]?.workspaces ?? {} };
}

/** saveStanding writes what a gateway found: replicas of variants, states of endpoints. */
export async function saveStanding(variants: { id: string; ready: number; problem: string | null }[], endpoints: { id: string; state: string; problem: string | null }[]): Promise<void> {
  if (variants.length > 0) {
    await pool().query(`update variant v set ready = x.ready, problem = x.problem from jsonb_to_recordset($1::jsonb) as x(id uuid, ready int, problem text) where v.id = x.id`, [JSON.stringify(variants)]);
  }
  if (endpoints.length > 0) {
    await pool().query(`update endpoint e set state = x.state, problem = x.problem from jsonb_to_recordset($1::jsonb) as x(id uuid, state text, problem text) where e.id = x.id`, [JSON.stringify(endpoints)]);
  }
}

/** registerGateway writes this gateway's row; rows of gateways that have not been seen for a day go. */
export async function registerGateway(given: { id: string; host: string; pid: number; port: number; version: string }): Promise<void> {
  await pool().query(`delete from gateway where heartbeat_at < now() - interval '1 day' or (host = $1 and port = $2)`, [given.host, given.port]);
  await pool().query(`insert into gateway (id, host, pid, port, version) values ($1, $2, $3, $4, $5)`, [given.id, given.host, given.pid, given.port, given.version]);
}

/**
 * beatGateway renews the row.
 * @returns null when the row is gone, else whether this gateway is the oldest one that lives: it says how endpoints stand
 */
export async function beatGateway(id: string): Promise<{ leads: boolean } | null> {
  const { rows } = await pool().query<{ leads: boolean }>(
    `update gateway g set heartbeat_at = now() where id = $1
     returning not exists (select from gateway o where o.heartbeat_at > now() - interval '30 seconds' and (o.started_at, o.id) < (g.started_at, g.id)) as leads`,
    [id],
  );
  return rows[0] ?? null;
}

export async function removeGateway(id: string): Promise<void> {
  await pool().query(`delete from gateway where id = $1`, [id]);
}

/** liveGateway finds a gateway whose heartbeat is fresh. */
export async function liveGateway(): Promise<{ host: string; port: number } | null> {
  const { rows } = await pool().query<{ host: string; port: number }>(`select host, port from gateway where heartbeat_at > now() - interval '60 seconds' order by heartbeat_at desc limit 1`);
  return rows[0] ?? null;
}
