import { z } from 'zod';
import { Failure, Misuse } from '../client/failure';
import { table, type Print } from '../client/print';
import { type Rest } from '../client/rest';
import { parseParams } from '../client/spec-file';
import { declaredParams } from './runs';

export type BackfillOptions = {
  from?: string;
  to?: string;
  interval: string[];
  task: string[];
  param: string[];
  reprocess?: string;
  order?: string;
  maxActiveRuns?: string;
  lane?: string;
  version?: string;
  dryRun?: boolean;
  wait?: boolean;
};

const planSchema = z.looseObject({
  token: z.string(),
  items: z.array(
    z.looseObject({ intervalStart: z.string(), intervalEnd: z.string(), action: z.string(), reason: z.string(), version: z.number().nullable(), estimateSeconds: z.number().optional() }),
  ),
});
const backfillSchema = z.looseObject({ id: z.string(), state: z.string(), counts: z.record(z.string(), z.number()) });
type Backfill = z.infer<typeof backfillSchema>;

/** A waited-for backfill is read again this often, in milliseconds. */
const LOOK_MS = 1_000;

/** backfill plans a range of intervals and starts it; with `dryRun` it only shows the plan. @throws Failure when a waited-for one did not succeed */
export async function backfill(rest: Rest, print: Print, slug: string, options: BackfillOptions): Promise<void> {
  if ((options.from === undefined) !== (options.to === undefined)) throw new Misuse('Give both --from and --to.');
  if ((options.from === undefined) === (options.interval.length === 0)) throw new Misuse('Give either --from and --to, or --interval.');
  const path = `/pipelines/${encodeURIComponent(slug)}/backfills`;
  const declared = options.param.length > 0 ? await declaredParams(rest, slug, undefined) : [];
  const given = Object.entries({
    from: options.from,
    to: options.to,
    intervals: options.interval.length > 0 ? options.interval : undefined,
    taskIds: options.task.length > 0 ? options.task : undefined,
    params: options.param.length > 0 ? parseParams(options.param, declared) : undefined,
    reprocess: options.reprocess,
    order: options.order,
    maxActiveRuns: options.maxActiveRuns === undefined ? undefined : Number(options.maxActiveRuns),
    lane: options.lane,
    version: options.version,
  });
  const plan = await rest.call(`${path}/plan`, planSchema, { method: 'POST', body: Object.fromEntries(given.filter(([, value]) => value !== undefined)) });
  const rows = plan.items.map((i) => [i.intervalStart, i.action, i.version === null ? '' : `v${i.version}`, i.reason]);
  const shown = table(['INTERVAL', 'ACTION', '', 'REASON'], rows);
  if (options.dryRun) return print.answer(plan, shown);
  const started = await rest.call(path, backfillSchema, { method: 'POST', body: { token: plan.token } });
  if (!options.wait) return print.answer(started, `${shown}Backfill ${started.id} is ${started.state}.`);
  print.note(`Backfill ${started.id} …`);
  const ended = await waitForEnd(rest, `${path}/${started.id}`);
  print.answer(ended, `Backfill ${ended.id} ${ended.state}: ${Object.entries(ended.counts).filter(([name, n]) => name !== 'total' && n > 0).map(([name, n]) => `${n} ${name}`).join(', ')}.`);
  if (ended.state !== 'succeeded') throw new Failure(`Backfill ${ended.id} ${ended.state}.`);
}

async function waitForEnd(rest: Rest, path: string): Promise<Backfill> {
  for (;;) {
    const now = await rest.call(path, backfillSchema);
    if (now.state !== 'running' && now.state !== 'paused') return now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
