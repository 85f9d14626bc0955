'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight, ChevronsLeft, Terminal } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { ProblemError, sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { formatDuration, plural } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Panel, PanelHead } from '@/components/ui/panel';
import { toast } from '@/components/ui/toast';
import type { BackfillRow } from '@/lib/scheduler';
import { addMonths, calendarMonths, isDay } from './calendar-days';
import { Calendar, CalendarLegend, type Range } from './calendar';
import { HowPanel, type How } from './how-panel';
import { PlanTable, type PlanRow } from './plan-table';
import { UnderWay } from './under-way';

type Plan = { token: string; items: PlanRow[] };

/** BackfillNew lets a person choose intervals on a calendar, shows what would become of each, and starts it. */
export function BackfillNew({
  slug,
  zone,
  daily,
  first,
  latest,
  tasks,
  newest,
  atOnce,
  initial,
  open,
}: {
  slug: string;
  zone: string;
  /** its intervals are days, and are called so */
  daily: boolean;
  /** month of the schedule's start, when it has one */
  first: string | null;
  /** month of the newest interval that has ended */
  latest: string;
  tasks: readonly { id: string; name: string }[];
  newest: number;
  atOnce: number;
  initial: Range;
  open: readonly BackfillRow[];
}) {
  const { slug: workspace, call, can } = useWorkspace();
  const router = useRouter();
  const queries = useQueryClient();
  const [month, setMonth] = useState(initial ? initial.from.slice(0, 7) : addMonths(latest, -2));
  const [range, setRange] = useState<Range>(initial);
  const [typed, setTyped] = useState<{ from: string; to: string }>({ from: initial?.from ?? '', to: initial?.to ?? '' });
  const [how, setHow] = useState<How>({ reprocess: 'none', order: 'forward', maxActiveRuns: atOnce, lane: 'backfill', version: 'own', taskIds: [] });
  const [moved, setMoved] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const root = `/pipelines/${slug}`;

  const shown = useMemo(() => [month, addMonths(month, 1), addMonths(month, 2)], [month]);
  const intervals = useQuery({
    queryKey: [workspace, 'run', 'intervals', slug, month],
    placeholderData: (before) => before,
    queryFn: () => call<{ items: { start: string; end: string; state: string | null; runId: string | null }[] }>(`${root}/intervals`, { query: { from: `${month}-01`, to: lastDay(shown[2]!) } }),
  });
  const months = useMemo(() => calendarMonths(shown, intervals.data?.items ?? [], zone), [shown, intervals.data, zone]);

  const { taskIds, ...rest } = how;
  const body = range && { ...range, ...rest, ...(taskIds.length > 0 ? { taskIds } : {}) };
  const planKey = [workspace, 'backfill', 'plan', slug, body] as const;
  const plan = useQuery({
    queryKey: planKey,
    enabled: body !== null,
    retry: false,
    queryFn: () => call<Plan>(`${root}/backfills/plan`, { body }),
  });

  const choose = (next: Range) => {
    setRange(next);
    setMoved(null);
    setTyped({ from: next?.from ?? '', to: next?.to ?? '' });
    const url = new URL(window.location.href);
    for (const key of ['from', 'to'] as const) {
      if (next) url.searchParams.set(key, next[key]);
      else url.searchParams.delete(key);
    }
    window.history.replaceState(null, '', url);
  };
  const type = (next: { from: string; to: string }) => {
    setTyped(next);
    if (!isDay(next.from) || !isDay(next.to)) return;
    setRange({ from: next.from, to: next.to });
    setMoved(null);
    if (next.from.slice(0, 7) < shown[0]! || next.from.slice(0, 7) > shown[2]!) setMonth(next.from.slice(0, 7));
  };

  const items = range === null ? [] : (plan.data?.items ?? []);
  const todo = items.filter((item) => item.action !== 'skip');
  const unit = (n: number) => plural(n, daily ? 'day' : 'interval');
  const start = async () => {
    if (!plan.data) return;
    setBusy(true);
    try {
      await call(`${root}/backfills`, { body: { token: plan.data.token } });
      toast(`Backfill of ${unit(items.length)} started.`);
      choose(null);
      router.refresh();
    } catch (error) {
      if (error instanceof ProblemError && typeof error.extra.token === 'string') {
        queries.setQueryData(planKey, { token: error.extra.token, items: error.extra.items });
        setMoved(error.message);
      } else setMoved(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  const copy = async () => {
    if (!range) return;
    await navigator.clipboard.writeText(commandOf(slug, range, how));
    toast('Copied.');
  };

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <p aria-live="polite" className="min-w-[min(100%,280px)] flex-1 text-ink-2">
          {range === null ? 'Choose the intervals to run: drag over days, or type a range.' : sentence(items, unit, plan.isFetching && items.length === 0)}
        </p>
        <Button disabled={range === null} onClick={() => void copy()}>
          <Terminal size={16} aria-hidden /> Copy as command
        </Button>
        {can('run:write') && (
          <Button look="primary" disabled={todo.length === 0 || plan.isFetching} busy={busy} onClick={() => void start()}>
            Start backfill{items.length > 0 && ` of ${unit(items.length)}`}
          </Button>
        )}
      </div>
      {moved !== null && <Banner tone="warn" title={moved} />}
      {range !== null && plan.error !== null && <Banner tone="error" title={sentenceOf(plan.error)} />}
      <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_328px]">
        <div className="flex min-w-0 flex-col gap-3">
          <Panel>
            <PanelHead title="Intervals" remark="drag, shift-click, or type a range">
              <Input size="sm" aria-label="From" className="mono w-[104px]" placeholder="2026-01-01" value={typed.from} onChange={(event) => type({ ...typed, from: event.target.value.trim() })} />
              <span className="text-12 text-ink-2 max-sm:hidden">to</span>
              <Input size="sm" aria-label="To" className="mono w-[104px]" placeholder="2026-01-31" value={typed.to} onChange={(event) => type({ ...typed, to: event.target.value.trim() })} />
              {first !== null && (
                <IconButton size="sm" className="max-sm:hidden" label="To the schedule's start" onClick={() => setMonth(first)}>
                  <ChevronsLeft size={16} aria-hidden />
                </IconButton>
              )}
              <IconButton size="sm" label="Earlier months" onClick={() => setMonth(addMonths(month, -1))}>
                <ChevronLeft size={16} aria-hidden />
              </IconButton>
              <IconButton size="sm" label="Later months" onClick={() => setMonth(addMonths(month, 1))}>
                <ChevronRight size={16} aria-hidden />
              </IconButton>
            </PanelHead>
            <Calendar months={months} range={range} onRange={choose} readOnly={!can('run:write')} />
            <CalendarLegend />
          </Panel>
          {items.length > 0 && <PlanTable items={items} zone={zone} remark={`${how.order === 'forward' ? 'oldest first' : 'newest first'} · checked again at the start`} />}
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          {open.length > 0 && <UnderWay backfills={open} />}
          <HowPanel how={how} onHow={setHow} tasks={tasks} newest={newest} />
          {items.length > 0 && <Forecast items={items} atOnce={how.maxActiveRuns} />}
        </div>
      </div>
    </div>
  );
}

const lastDay = (month: string): string => new Date(Date.parse(`${addMonths(month, 1)}-01T00:00Z`) - 86_400_000).toISOString().slice(0, 10);

function sentence(items: readonly PlanRow[], unit: (n: number) => string, waiting: boolean): string {
  if (waiting) return 'Planning …';
  const count = (fits: (item: PlanRow) => boolean) => items.filter(fits).length;
  const parts = [
    [count((i) => i.action === 'create'), 'will run for the first time'],
    [count((i) => i.action === 'rerun'), 'will run again'],
    [count((i) => i.action === 'skip'), 'will be left as they are'],
  ] as const;
  return `${unit(items.length)} selected: ${parts.filter(([n]) => n > 0).map(([n, words]) => `${n} ${words}`).join(', ')}.`;
}

function commandOf(slug: string, range: { from: string; to: string }, how: How): string {
  return [
    `penstock backfill ${slug} --from ${range.from} --to ${range.to} --max-active-runs ${how.maxActiveRuns}`,
    how.reprocess === 'none' ? '' : ` --reprocess ${how.reprocess}`,
    how.order === 'forward' ? '' : ` --order ${how.order}`,
    how.lane === 'backfill' ? '' : ` --lane ${how.lane}`,
    how.version === 'own' ? '' : ` --version ${how.version}`,
    ...how.taskIds.map((id) => ` --task ${id}`),
  ].join('');
}

function Forecast({ items, atOnce }: { items: readonly PlanRow[]; atOnce: number }) {
  const todo = items.filter((item) => item.action !== 'skip');
  const known = todo.filter((item) => item.estimateSeconds !== undefined);
  const work = known.reduce((sum, item) => sum + item.estimateSeconds! * 1000, 0);
  return (
    <Panel>
      <PanelHead title="Forecast" />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2 p-4 [&_dt]:text-12 [&_dt]:leading-5 [&_dt]:text-ink-3">
        <dt>Runs to do</dt>
        <dd>{todo.length}</dd>
        <dt>Work</dt>
        <dd>{known.length === 0 ? 'not known yet: no run has succeeded' : `about ${formatDuration(work)}`}</dd>
        {known.length > 0 && (
          <>
            <dt>Takes</dt>
            <dd>about {formatDuration(work / Math.min(atOnce, known.length))} when slots are free</dd>
          </>
        )}
        <dt>Scheduled runs</dt>
        <dd>keep their priority</dd>
      </dl>
    </Panel>
  );
}
