import Link from 'next/link';
import { StateTile } from '@/components/state';
import { Time } from '@/components/time';
import { CountPill } from '@/components/ui/chip';
import { Panel, PanelHead } from '@/components/ui/panel';

export type WaitsForMe = { id: string; href: string; title: string; why: string; at: Date | string };

/** WaitingPanel lists what waits for this person's approval. */
export function WaitingPanel({ waiting, allHref }: { waiting: readonly WaitsForMe[]; allHref: string }) {
  return (
    <Panel>
      <PanelHead title="Waiting for my approval" count={<CountPill>{waiting.length}</CountPill>}>
        <Link href={allHref} className="rounded-tile text-12 text-ink-2 hover:text-ink">
          All
        </Link>
      </PanelHead>
      <ul className="px-4 py-1">
        {waiting.map((each) => (
          <li key={each.id} className="flex gap-3 border-b border-line py-2 last:border-0">
            <StateTile state="awaiting_approval" className="mt-0.5" />
            <div className="min-w-0 flex-1">
              <p className="flex items-baseline gap-2">
                <Link href={each.href} className="truncate rounded-tile font-medium hover:underline">
                  {each.title}
                </Link>
                <Time at={each.at} className="ml-auto shrink-0 text-12 text-ink-3" />
              </p>
              <p className="truncate text-12 text-ink-2">{each.why}</p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
