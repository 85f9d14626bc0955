import { CircleCheck } from 'lucide-react';
import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/live';
import { WaitingList } from '@/components/rollout/waiting-list';
import { plural } from '@/components/time/format';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel, PanelHead } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { listWaiting } from '@/lib/rollout/server';

export const metadata: Metadata = { title: 'Approvals' };

/** ApprovalsPage lists what waits for an approval: what this person may give first, the rest with why not. */
export default async function ApprovalsPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const waiting = await listWaiting(ctx);
  const mine = waiting.filter(({ whyNot }) => whyNot === null);
  const others = waiting.filter(({ whyNot }) => whyNot !== null);
  return (
    <>
      <LiveRefresh topics={['rollout']} />
      <PageHead title="Approvals" sentence={mine.length > 0 ? `${plural(mine.length, 'step waits', 'steps wait')} for your approval.` : 'Nothing waits for your approval.'} />
      <PageBody>
        {mine.length > 0 && (
          <Panel aria-label="Waiting for me">
            <WaitingList waiting={mine} />
          </Panel>
        )}
        {others.length > 0 && (
          <Panel>
            <PanelHead title="Waiting for others" />
            <WaitingList waiting={others} />
          </Panel>
        )}
        {waiting.length === 0 && (
          <Panel>
            <EmptyState icon={<CircleCheck size={18} aria-hidden />} title="Nothing waits">
              Steps of rollouts that ask for an approval stand here with their newest evidence, until somebody other than their author approves them or their time is over.
            </EmptyState>
          </Panel>
        )}
      </PageBody>
    </>
  );
}
