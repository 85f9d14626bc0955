import { PageBody } from '@/components/ui/page-head';
import { Skeleton, SkeletonRows } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';

/** Loading holds the place of a run's page. */
export default function Loading() {
  return (
    <PageBody className="pt-4">
      <div role="status" aria-busy aria-label="Loading the run" className="flex flex-col gap-3 py-1">
        <Skeleton className="h-6 w-96 max-w-full" />
        <Skeleton className="h-3 w-72" />
      </div>
      <Panel className="h-48" />
      <Panel>
        <SkeletonRows rows={8} />
      </Panel>
    </PageBody>
  );
}
