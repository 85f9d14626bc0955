import { CircleCheck } from 'lucide-react';
import type { Metadata } from 'next';
import { LiveRefresh } from '@/components/live';
import { TaskApprovals } from '@/components/runs/task-approvals';
import { WaitingList } from '@/components/rollout/waiting-list';
import { plural } from '@/components/time/format';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel, PanelHead } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { listWaiting } from '@/lib/rollout/server';
import { listApprovals } from '@/lib/runs/server';

export const metadata: Metadata = { title: 'Approvals' };

/** ApprovalsPage lists what waits for an approval: what this person may give first, the rest with why not. */
export default async function ApprovalsPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const [waiting, { items: questions }] = await Promise.all([listWaiting(ctx), listApprovals(ctx)]);
  const asked = questions.filter(({ refusal }) => refusal === null);
  const askedOthers = questions.filter(({ refusal }) => refusal !== null);
  const mine = waiting.filter(({ whyNot }) => whyNot === null);
  const others = waiting.filter(({ whyNot }) => whyNot !== null);
  return (
    <>
      <LiveRefresh topics={['rollout', 'run']} />
      <PageHead title="Approvals" sentence={mine.length + asked.length > 0 ? `${plural(mine.length + asked.length, 'decision waits', 'decisions wait')} for you.` : 'Nothing waits for your approval.'} />
      <PageBody>
        {mine.length + asked.length > 0 && (
          <Panel aria-label="Waiting for me">
            {asked.length > 0 && <TaskApprovals waiting={asked} />}
            {mine.length > 0 && <WaitingList waiting={mine} />}
          </Panel>
        )}
        {others.length + askedOthers.length > 0 && (
          <Panel>
            <PanelHead title="Waiting for others" />
            {askedOthers.length > 0 && <TaskApprovals waiting={askedOthers} />}
            {others.length > 0 && <WaitingList waiting={others} />}
          </Panel>
        )}
        {waiting.length + questions.length === 0 && (
          <Panel>
            <EmptyState icon={<CircleCheck size={18} aria-hidden />} title="Nothing waits">
              Approvals of runs, and steps of rollouts with their newest evidence, stand here until somebody who may decides them or their time is over.
            </EmptyState>
          </Panel>
        )}
      </PageBody>
    </>
  );
}
