'use client';

import Link from 'next/link';
import { useWorkspace } from '@/components/shell/workspace';
import { Time } from '@/components/time';
import { Panel, PanelHead } from '@/components/ui/panel';
import type { BackfillRow } from '@/lib/scheduler';
import { BackfillActs } from './acts';
import { BackfillProgress } from './progress';

/** UnderWay lists a pipeline's unfinished backfills with their progress and their buttons. */
export function UnderWay({ backfills }: { backfills: readonly BackfillRow[] }) {
  const { href } = useWorkspace();
  return (
    <Panel>
      <PanelHead title="Under way" />
      <ul>
        {backfills.map((backfill) => (
          <li key={backfill.id} className="flex flex-col gap-2 border-b border-line p-4 last:border-b-0">
            <Link href={href(`/pipelines/${backfill.pipeline}/backfills/${backfill.id}`)} className="font-medium hover:underline">
              <Time at={backfill.first} show="day" /> to <Time at={backfill.last} show="day" />
            </Link>
            <BackfillProgress backfill={backfill} />
            <span className="flex flex-wrap gap-2">
              <BackfillActs backfill={backfill} size="sm" />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
