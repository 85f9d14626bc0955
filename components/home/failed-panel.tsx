import Link from 'next/link';
import { CircleCheck } from 'lucide-react';
import { StateTile } from '@/components/state';
import { Time } from '@/components/time';
import { CountPill } from '@/components/ui/chip';
import { Panel, PanelHead } from '@/components/ui/panel';

export type Trouble = {
  key: string;
  href: string;
  state: string;
  title: string;
  why: string | null;
  at: Date | string | null;
};

/** FailedPanel lists what failed and has not been put right since. */
export function FailedPanel({
  troubles,
  allHref,
  ran,
}: {
  troubles: readonly Trouble[];
  allHref: string;
  /** some pipeline has run at all */
  ran: boolean;
}) {
  return (
    <Panel>
      <PanelHead title="Failed" count={troubles.length > 0 ? <CountPill>{troubles.length}</CountPill> : null}>
        <Link href={allHref} className="rounded-tile text-12 text-ink-2 hover:text-ink">
          All
        </Link>
      </PanelHead>
      {troubles.length === 0 ? (
        <p className="flex items-center gap-2 px-4 py-5 text-ink-2">
          {ran && <CircleCheck size={16} aria-hidden className="text-good" />}
          {ran ? 'The newest run of every pipeline is fine.' : 'Nothing has run yet.'}
        </p>
      ) : (
        <ul className="px-4 py-1">
          {troubles.map((t) => (
            <li key={t.key} className="flex gap-3 border-b border-line py-2 last:border-0">
              <StateTile state={t.state} className="mt-0.5" />
              <div className="min-w-0 flex-1">
                <p className="flex items-baseline gap-2">
                  <Link href={t.href} className="truncate rounded-tile font-medium hover:underline">
                    {t.title}
                  </Link>
                  <Time at={t.at} className="ml-auto shrink-0 text-12 text-ink-3" />
                </p>
                {t.why !== null && <p className="truncate text-12 text-ink-2">{t.why}</p>}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
