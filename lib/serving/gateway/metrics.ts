/** Upper bounds of the duration histogram, in seconds. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Labels = { workspace: string; endpoint: string; variant: string; version: string };
type Series = { labels: Labels; buckets: number[]; sum: number; count: number; rows: number; codes: Record<string, number> };

/** What one routing process counted, in a form that can be sent and added. */
export type MetricsSnapshot = { series: Series[]; refused: Record<string, number>; loggedRows: number; droppedRows: number };

/** Counters of one routing process. */
export class GatewayMetrics {
  private readonly series = new Map<string, Series>();
  private readonly refused: Record<string, number> = {};
  loggedRows = 0;
  droppedRows = 0;

  /** observe counts a call that reached a variant. @param seconds from the whole request to its answer */
  observe(labels: Labels, status: number, rows: number, seconds: number): void {
    const key = `${labels.workspace}/${labels.endpoint}/${labels.variant}/${labels.version}`;
    let series = this.series.get(key);
    if (!series) this.series.set(key, (series = { labels, buckets: BOUNDS.map(() => 0), sum: 0, count: 0, rows: 0, codes: {} }));
    const bucket = BOUNDS.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
    series.sum += seconds;
    series.count += 1;
    series.rows += rows;
    series.codes[status] = (series.codes[status] ?? 0) + 1;
  }

  /** refuse counts a call that reached no variant. */
  refuse(status: number): void {
    this.refused[status] = (this.refused[status] ?? 0) + 1;
  }

  snapshot(): MetricsSnapshot {
    return { series: [...this.series.values()], refused: this.refused, loggedRows: this.loggedRows, droppedRows: this.droppedRows };
  }
}

/** addSnapshots adds what several processes counted, those that are gone too. */
export function addSnapshots(all: MetricsSnapshot[]): MetricsSnapshot {
  const sum: MetricsSnapshot = { series: [], refused: {}, loggedRows: 0, droppedRows: 0 };
  const byKey = new Map<string, Series>();
  for (const one of all) {
    sum.loggedRows += one.loggedRows;
    sum.droppedRows += one.droppedRows;
    for (const [code, count] of Object.entries(one.refused)) sum.refused[code] = (sum.refused[code] ?? 0) + count;
    for (const each of one.series) {
      const key = JSON.stringify(each.labels);
      const known = byKey.get(key);
      if (!known) byKey.set(key, structuredClone(each));
      else {
        known.sum += each.sum;
        known.count += each.count;
        known.rows += each.rows;
        known.buckets = known.buckets.map((count, i) => count + (each.buckets[i] ?? 0));
        for (const [code, count] of Object.entries(each.codes)) known.codes[code] = (known.codes[code] ?? 0) + count;
      }
    }
  }
  sum.series = [...byKey.values()];
  return sum;
}

/** What the supervisor itself knows. */
export type GatewayState = { routers: number; spoolBytes: number; replicas: { workspace: string; endpoint: string; variant: string; ready: number; wanted: number }[] };

/** gatewayMetrics writes the gateway's figures in Prometheus' text format. */
export function gatewayMetrics(counted: MetricsSnapshot, state: GatewayState): string {
  const lines: string[] = [];
  const text = (labels: Record<string, string>) => `{${Object.entries(labels).map(([key, value]) => `${key}="${value.replaceAll(/["\\\n]/g, '\\$&')}"`).join(',')}}`;
  const metric = (name: string, type: string, help: string, samples: [string, Record<string, string>, number][]) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [suffix, labels, value] of samples) lines.push(`${name}${suffix}${Object.keys(labels).length > 0 ? text(labels) : ''} ${value}`);
  };
  metric('penstock_gateway_request_duration_seconds', 'histogram', 'Time from the whole request to its answer.', counted.series.flatMap(({ labels, buckets, sum, count }) => {
    let below = 0;
    const bars = buckets.map((bar, i): [string, Record<string, string>, number] => ['_bucket', { ...labels, le: String(BOUNDS[i]) }, (below += bar)]);
    return [...bars, ['_bucket', { ...labels, le: '+Inf' }, count], ['_sum', labels, sum], ['_count', labels, count]];
  }));
  metric('penstock_gateway_requests_total', 'counter', 'Calls that reached a variant, by status.', counted.series.flatMap(({ labels, codes }) => Object.entries(codes).map(([code, n]): [string, Record<string, string>, number] => ['', { ...labels, code }, n])));
  metric('penstock_gateway_rows_total', 'counter', 'Predictions: rows of calls.', counted.series.map(({ labels, rows }) => ['', labels, rows]));
  metric('penstock_gateway_refused_total', 'counter', 'Calls that reached no variant, by status.', Object.entries(counted.refused).map(([code, n]) => ['', { code }, n]));
  metric('penstock_gateway_logged_rows_total', 'counter', 'Predictions written to the log.', [['', {}, counted.loggedRows]]);
  metric('penstock_gateway_dropped_rows_total', 'counter', 'Predictions that were answered and not logged.', [['', {}, counted.droppedRows]]);
  metric('penstock_gateway_spool_bytes', 'gauge', 'Log rows that wait for the database, in bytes.', [['', {}, state.spoolBytes]]);
  metric('penstock_gateway_routers', 'gauge', 'Routing processes that live.', [['', {}, state.routers]]);
  metric('penstock_gateway_replicas_ready', 'gauge', 'Replicas that can be called.', state.replicas.map(({ ready, workspace, endpoint, variant }) => ['', { workspace, endpoint, variant }, ready]));
  metric('penstock_gateway_replicas_wanted', 'gauge', 'Replicas that should run.', state.replicas.map(({ wanted, workspace, endpoint, variant }) => ['', { workspace, endpoint, variant }, wanted]));
  return `${lines.join('\n')}\n`;
}
