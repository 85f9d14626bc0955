'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ComparisonView } from '@/lib/runs';
import { sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { StateIcon, stateEntry } from '@/components/state';
import { Duration, formatCount, plural, Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { cx } from '@/components/ui/class-names';
import { Dialog } from '@/components/ui/dialog';
import { EmptyState, SkeletonRows } from '@/components/ui/empty-state';
import { Table, Td, Th } from '@/components/ui/table';
import type { RunData } from './run-data';

type Cell = ComparisonView['tasks'][number]['now'];

/** CompareDialog sets a run beside the last one before it that succeeded: which tasks differ, params, and the version. */
export function CompareDialog({ run, open, onOpenChange }: { run: RunData; open: boolean; onOpenChange: (open: boolean) => void }) {
  const { slug, call } = useWorkspace();
  const { data, error } = useQuery({
    queryKey: [slug, 'run-page', run.id, 'comparison'],
    enabled: open,
    queryFn: ({ signal }) => call<ComparisonView>(`/runs/${run.id}/comparison`, { signal }),
  });
  return (
    <Dialog title="Compared with the last success" width="lg" open={open} onOpenChange={onOpenChange}>
      {error !== null ? (
        <Banner tone="error" title={sentenceOf(error)} />
      ) : data === undefined ? (
        <SkeletonRows rows={5} label="Comparing" />
      ) : data.other === null ? (
        <EmptyState title="Nothing to compare with">No run of {run.pipeline} before this one succeeded.</EmptyState>
      ) : (
        <Compared run={run} data={data} other={data.other} />
      )}
    </Dialog>
  );
}

function Compared({ run, data, other }: { run: RunData; data: ComparisonView; other: NonNullable<ComparisonView['other']> }) {
  const { href } = useWorkspace();
  const differing = data.tasks.filter((t) => t.differs.length > 0);
  const same = data.tasks.length - differing.length;
  return (
    <>
      <p className="text-ink-2">
        Against the{' '}
        <Link href={href(`/runs/${other.id}`)} className="underline decoration-line-strong underline-offset-2">
          run of <Time at={other.logicalDate ?? other.startedAt ?? other.createdAt} />
        </Link>
        . {differing.length === 0 ? 'No task differs.' : `${plural(differing.length, 'task')} differ${differing.length === 1 ? 's' : ''}, ${formatCount(same)} as before.`}{' '}
        {run.version === other.version || run.version === null || other.version === null ? (
          `Both ran v${other.version ?? 0}.`
        ) : (
          <Link
            href={href(`/pipelines/${run.pipeline}/versions?from=${other.version}&to=${run.version}`)}
            className="underline decoration-line-strong underline-offset-2"
          >
            What changed from v{other.version} to v{run.version}
          </Link>
        )}
      </p>
      {data.params.length > 0 && (
        <Table label="Params that differ" dense>
          <thead>
            <tr>
              <Th>Param</Th>
              <Th>Then</Th>
              <Th>Now</Th>
            </tr>
          </thead>
          <tbody>
            {data.params.map((p) => (
              <tr key={p.name}>
                <Td>{p.name}</Td>
                <Td className="mono">{JSON.stringify(p.before)}</Td>
                <Td className="mono">{JSON.stringify(p.now)}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {differing.length > 0 && (
        <Table label="Tasks that differ" dense>
          <thead>
            <tr>
              <Th>Task</Th>
              <Th>Then</Th>
              <Th>Now</Th>
              <Th numeric>Took then</Th>
              <Th numeric>Took now</Th>
              <Th numeric>Rows then</Th>
              <Th numeric>Rows now</Th>
            </tr>
          </thead>
          <tbody>
            {differing.map(({ taskId, name, now, before, differs }) => {
              const mark = (what: (typeof differs)[number]) => cx(differs.includes(what) && 'font-semibold');
              return (
                <tr key={taskId}>
                  <Td className="max-w-48 truncate">{name}</Td>
                  <Td>
                    <State cell={before} />
                  </Td>
                  <Td className={mark('state')}>
                    <State cell={now} />
                  </Td>
                  <Td numeric>
                    <Duration ms={before?.tookMs} />
                  </Td>
                  <Td numeric className={mark('duration')}>
                    <Duration ms={now?.tookMs} />
                  </Td>
                  <Td numeric>{rows(before)}</Td>
                  <Td numeric className={mark('rows')}>
                    {rows(now)}
                  </Td>
                </tr>
              );
            })}
          </tbody>
        </Table>
      )}
    </>
  );
}

const rows = (cell: Cell) => (cell?.rowCount === null || cell === null ? '–' : formatCount(cell.rowCount));

const State = ({ cell }: { cell: Cell }) =>
  cell === null ? (
    <span className="text-ink-3">no such task</span>
  ) : (
    <span className="inline-flex items-center gap-1.5">
      <StateIcon state={cell.state} size={12} label={null} />
      {stateEntry(cell.state).label}
    </span>
  );
