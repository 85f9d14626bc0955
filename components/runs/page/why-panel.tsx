'use client';

import { ArrowRight, FileSearch, PencilRuler, RotateCcw, Stamp } from 'lucide-react';
import { useWorkspace } from '@/components/shell/workspace';
import { StateIcon } from '@/components/state';
import { Duration, Time } from '@/components/time';
import { Button, ButtonLink } from '@/components/ui/button';
import { msOf, type AttemptData } from './run-data';
import type { Step, Why } from './why';

/** attemptLook is the state that draws an attempt; its own words are fewer. */
export const attemptLook = (state: string): string =>
  state === 'lost'
    ? 'up_for_retry'
    : state === 'timed_out'
      ? 'failed'
      : state === 'dispatching'
        ? 'ready'
        : state;

/** WhyPanel says why the chosen task is in its state, what to do next, and how its tries went. */
export function WhyPanel({
  why,
  attempts,
  chosen,
  pipeline,
  task,
  can,
  nameOf,
  onStep,
  onTry,
}: {
  why: Why;
  attempts: readonly AttemptData[];
  chosen: number | null;
  pipeline: string;
  task: string;
  can: (step: Step) => boolean;
  nameOf: (taskId: string) => string;
  onStep: (step: Step) => void;
  onTry: (attempt: number) => void;
}) {
  const { href } = useWorkspace();
  return (
    <aside
      aria-label="Why"
      className="flex min-h-0 flex-col gap-3 overflow-y-auto border-line p-4 max-lg:border-t lg:w-76 lg:border-l"
    >
      <h2>Why</h2>
      <p className="break-words text-ink-2">{why.sentence}</p>
      {why.hint !== undefined && <p className="break-words text-ink-2">{why.hint}</p>}
      {why.detail !== undefined && why.detail !== '' && (
        <pre className="mono max-h-40 overflow-auto rounded border border-line bg-code p-2 text-12 whitespace-pre-wrap">
          {why.detail}
        </pre>
      )}
      {why.steps.some(can) && (
        <div className="flex flex-col items-stretch gap-2 [&>*]:justify-start">
          {why.steps.filter(can).map((step) =>
            typeof step === 'object' ? (
              <Button key={step.task} onClick={() => onStep(step)}>
                <ArrowRight size={16} aria-hidden />
                <span className="truncate">Go to {nameOf(step.task)}</span>
              </Button>
            ) : step === 'draft' ? (
              <ButtonLink
                key={step}
                href={href(`/pipelines/${pipeline}/edit?task=${encodeURIComponent(task)}`)}
              >
                <PencilRuler size={16} aria-hidden />
                Open it in the draft
              </ButtonLink>
            ) : (
              <Button key={step} onClick={() => onStep(step)}>
                {step === 'first-error' ? (
                  <FileSearch size={16} aria-hidden />
                ) : step === 'mark' ? (
                  <Stamp size={16} aria-hidden />
                ) : (
                  <RotateCcw size={16} aria-hidden />
                )}
                {step === 'first-error'
                  ? 'Open the log at the error'
                  : step === 'mark'
                    ? 'Mark with a reason'
                    : step === 'rerun-here'
                      ? 'Rerun from here'
                      : 'Run it again'}
              </Button>
            ),
          )}
        </div>
      )}
      {attempts.length > 0 && (
        <div className="mt-auto">
          <h3 className="mb-1 text-12 font-medium text-ink-3">
            {attempts.length === 1 ? 'One try' : `${attempts.length} tries`}
          </h3>
          <ul>
            {attempts.map((a) => (
              <li key={a.number}>
                <button
                  type="button"
                  aria-current={a.number === chosen ? 'true' : undefined}
                  onClick={() => onTry(a.number)}
                  className="num flex h-6 w-full items-center gap-2 rounded-tile text-12 hover:bg-hover aria-[current=true]:font-medium coarse:h-11"
                >
                  <StateIcon state={attemptLook(a.state)} size={12} label={a.state.replaceAll('_', ' ')} />
                  <span className="w-10 text-left">Try {a.number}</span>
                  <Time at={a.startedAt ?? a.claimedAt} className="text-ink-2" />
                  <Duration ms={msOf(a.startedAt ?? a.claimedAt, a.finishedAt)} className="text-ink-2" />
                  <span className="ml-auto truncate text-ink-3">{a.worker ?? ''}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </aside>
  );
}
