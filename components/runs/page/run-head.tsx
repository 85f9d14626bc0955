'use client';

import { ChevronDown, ChevronUp, GitCompareArrows, PencilRuler, RotateCw, Square } from 'lucide-react';
import Link from 'next/link';
import { useWorkspace } from '@/components/shell/workspace';
import { StateChip } from '@/components/state';
import { Elapsed, Time } from '@/components/time';
import { Button, ButtonLink } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { paramWords, triggerWord } from '../words';
import type { Act } from './offers';
import type { RunData } from './run-data';
import type { Piece } from './run-sentence';

const lk = '-my-1.5 inline-block min-w-6 py-1.5 underline decoration-line-strong underline-offset-2 hover:decoration-ink';

/** RunHead opens the page: the sentence that says what happened, when and what it covers, and the acts that make sense. */
export function RunHead({
  run,
  sentence,
  offers,
  failed,
  busy,
  onTask,
  onAct,
  onFailed,
}: {
  run: RunData;
  sentence: readonly Piece[];
  offers: readonly Act[];
  /** How many tasks failed; with several one can walk through them. */
  failed: number;
  busy: boolean;
  onTask: (taskId: string) => void;
  onAct: (act: Act) => void;
  onFailed: (step: 1 | -1) => void;
}) {
  const params = paramWords(run.params);
  return (
    <header className="flex flex-wrap items-start gap-x-4 gap-y-3 px-4 pt-4 pb-4 sm:px-6">
      <div className="flex min-w-[min(100%,320px)] flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-2">
          <StateChip state={run.state} />
          <h1 aria-live="polite" className="min-w-0 break-words">
            {sentence.map((piece, i) =>
              piece.taskId === undefined ? (
                piece.text
              ) : (
                <button
                  key={i}
                  type="button"
                  onClick={() => onTask(piece.taskId ?? '')}
                  className="border-b border-line-strong text-left hover:border-ink"
                >
                  {piece.text}
                </button>
              ),
            )}
          </h1>
        </div>
        <p className="flex flex-wrap gap-x-4 gap-y-0.5 text-12 text-ink-2">
          <Covers run={run} />
          {run.interval !== null ? (
            <span>
              due <Time at={run.interval.end} />
            </span>
          ) : (
            run.logicalDate !== null && (
              <span>
                for <Time at={run.logicalDate} />
              </span>
            )
          )}
          <span>
            {run.startedAt === null ? 'created' : 'started'} <Time at={run.startedAt ?? run.createdAt} />{' '}
            <Trigger run={run} />
            {run.createdBy !== null && run.trigger.kind === 'manual' && `, ${run.createdBy}`}
          </span>
          {run.startedAt !== null && (
            <span>
              {run.finishedAt === null ? 'running for' : 'took'}{' '}
              <Elapsed since={run.startedAt} until={run.finishedAt} />
            </span>
          )}
          <Version run={run} />
          {params !== '' && <span className="max-w-80 truncate">{params}</span>}
          {run.note !== null && run.note !== '' && <span className="max-w-80 truncate">{run.note}</span>}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2 sm:gap-3">
        {failed > 1 && (
          <span className="flex">
            <IconButton label="Previous failed task" keys="⇧ F" onClick={() => onFailed(-1)}>
              <ChevronUp size={16} aria-hidden />
            </IconButton>
            <IconButton label="Next failed task" keys="F" onClick={() => onFailed(1)}>
              <ChevronDown size={16} aria-hidden />
            </IconButton>
          </span>
        )}
        {[...offers].reverse().map((act, i) => (
          <Offer key={act} act={act} run={run} main={i === offers.length - 1} busy={busy} onAct={onAct} />
        ))}
      </div>
    </header>
  );
}

function Covers({ run }: { run: RunData }) {
  if (run.interval === null) return null;
  const days = (Date.parse(run.interval.end) - Date.parse(run.interval.start)) / 86_400_000;
  return (
    <span>
      covers{' '}
      <b className="font-medium text-ink">
        <Time at={run.interval.start} show={Number.isInteger(days) ? 'day' : 'time'} />
        {days !== 1 && (
          <>
            {' to '}
            <Time at={run.interval.end} show={Number.isInteger(days) ? 'day' : 'time'} />
          </>
        )}
      </b>
    </span>
  );
}

/** Where to read more of what started a run; null where there is no more. */
function triggerPath({ pipeline, trigger: { kind, id }, parentRunId }: RunData): string | null {
  if (kind === 'rerun' || kind === 'subpipeline') return (parentRunId ?? id) ? `/runs/${parentRunId ?? id}` : null;
  if (id === undefined) return null;
  if (kind === 'backfill') return `/pipelines/${pipeline}/backfills/${id}`;
  return kind === 'dataset' || kind === 'webhook' || kind === 'file' || kind === 'run' ? `/events?id=${id}` : null;
}

function Trigger({ run }: { run: RunData }) {
  const { href } = useWorkspace();
  const path = triggerPath(run);
  if (run.trigger.kind === 'manual') return 'by hand';
  return (
    <>
      {'by '}
      {path === null ? (
        triggerWord(run.trigger.kind)
      ) : (
        <Link href={href(path)} className={lk}>
          {triggerWord(run.trigger.kind)}
        </Link>
      )}
    </>
  );
}

function Version({ run }: { run: RunData }) {
  const { href } = useWorkspace();
  return (
    <span>
      <Link href={href(`/pipelines/${run.pipeline}`)} className={lk}>
        {run.pipeline}
      </Link>{' '}
      {run.version === null ? (
        'draft'
      ) : (
        <Link href={href(`/pipelines/${run.pipeline}/versions?v=${run.version}`)} className={lk}>
          v{run.version}
        </Link>
      )}
    </span>
  );
}

function Offer({
  act,
  run,
  main,
  busy,
  onAct,
}: {
  act: Act;
  run: RunData;
  main: boolean;
  busy: boolean;
  onAct: (act: Act) => void;
}) {
  const { href } = useWorkspace();
  if (act === 'draft')
    return (
      <ButtonLink href={href(`/pipelines/${run.pipeline}/edit`)} className="max-sm:flex-1">
        <PencilRuler size={16} aria-hidden />
        Open draft
      </ButtonLink>
    );
  if (act === 'compare')
    return (
      <Button busy={busy} onClick={() => onAct(act)} className="max-sm:flex-1">
        <GitCompareArrows size={16} aria-hidden />
        Compare with last success
      </Button>
    );
  const stop = act === 'stop';
  return (
    <Button
      look={stop ? 'danger' : main ? 'primary' : 'default'}
      busy={busy}
      onClick={() => onAct(act)}
      className="max-sm:flex-1"
    >
      {stop ? <Square size={14} aria-hidden /> : <RotateCw size={16} aria-hidden />}
      {stop ? 'Stop' : act === 'rerun-failed' ? 'Rerun from failed' : 'Rerun all'}
    </Button>
  );
}
