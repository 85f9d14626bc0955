'use client';

import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { readChecks } from '@/app/(workspace)/w/[workspace]/runs/[id]/actions';
import { workspaceUrl } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { StateIcon } from '@/components/state';
import { Duration, formatBytes, formatDuration, Time } from '@/components/time';
import { Progress } from '@/components/ui/progress';
import { Table, Td, Th } from '@/components/ui/table';
import { PaceSigns } from './pace';
import { msOf, type AttemptData, type RunData, type TaskData } from './run-data';
import { attemptLook } from './why-panel';

type Artifact = { id: string; name: string; type: string; bytes: number; attempt: number; createdAt: string };

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="flex min-w-0 flex-col gap-2">
    <h3 className="text-12 font-medium text-ink-3">{title}</h3>
    {children}
  </section>
);

const Code = ({ label, children }: { label: string; children: string }) => (
  <pre
    tabIndex={0}
    role="region"
    aria-label={label}
    className="mono max-h-80 overflow-auto rounded border border-line bg-code p-3 text-12 whitespace-pre-wrap"
  >
    {children}
  </pre>
);

/** pretty writes a value for reading: a text with lines as it is, everything else as indented JSON. */
const pretty = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

/** A step's name in words: "outputMs" reads as "output". */
const stepWord = (name: string) => name.replace(/Ms$/, '').replace(/([A-Z])/g, (c) => ` ${c.toLowerCase()}`);

