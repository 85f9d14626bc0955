import { ShieldAlert } from 'lucide-react';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { PERMISSIONS, type Permission, type Role } from '@/lib/tenancy';

/** NotForYou stands where a deep link leads to a page that the role does not include, and says why. */
export const NotForYou = ({ role, permission }: { role: Role; permission: Permission }) => (
  <Panel>
    <EmptyState
      icon={<ShieldAlert size={18} aria-hidden />}
      title={`This page needs the role ${PERMISSIONS[permission]}`}
    >
      You are {role} in this workspace. An admin can change that under Settings, Members.
    </EmptyState>
  </Panel>
);
