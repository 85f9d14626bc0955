import { SearchX } from 'lucide-react';
import { EmptyState } from '@/components/ui/empty-state';

/** WorkspaceNotFound stands where a thing is not, or no longer, in this workspace. */
export default function WorkspaceNotFound() {
  return (
    <div className="m-auto">
      <EmptyState icon={<SearchX size={18} aria-hidden />} title="There is nothing here">
        It may have been renamed, archived or deleted, or it belongs to another workspace. The search above
        finds what is there.
      </EmptyState>
    </div>
  );
}