/** DetailsTab shows everything known about the chosen attempt of a task: attempts, error, times, config, params, metrics, files. */
export function DetailsTab({
  run,
  task,
  attempts,
  attempt,
  onTry,
}: {
  run: RunData;
  task: TaskData;
  attempts: readonly AttemptData[];
  attempt: AttemptData | undefined;
  onTry: (n: number) => void;
}) {
  const timings = Object.entries((attempt?.timings ?? {}) as Record<string, number>).filter(
    ([, ms]) => typeof ms === 'number',
  );
  const longest = Math.max(1, ...timings.map(([, ms]) => ms));
  const metrics = Object.entries((attempt?.metrics ?? {}) as Record<string, unknown>);
  const config = Object.entries((attempt?.resolved ?? {}) as Record<string, unknown>);
  const params = Object.entries(run.params);
  return (
    <div className="grid min-h-0 flex-1 grid-cols-1 content-start gap-5 overflow-y-auto p-4 xl:grid-cols-2">
      <div className="xl:col-span-2">
        <Part title="Attempts">
          {attempts.length === 0 ? (
            <p className="text-ink-2">It has not been tried.</p>
          ) : (
            <Table label="Attempts" dense>
              <thead>
                <tr>
                  <Th>Try</Th>
                  <Th>State</Th>
                  <Th>Worker</Th>
                  <Th>Started</Th>
                  <Th numeric>Took</Th>
                  <Th numeric>Exit code</Th>
                  <Th numeric>Log lines</Th>
                  <Th>Error</Th>
                </tr>
              </thead>
              <tbody>
                {attempts.map((a) => (
                  <tr
                    key={a.number}
                    aria-current={a.number === attempt?.number ? 'true' : undefined}
                    className="aria-[current=true]:bg-selected"
                  >
                    <Td>
                      <button
                        type="button"
                        onClick={() => onTry(a.number)}
                        className="num rounded-tile hover:underline"
                      >
                        Try {a.number}
                      </button>
                    </Td>
                    <Td>
                      <span className="inline-flex items-center gap-1.5">
                        <StateIcon state={attemptLook(a.state)} size={12} label={null} />
                        {a.state.replaceAll('_', ' ')}
                      </span>
                    </Td>
                    <Td className="text-ink-2">{a.worker ?? '–'}</Td>
                    <Td className="text-ink-2">
                      <Time at={a.startedAt ?? a.claimedAt} />
                    </Td>
                    <Td numeric>
                      <Duration ms={msOf(a.startedAt ?? a.claimedAt, a.finishedAt)} />
                    </Td>
                    <Td numeric>{a.exitCode ?? '–'}</Td>
                    <Td numeric>{a.logLines}</Td>
                    <Td className="max-w-96 truncate text-12 text-ink-2">{a.error?.message ?? ''}</Td>
                  </tr>
                ))}
              </tbody>
            </Table>
          )}
        </Part>
      </div>
      {attempt?.error && (
        <div className="xl:col-span-2">
          <Part title="Error">
            <p className="font-medium text-failed">{attempt.error.message}</p>
            {attempt.error.hint !== undefined && <p className="text-ink-2">{attempt.error.hint}</p>}
            {attempt.error.detail !== undefined && attempt.error.detail !== '' && (
              <Code label="What the task said">{attempt.error.detail}</Code>
            )}
          </Part>
        </div>
      )}
      {task.pace !== null && attempt?.finishedAt === null && (
        <Part title="How it gets on">
          <PaceSigns pace={task.pace} />
        </Part>
      )}
      {attempt?.progress !== null && attempt?.progress !== undefined && attempt.finishedAt === null && (
        <Part title="Progress">
          <Progress value={attempt.progress} label="Progress of the attempt" />
          {attempt.message !== null && <p className="text-ink-2">{attempt.message}</p>}
        </Part>
      )}
      {timings.length > 0 && (
        <Part title="Where the time went">
          <ul className="flex flex-col gap-1">
            {timings.map(([name, ms]) => (
              <li key={name} className="grid grid-cols-[120px_minmax(0,1fr)_72px] items-center gap-2 text-12">
                <span className="truncate text-ink-2">{stepWord(name)}</span>
                <span
                  className="h-2 rounded-full bg-chart-2"
                  style={{ width: `${Math.max(1, (ms / longest) * 100)}%` }}
                />
                <span className="num text-right">{formatDuration(ms)}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {metrics.length > 0 && <Pairs title="Metrics" pairs={metrics} />}
      {params.length > 0 && <Pairs title="Params of the run" pairs={params} />}
      {task.output !== null && (
        <Part title="Result that expressions read">
          <Code label="Result">{pretty(task.output)}</Code>
        </Part>
      )}
      <Checks run={run.id} taskId={task.taskId} />
      <Artifacts run={run.id} task={task} />
      {config.length > 0 && (
        <div className="xl:col-span-2">
          <Part title="Config as it ran, secrets masked">
            <dl className="flex flex-col gap-2">
              {config.map(([name, value]) => (
                <div key={name} className="grid gap-1 sm:grid-cols-[140px_minmax(0,1fr)]">
                  <dt className="text-12 leading-5 text-ink-2">{name}</dt>
                  <dd className="min-w-0">
                    {typeof value === 'object' || (typeof value === 'string' && value.includes('\n')) ? (
                      <Code label={name}>{pretty(value)}</Code>
                    ) : (
                      <span className="mono text-12 break-all">{pretty(value)}</span>
                    )}
                  </dd>
                </div>
              ))}
            </dl>
          </Part>
        </div>
      )}
    </div>
  );
}

const Pairs = ({ title, pairs }: { title: string; pairs: [string, unknown][] }) => (
  <Part title={title}>
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
      {pairs.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-2">{name}</dt>
          <dd className="mono num text-12 leading-5 break-all">
            {typeof value === 'string' ? value : JSON.stringify(value)}
          </dd>
        </div>
      ))}
    </dl>
  </Part>
);

function Artifacts({ run, task }: { run: string; task: TaskData }) {
  const { slug, call } = useWorkspace();
  const path = `/runs/${run}/tasks/${encodeURIComponent(task.taskId)}/output/artifacts`;
  const { data } = useQuery({
    queryKey: [slug, 'run-page', run, 'artifacts', task.taskId, task.mapIndex],
    queryFn: async ({ signal }) =>
      (await call<{ items: Artifact[] }>(path, { query: { mapIndex: task.mapIndex }, signal })).items,
  });
  if (data === undefined || data.length === 0) return null;
  return (
    <Part title="Artifacts">
      <ul>
        {data.map((file) => (
          <li key={file.id} className="flex min-h-8 items-center gap-2 border-b border-line last:border-0">
            <a
              href={workspaceUrl(slug, `${path}/${file.id}`)}
              download
              className="flex min-w-0 items-center gap-2 hover:underline"
            >
              <Download size={14} aria-hidden className="shrink-0 text-ink-3" />
              <span className="truncate">{file.name}</span>
            </a>
            <span className="num ml-auto text-12 text-ink-3">
              {file.type !== '' && `${file.type}, `}
              {formatBytes(file.bytes)}, try {file.attempt}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Checks({ run, taskId }: { run: string; taskId: string }) {
  const { slug } = useWorkspace();
  const { data } = useQuery({
    queryKey: [slug, 'run-page', run, 'checks', taskId],
    queryFn: async () => {
      const answer = await readChecks(slug, { id: run, taskId });
      return answer.ok ? answer.data : [];
    },
  });
  if (data === undefined || data.length === 0) return null;
  return (
    <Part title="Checks">
      <ul>
        {data.map((result) => (
          <li
            key={result.id}
            className="flex min-h-8 items-start gap-2 border-b border-line py-1.5 last:border-0"
          >
            <StateIcon
              state={result.passed ? 'succeeded' : result.severity === 'warn' ? 'up_for_retry' : 'failed'}
              size={14}
              label={result.passed ? 'passed' : result.severity === 'warn' ? 'warned' : 'failed'}
            />
            <span className="min-w-0 flex-1 break-words">{result.message}</span>
            <span className="text-12 whitespace-nowrap text-ink-3">{result.type.replaceAll('_', ' ')}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}
