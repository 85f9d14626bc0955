import { organizationRoute } from '@/lib/http/route';
import { WorkspaceView, workspacePatchSchema } from '@/lib/tenancy';
import { authorize, enterWorkspace, getWorkspace, updateWorkspace } from '@/lib/tenancy/server';

export const GET = organizationRoute({
  path: '/workspaces/{slug}',
  summary: 'One workspace',
  response: WorkspaceView,
  handle: async ({ who, params }) => getWorkspace(await enterWorkspace(who, params.slug ?? '')),
});

export const PATCH = organizationRoute({
  path: '/workspaces/{slug}',
  summary: 'Change a workspace: name, share and limits',
  body: workspacePatchSchema,
  response: WorkspaceView,
  enter: async ({ who, params }) => {
    const ctx = await enterWorkspace(who, params.slug ?? '');
    authorize(ctx, 'workspace:write');
    return ctx;
  },
  handle: ({ entered, body }) => updateWorkspace(entered, body),
});
