import { expect, it } from 'vitest';
import type { RouteModule } from './openapi';
import type { RouteHandler } from './route';
import { routeTable } from './route-table';

function called(scope: 'workspace' | 'organization', path: string): RouteHandler {
  return Object.assign(() => Promise.resolve(new Response(path)), { definition: { scope, path, summary: path } });
}

const modules: RouteModule[] = [
  { GET: called('organization', '/workspaces'), POST: called('organization', '/workspaces') },
  { GET: called('workspace', '/runs') },
  { GET: called('workspace', '/runs/{id}') },
  { GET: called('workspace', '/runs/latest/tasks') },
  { GET: called('workspace', '/runs/{id}/tasks/{taskId}') },
  { DELETE: called('workspace', '/pools/[name]') },
];
const find = routeTable(modules);

it.each([
  ['GET', '/api/v1/workspaces', '/workspaces', {}],
  ['GET', '/api/v1/w/main/runs', '/runs', { workspace: 'main' }],
  ['GET', '/api/v1/w/main/runs/7', '/runs/{id}', { workspace: 'main', id: '7' }],
  ['GET', '/api/v1/w/main/runs/latest', '/runs/{id}', { workspace: 'main', id: 'latest' }],
  ['GET', '/api/v1/w/main/runs/latest/tasks', '/runs/latest/tasks', { workspace: 'main' }],
  // a word goes first, and where it leads nowhere the parameter is taken after all
  ['GET', '/api/v1/w/main/runs/latest/tasks/a', '/runs/{id}/tasks/{taskId}', { workspace: 'main', id: 'latest', taskId: 'a' }],
  ['GET', '/api/v1/w/a%2Fb/runs/%C3%A9', '/runs/{id}', { workspace: 'a%2Fb', id: '%C3%A9' }],
  ['DELETE', '/api/v1/w/main/pools/gpu', '/pools/[name]', { workspace: 'main', name: 'gpu' }],
])('finds %s %s', (method, path, route, params) => {
  const found = find(method, path);
  expect(found && { path: found.handler.definition.path, params: found.params }).toEqual({ path: route, params });
});

it.each([
  ['PUT', '/api/v1/workspaces'],
  ['HEAD', '/api/v1/workspaces'],
  ['GET', '/api/v1/workspaces/'],
  ['GET', '/api/v1/w//runs'],
  ['GET', '/api/v1/w/main/runs/'],
  ['GET', '/api/v1/w/main/runs/7/tasks'],
  ['GET', '/api/v1/__proto__'],
])('leaves %s %s to others', (method, path) => {
  expect(find(method, path)).toBeNull();
});
