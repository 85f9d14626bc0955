import { invalid, notFound } from '@/lib/core/errors';
import { listEndpoints, requireEndpoint, type EndpointRow } from '@/lib/serving/server';
import { type Context } from '@/lib/tenancy/server';
import { binLabels } from './bins';
import { chanceBand, jensenShannon, lInfinity, psi, shareBand, shares } from './distance';
import { findingOf, latestOf } from './finding';
import { endOf, grainFor, startOf, windowsBetween } from './grain';
import { judge, MIN_ROWS, PSI_THRESHOLD, type Counted, type CountedFeature } from './judge';
import { findReference, trainingOf, type Reference } from './profile-store';
import { type Distribution, type DistributionQuery, type DriftQuery, type DriftReport, type DriftSeries, type Grain, type Monitored, type ProfileFeature } from './schema';
import { hoursSpan, readWindows, versionsAt, type Watched } from './window-store';

/** More windows than a page can show. */
const MAX_WINDOWS = 800;

type Chosen = { of: Watched; version: number; versions: number[] };

/** Which version is looked at: the one asked for, else the one that answers. */
async function chosenVersion(endpoint: EndpointRow, asked: number | undefined): Promise<Chosen> {
  const answered = await versionsAt(endpoint.workspaceId, endpoint.id);
  const live = endpoint.variants.map(({ modelVersionId, version }) => ({ id: modelVersionId, number: version }));
  const known = [...answered, ...live.filter(({ id }) => !answered.some((each) => each.id === id))].toSorted((a, b) => b.number - a.number);
  const found = asked === undefined ? (live[0] ?? known[0]) : known.find(({ number }) => number === asked);
  if (!found) {
    if (asked === undefined) throw notFound('version', `of ${endpoint.slug}`);
    throw invalid(`Version ${asked} has not answered at "${endpoint.slug}".`, [{ path: 'version', message: `Expected one of ${known.map(({ number }) => number).join(', ')}.`, value: asked }]);
  }
  return { of: { workspaceId: endpoint.workspaceId, endpointId: endpoint.id, modelVersionId: found.id }, version: found.number, versions: known.map(({ number }) => number) };
}

/**
 * driftReport judges every feature of a model version, and its prediction, over windows of event time against its reference.
 * @throws AppError not_found for an unknown endpoint, invalid for a span of too many windows
 */
export async function driftReport(ctx: Context, slug: string, query: DriftQuery): Promise<DriftReport> {
  const endpoint = await requireEndpoint(ctx, slug);
  const { of, version, versions } = await chosenVersion(endpoint, query.version);
  const reference = await findReference(of.workspaceId, of.modelVersionId);
  const span = await spanOf(of, query);
  const grain = query.grain ?? (span ? grainFor(span.from, span.to) : 'day');
  const series = reference && span ? await seriesOf(of, reference, grain, span.from, span.to) : null;
  const all = series ?? (reference?.features ?? []).map((feature) => ({ feature, series: [] }));
  const shown = all.map(({ feature, series: points }): DriftSeries & { role: ProfileFeature['role'] } => ({ name: feature.name, kind: feature.kind, importance: feature.importance ?? null, role: feature.role, series: points }));
  const bare = ({ role: _role, ...rest }: (typeof shown)[number]): DriftSeries => rest;
  const features = shown.filter(({ role }) => role === 'input').map(bare).toSorted((a, b) => (b.importance ?? 0) - (a.importance ?? 0));
  const prediction = shown.filter(({ role }) => role === 'prediction').map(bare)[0] ?? null;
  const seen = await referenceView(of, reference);
  return {
    endpoint: endpoint.slug,
    model: { name: endpoint.modelName, version, uuid: of.modelVersionId },
    versions,
    reference: seen,
    grain,
    from: span?.from.toISOString() ?? null,
    to: span?.to.toISOString() ?? null,
    threshold: PSI_THRESHOLD,
    minRows: MIN_ROWS,
    finding: seen.status === 'ready' ? findingOf(prediction ? [...features, prediction] : features, grain, MIN_ROWS) : WITHOUT[seen.status],
    features,
    prediction,
  };
}

const WITHOUT = {
  none: 'This version was registered without training data, so there is nothing to compare with.',
  waiting: 'The reference is being made from the training data.',
  failed: 'The reference could not be made from the training data.',
};

async function referenceView(of: Watched, reference: Reference | null): Promise<DriftReport['reference']> {
  if (reference) return { status: reference.status, source: reference.source, rows: reference.rows, problem: reference.problem, createdAt: reference.createdAt.toISOString() };
  const training = await trainingOf(of.workspaceId, of.modelVersionId);
  return { status: training ? 'waiting' : 'none', source: null, rows: 0, problem: null, createdAt: null };
}

