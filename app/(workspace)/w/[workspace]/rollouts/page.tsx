import { Signpost } from 'lucide-react';
import type { Metadata } from 'next';
import { FilterChip } from '@/components/lists/filter-chip';
import { MoreLink } from '@/components/lists/more-link';
import { LiveRefresh } from '@/components/live';
import { RolloutTable } from '@/components/rollout/rollout-table';
import { StartRollout } from '@/components/rollout/start-rollout';
import { ROLLOUT_LOOK } from '@/components/rollout/words';
import { plural } from '@/components/time/format';
import { EmptyState } from '@/components/ui/empty-state';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { pageContext } from '@/lib/http/page-context';
import { isFinished, ROLLOUT_STATES } from '@/lib/rollout';
import { listRollouts } from '@/lib/rollout/server';
import { openableEndpoints } from './openable-endpoints';

export const metadata: Metadata = { title: 'Rollouts' };

const STATES = ROLLOUT_STATES.map((value) => ({ value, label: ROLLOUT_LOOK[value].label }));

/** RolloutsPage lists rollouts, newest first, and starts one. */
export default async function RolloutsPage({ params, searchParams }: { params: Promise<{ workspace: string }>; searchParams: Promise<{ state?: string; cursor?: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const { state, cursor } = await searchParams;
  const [page, endpoints] = await Promise.all([
    listRollouts(ctx, { limit: 50, cursor, state: ROLLOUT_STATES.find((each) => each === state) }),
    openableEndpoints(ctx),
  ]);
  const live = page.items.filter((each) => !isFinished(each.state)).length;
  const nothing = page.items.length === 0 && state === undefined && cursor === undefined;
  return (
    <>
      <LiveRefresh topics={['rollout', 'endpoint']} />
      <PageHead
        title="Rollouts"
        sentence={live > 0 ? `${plural(live, 'rollout is', 'rollouts are')} under way.` : 'Opens an endpoint to another version of its model step by step.'}
        actions={<StartRollout endpoints={endpoints} />}
      />
      <PageBody>
        {!nothing && (
          <div role="search">
            <FilterChip name="state" label="State" options={STATES} single />
          </div>
        )}
        <Panel>
          {page.items.length > 0 ? (
            <>
              <RolloutTable rollouts={page.items} />
              <MoreLink nextCursor={page.nextCursor} />
            </>
          ) : (
            <EmptyState icon={<Signpost size={18} aria-hidden />} title={nothing ? 'No rollout yet' : 'No rollout is in this state'}>
              {nothing
                ? 'A rollout puts a second version of a model behind an endpoint and gives it a small share of the traffic. You see how it does, a second person approves, the share grows, and one button takes it back within a second.'
                : 'Choose another state, or none.'}
            </EmptyState>
          )}
        </Panel>
      </PageBody>
    </>
  );
}
