import { CirclePlay } from 'lucide-react';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';

/** NotRunYet stands where a pipeline has no runs to draw. */
export const NotRunYet = ({ what }: { what: string }) => (
  <Panel>
    <EmptyState icon={<CirclePlay size={18} aria-hidden />} title="Not run yet">
      {what} Publish the pipeline and press Run now.
    </EmptyState>
  </Panel>
);
