import { Boxes, Database, KeyRound, Plug, Settings2, Users, Workflow, type LucideIcon } from 'lucide-react';
import Link from 'next/link';
import { Time } from '@/components/time';
import { Panel, PanelHead } from '@/components/ui/panel';

export type Change = {
  id: string;
  target: string;
  text: string;
  who: string;
  at: Date | string;
  href: string | null;
};

const ICONS: Record<string, LucideIcon> = {
  pipeline: Workflow,
  dataset: Database,
  secret: KeyRound,
  token: KeyRound,
  member: Users,
  invite: Users,
  connection: Plug,
  workspace: Boxes,
};

/** ChangesPanel tells what people changed lately, from the audit. */
export function ChangesPanel({ changes, allHref }: { changes: readonly Change[]; allHref: string }) {
  return (
    <Panel>
      <PanelHead title="What changed">
        <Link href={allHref} className="rounded-tile text-12 text-ink-2 hover:text-ink">
          All
        </Link>
      </PanelHead>
      {changes.length === 0 ? (
        <p className="px-4 py-5 text-ink-2">
          Nothing yet. Who publishes, pauses or changes a setting is told here.
        </p>
      ) : (
        <ul className="px-4 py-1">
          {changes.map((c) => {
            const Icon = ICONS[c.target] ?? Settings2;
            return (
              <li key={c.id} className="flex gap-3 border-b border-line py-2 last:border-0">
                <span className="mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-tile border border-line-2 bg-sunken text-ink-2">
                  <Icon size={12} aria-hidden />
                </span>
                <div className="min-w-0 flex-1">
                  <p className="flex items-baseline gap-2">
                    {c.href === null ? (
                      <span className="truncate font-medium">{c.text}</span>
                    ) : (
                      <Link href={c.href} className="truncate rounded-tile font-medium hover:underline">
                        {c.text}
                      </Link>
                    )}
                    <Time at={c.at} className="ml-auto shrink-0 text-12 text-ink-3" />
                  </p>
                  <p className="truncate text-12 text-ink-2">{c.who}</p>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
