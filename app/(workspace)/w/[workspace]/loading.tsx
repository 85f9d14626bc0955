import { Skeleton, SkeletonRows } from '@/components/ui/empty-state';
import { PageBody } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';

/** WorkspaceLoading holds the place of a page: its title, then a list. */
export default function WorkspaceLoading() {
  return (
    <>
      <div className="flex flex-col gap-2 px-4 pt-4 pb-3 sm:px-6" aria-hidden>
        <Skeleton className="h-6 w-56" />
        <Skeleton className="h-4 w-80 max-w-full" />
      </div>
      <PageBody>
        <Panel>
          <SkeletonRows rows={8} />
        </Panel>
      </PageBody>
    </>
  );
}
