import Link from 'next/link';
import type { RunSummary } from '@/lib/runs';
import type { ListColumn } from '@/components/lists/list-column';
import { rowLink } from '@/components/lists/rows-table';
import { iso } from '@/components/lists/use-all';
import { StateChip } from '@/components/state';
import { Elapsed, Time } from '@/components/time';
import { cx } from '@/components/ui/class-names';
import { paramWords, triggerWord } from './words';

const covers = (run: RunSummary) => (run.interval === null ? run.logicalDate : run.interval.start);
const took = (run: RunSummary) =>
  run.startedAt === null || run.finishedAt === null ? null : new Date(run.finishedAt).getTime() - new Date(run.startedAt).getTime();

/** runColumns are the columns of a list of runs. @param ofOne all are of one pipeline, which is not said again */
export function runColumns(href: (path: string) => string, ofOne: boolean): ListColumn<RunSummary>[] {
  const started = (run: RunSummary) => run.startedAt ?? run.createdAt;
  return [
    {
      id: 'state',
      label: 'State',
      td: 'max-md:order-2 max-md:justify-self-end',
      cell: (run) => <StateChip state={run.state} />,
      value: (run) => run.state,
    },
    {
      id: 'pipeline',
      label: ofOne ? 'Started' : 'Pipeline',
      fixed: true,
      td: 'max-md:order-1',
      cell: (run) => (
        <>
          <Link href={href(`/runs/${run.id}`)} data-row-link className={rowLink}>
            {ofOne ? <Time at={started(run)} /> : run.pipeline}
          </Link>
          {run.version !== null && <span className="ml-1.5 text-12 text-ink-3">v{run.version}</span>}
        </>
      ),
      value: (run) => (ofOne ? iso(started(run)) : run.pipeline),
    },
    {
      id: 'covers',
      label: 'Covers',
      td: 'text-ink-2 max-md:hidden',
      cell: (run) => <Time at={covers(run)} show={run.interval === null ? 'time' : 'day'} />,
      value: (run) => iso(covers(run)),
    },
    {
      id: 'started',
      label: 'Started',
      th: cx(ofOne && 'md:hidden'),
      td: cx('text-ink-2 max-md:order-3 max-md:text-12', ofOne && 'md:hidden'),
      fixed: ofOne,
      cell: (run) => {
        const params = paramWords(run.params);
        return (
          <>
            {!ofOne && (
              <>
                <Time at={started(run)} />
                <span className="md:hidden">, </span>
              </>
            )}
            <span className="md:hidden">
              {triggerWord(run.trigger.kind)}
              {params !== '' && `, ${params}`}
            </span>
          </>
        );
      },
      value: (run) => iso(started(run)),
    },
    {
      id: 'took',
      label: 'Took',
      numeric: true,
      td: 'max-md:order-4 max-md:justify-self-end max-md:text-12',
      cell: (run) => <Elapsed since={run.startedAt} until={run.finishedAt} />,
      value: took,
    },
    { id: 'trigger', label: 'Trigger', td: 'text-ink-2 max-md:hidden', cell: (run) => triggerWord(run.trigger.kind), value: (run) => run.trigger.kind },
    { id: 'by', label: 'By', td: 'max-w-40 truncate text-ink-2 max-md:hidden', cell: (run) => run.createdBy ?? '–', value: (run) => run.createdBy },
    {
      id: 'params',
      label: 'Params, note',
      td: 'max-w-64 truncate text-12 text-ink-2 max-md:hidden',
      cell: (run) => [paramWords(run.params), run.note].filter((x) => x !== null && x !== '').join(' · ') || '–',
      value: (run) => [JSON.stringify(run.params), run.note].filter((x) => x !== null && x !== '' && x !== '{}').join(' '),
    },
    { id: 'lane', label: 'Lane', extra: true, td: 'text-ink-2 max-md:hidden', cell: (run) => run.lane, value: (run) => run.lane },
    {
      id: 'finished',
      label: 'Ended',
      extra: true,
      td: 'text-ink-2 max-md:hidden',
      cell: (run) => <Time at={run.finishedAt} />,
      value: (run) => iso(run.finishedAt),
    },
    { id: 'id', label: 'Id', extra: true, td: 'mono text-ink-2 max-md:hidden', cell: (run) => run.id.slice(-6), value: (run) => run.id },
  ];
}
