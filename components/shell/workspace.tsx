'use client';

import { createContext, use, type ReactNode } from 'react';
import { request, workspaceUrl } from '@/components/api/request';
import { may, type Permission, type Role } from '@/lib/tenancy';

/** WorkspaceView is what the shell knows: where we are and who looks. */
export type WorkspaceView = {
  slug: string;
  name: string;
  role: Role;
  isOwner: boolean;
  person: { id: string | null; name: string; email: string | null };
  /** All workspaces this person may open. */
  workspaces: readonly { slug: string; name: string }[];
};

const WorkspaceContext = createContext<WorkspaceView | null>(null);

/** WorkspaceProvider hands the workspace to everything inside the shell. */
export const WorkspaceProvider = ({ value, children }: { value: WorkspaceView; children: ReactNode }) => (
  <WorkspaceContext value={value}>{children}</WorkspaceContext>
);

/** useWorkspace returns the open workspace, the way to call its API, to link inside it and to ask what the role may do. */
export function useWorkspace() {
  const view = use(WorkspaceContext);
  if (view === null) throw new Error('useWorkspace stands outside the shell.');
  return {
    ...view,
    /** href gives the address of a page in this workspace: href('/runs'). */
    href: (path: string) => `/w/${view.slug}${path}`,
    /** call calls the workspace's API: call<Run>('/runs/1'). */
    call: <T,>(
      path: string,
      options: Parameters<typeof request>[1] & { query?: Parameters<typeof workspaceUrl>[2] } = {},
    ) => {
      const { query, ...rest } = options;
      return request<T>(workspaceUrl(view.slug, path, query), rest);
    },
    can: (permission: Permission) => may(view.role, permission),
  };
}
