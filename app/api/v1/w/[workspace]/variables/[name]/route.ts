import { variableShape } from '@/app/api/v1/shapes';
import { named, route } from '@/lib/http/route';
import { putVariableSchema } from '@/lib/tenancy';
import { deleteVariable, getVariable, putVariable } from '@/lib/tenancy/server';

export const GET = route({
  path: '/variables/{name}',
  permission: 'variable:read',
  summary: 'One variable',
  response: variableShape,
  handle: ({ ctx, params }) => getVariable(ctx, params.name ?? ''),
});

export const PUT = route({
  path: '/variables/{name}',
  permission: 'variable:write',
  summary: 'Store or replace a variable',
  body: putVariableSchema,
  response: variableShape,
  handle: ({ ctx, params, body }) => putVariable(ctx, named(params), body),
});

export const DELETE = route({
  path: '/variables/{name}',
  permission: 'variable:write',
  summary: 'Remove a variable',
  find: ({ ctx, params }) => getVariable(ctx, params.name ?? ''),
  handle: ({ ctx, found }) => deleteVariable(ctx, found.name),
});
