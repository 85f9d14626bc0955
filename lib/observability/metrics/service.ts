import { liveWorkers, readLoad } from './store';

type Sample = { name: string; type: 'counter' | 'gauge'; help: string; value: number; labels?: Record<string, string> };

/**
 * renderMetrics gives this process's figures and the open work in Prometheus' text format.
 * @param name the kind of process: web, worker, gateway
 */
export async function renderMetrics(name: string): Promise<string> {
  const load = await readLoad();
  const { user, system } = process.cpuUsage();
  const memory = process.memoryUsage();
  const own = { process: name };
  return exposition([
    { name: 'process_cpu_seconds_total', type: 'counter', help: 'CPU time of this process.', value: (user + system) / 1e6, labels: own },
    { name: 'process_resident_memory_bytes', type: 'gauge', help: 'Resident memory of this process.', value: memory.rss, labels: own },
    { name: 'nodejs_heap_used_bytes', type: 'gauge', help: 'JavaScript heap in use.', value: memory.heapUsed, labels: own },
    { name: 'process_uptime_seconds', type: 'gauge', help: 'Seconds since this process started.', value: process.uptime(), labels: own },
    { name: 'penstock_task_runs', type: 'gauge', help: 'Task runs that are open, by state.', value: load.ready, labels: { state: 'ready' } },
    { name: 'penstock_task_runs', type: 'gauge', help: '', value: load.retrying, labels: { state: 'up_for_retry' } },
    { name: 'penstock_attempts', type: 'gauge', help: 'Attempts held by workers now.', value: load.attempts },
    { name: 'penstock_runs', type: 'gauge', help: 'Runs that are open, by state.', value: load.queuedRuns, labels: { state: 'queued' } },
    { name: 'penstock_runs', type: 'gauge', help: '', value: load.runningRuns, labels: { state: 'running' } },
    { name: 'penstock_workers', type: 'gauge', help: 'Worker processes with a fresh heartbeat.', value: load.workers },
    { name: 'penstock_outbox_pending', type: 'gauge', help: 'Mails and webhooks not delivered yet.', value: load.outbox },
  ]);
}

/** exposition writes samples in Prometheus' text format; help and type stand once before a name's first sample. */
export function exposition(samples: Sample[]): string {
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const { name, type, help, value, labels } of samples) {
    if (!seen.has(name)) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    seen.add(name);
    const pairs = Object.entries(labels ?? {}).map(([key, text]) => `${key}="${text.replaceAll(/["\\\n]/g, '\\$&')}"`);
    lines.push(`${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

/** checkReady tells whether the database answers within two seconds, and how many workers live. */
export async function checkReady(): Promise<{ ready: boolean; database: 'ok' | 'unreachable'; workers: number }> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), 2_000).unref());
  try {
    return { ready: true, database: 'ok', workers: await Promise.race([liveWorkers(), late]) };
  } catch {
    return { ready: false, database: 'unreachable', workers: 0 };
  }
}
