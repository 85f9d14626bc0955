'use client';

import { Check } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { StateGlyph, stateClass, stateEntry } from '@/components/state';
import { Elapsed } from '@/components/time';
import { cx } from '@/components/ui/class-names';
import { isFinished, type RolloutSummary } from '@/lib/rollout';
import { ROLLOUT_LOOK, stationOf } from './words';

/** Stations draws the steps as a line and the train where it is. */
export function Stations({ rollout }: { rollout: Pick<RolloutSummary, 'steps' | 'step' | 'state' | 'stepStartedAt'> }) {
  const { steps, step: at, state, stepStartedAt } = rollout;
  const look = ROLLOUT_LOOK[state];
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const here = line.current?.querySelector<HTMLElement>('[aria-current=step]');
    if (line.current && here) line.current.scrollLeft = here.offsetLeft - (line.current.clientWidth - here.offsetWidth) / 2;
  }, [at]);
  const done = (i: number) => i < at || state === 'completed';
  return (
    <div ref={line} className="relative overflow-x-auto" tabIndex={0} role="region" aria-label="Steps">
      <ol className="flex min-w-max px-2 py-3">
        {steps.map((body, i) => {
          const { name, detail } = stationOf(body);
          const here = i === at && state !== 'completed';
          return (
            <li key={i} aria-current={here ? 'step' : undefined} className="relative flex min-w-24 flex-1 flex-col items-center gap-1 text-12">
              {i > 0 && (
                <span aria-hidden className={cx('absolute top-[34px] right-1/2 left-[-50%] h-1', done(i) || here ? 'bg-chart-1' : 'bg-line-2')} />
              )}
              <span className={cx('px-2 font-medium', here ? 'text-ink' : done(i) ? 'text-ink' : 'text-ink-2')}>{name}</span>
              <span className="relative z-1 flex h-8 items-center">
                {here ? (
                  <span className={cx('tile !h-8 !w-[60px] !rounded', stateClass(look.state), stateEntry(look.state).attention && 'solid')} style={{ boxShadow: '0 0 0 2px var(--surface), 0 0 0 4px var(--accent)' }}>
                    <StateGlyph state={look.state} />
                  </span>
                ) : (
                  <span className={cx('flex size-[22px] items-center justify-center rounded-full border-[1.5px]', done(i) ? 'border-good-line bg-good-fill text-good' : 'border-line-strong bg-surface')}>
                    {done(i) && <Check size={13} strokeWidth={2.5} aria-hidden />}
                  </span>
                )}
              </span>
              <span className="num px-2 text-ink-2">{here && !isFinished(state) ? <Elapsed since={stepStartedAt} /> : detail}</span>
              <span className="sr-only">{here ? look.label : done(i) ? 'done' : 'to come'}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
