import { organizationRoute } from '@/lib/http/route';
import { listOf, pageOf, pageQuery } from '@/lib/http/page';
import { newWorkspaceSchema, WorkspaceView } from '@/lib/tenancy';
import { createWorkspace, listWorkspaces } from '@/lib/tenancy/server';

export const GET = organizationRoute({
  path: '/workspaces',
  summary: 'Workspaces you may enter',
  response: listOf(WorkspaceView),
  query: pageQuery,
  handle: async ({ who, query }) => pageOf(await listWorkspaces(who), query, (each) => each.slug),
});

export const POST = organizationRoute({
  path: '/workspaces',
  summary: 'Create a workspace',
  description: 'For owners of the organization. A person who creates it becomes its admin.',
  owners: true,
  body: newWorkspaceSchema,
  status: 201,
  response: WorkspaceView,
  idempotent: true,
  handle: ({ who, body }) => createWorkspace(who, body),
});