/** The span asked for, with what is missing taken from the hours that have rows; its ends are the query's own. */
async function spanOf(of: Watched, query: { from?: string | undefined; to?: string | undefined }): Promise<{ from: Date; to: Date } | null> {
  const hours = query.from && query.to ? null : await hoursSpan(of);
  const from = query.from ? new Date(query.from) : hours?.first;
  const to = query.to ? new Date(query.to) : hours && endOf(hours.last, 'hour');
  if (!from || !to) return null;
  if (from >= to) throw invalid(`The span ends (${to.toISOString()}) before it begins (${from.toISOString()}).`, [{ path: 'to', message: 'Give a time after "from".', value: query.to }]);
  return { from, to };
}

async function seriesOf(of: Watched, reference: Reference, grain: Grain, from: Date, to: Date) {
  const starts = windowsBetween(from, to, grain);
  if (starts.length > MAX_WINDOWS) throw invalid(`From ${from.toISOString()} to ${to.toISOString()} there are ${starts.length} windows of one ${grain}; at most ${MAX_WINDOWS} are shown.`, [{ path: 'grain', message: 'Choose a longer grain or a shorter span.', value: grain }]);
  const found = await readWindows(of, grain, startOf(from, grain), endOf(starts.at(-1) ?? from, grain));
  const counted = reference.features.map((feature): CountedFeature => {
    const by = new Map((found.get(feature.name) ?? []).map((window) => [window.window.getTime(), window]));
    const none = (window: Date): Counted => ({ window, counts: feature.counts.map(() => 0), rows: 0, total: null });
    return { feature, windows: starts.map((start) => by.get(start.getTime()) ?? none(start)) };
  });
  return judge(counted);
}

/**
 * featureDistribution sets one feature's window beside its reference, bin by bin, with what chance explains.
 * @throws AppError not_found for an unknown endpoint, feature or reference
 */
export async function featureDistribution(ctx: Context, slug: string, name: string, query: DistributionQuery): Promise<Distribution> {
  const endpoint = await requireEndpoint(ctx, slug);
  const { of } = await chosenVersion(endpoint, query.version);
  const reference = await findReference(of.workspaceId, of.modelVersionId);
  const feature = reference?.features.find((each) => each.name === name);
  if (!reference || !feature) throw notFound('feature', name);
  const start = startOf(new Date(query.window), query.grain);
  const end = endOf(start, query.grain);
  const counted = (await readWindows(of, query.grain, start, end, name)).get(name)?.[0] ?? { counts: feature.counts.map(() => 0), rows: 0 };
  const [p, q] = [shares(feature.counts), shares(counted.counts)];
  return {
    feature: name,
    kind: feature.kind,
    window: { start: start.toISOString(), end: end.toISOString() },
    grain: query.grain,
    rows: counted.rows,
    referenceRows: feature.rows,
    source: reference.source,
    psi: psi(feature.counts, counted.counts),
    band: counted.rows > 0 ? chanceBand(feature.counts, counted.counts) : null,
    jensenShannon: jensenShannon(feature.counts, counted.counts),
    lInfinity: lInfinity(feature.counts, counted.counts),
    bins: binLabels(feature).map((label, i) => {
      const [low, high] = shareBand(p[i] ?? 0, feature.rows, counted.rows);
      return { label, reference: p[i] ?? 0, window: q[i] ?? 0, low, high };
    }),
  };
}

/** listMonitored lists endpoints with their worst drift now: that of the last windows with enough rows, of the version that answers. */
export async function listMonitored(ctx: Context, given: { limit: number; cursor?: string }): Promise<{ items: Monitored[]; nextCursor: string | null }> {
  const { items, nextCursor } = await listEndpoints(ctx, given);
  const monitored: Monitored[] = [];
  for (const endpoint of items) {
    const report = await driftReport(ctx, endpoint.slug, {});
    const all = report.prediction ? [...report.features, report.prediction] : report.features;
    const [worst] = latestOf(all);
    const rows = all[0]?.series.reduce((sum, point) => sum + point.rows, 0) ?? 0;
    monitored.push({
      endpoint: endpoint.slug,
      model: endpoint.model,
      version: report.model.version,
      reference: report.reference.status,
      rows,
      lastAt: report.to,
      finding: report.finding,
      grain: report.grain,
      worst: worst ? { feature: worst.feature, psi: worst.point.psi ?? 0, verdict: worst.point.verdict, window: worst.point.window } : null,
    });
  }
  return { items: monitored, nextCursor };
}
