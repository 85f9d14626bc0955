import type { Pace, PaceState } from '@/lib/runs';
import { Tag } from '@/components/ui/chip';
import { Time } from '@/components/time';
import { paceWord } from './pace-words';

const LOOK: Partial<Record<PaceState, string>> = {
  stalled: 'border-warn-line bg-warn-fill font-medium text-warn',
  slow: 'text-warn',
};

/** PaceTag is the word for how a running task gets on; nothing while it simply works. */
export function PaceTag({ pace }: { pace: Pace | null }) {
  if (pace === null || pace.state === 'working') return null;
  return <Tag className={LOOK[pace.state] ?? ''}>{paceWord(pace.state)}</Tag>;
}

/** PaceSigns lists the signs of life that the word and its sentence rest on. */
export function PaceSigns({ pace }: { pace: Pace }) {
  const { cpu, lineAt, linesPerMinute, progress, usual, at, patienceSeconds } = pace.vitals;
  const rows = [
    ['CPU', cpu === null ? 'not known' : `${Math.round(cpu.percent)} % of a core over ${Math.round(cpu.overSeconds)} s`],
    ['Last line', lineAt === null ? 'none yet' : <Time at={lineAt} />],
    ['Lines in the last minute', linesPerMinute],
    ['Progress', progress === null ? 'none reported' : <>{Math.round(progress.value * 100)} % at <Time at={progress.at} /></>],
    ['Usually takes', usual === null ? 'no earlier run' : `${usual.medianSeconds.toFixed(1)} s, the median of ${usual.count}`],
    ['Stalled after', `${patienceSeconds} s without any of these`],
    ['Last heartbeat', <Time key="at" at={at} />],
  ] as const;
  return (
    <>
      <p className="flex flex-wrap items-center gap-2">
        <PaceTag pace={pace} />
        <span className="min-w-0 break-words">{pace.text}</span>
      </p>
      <dl className="num grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-12 leading-5">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
