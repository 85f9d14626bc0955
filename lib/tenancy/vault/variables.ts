import { notFound } from '@/lib/core/errors';
import type { JsonObject } from '@/lib/core/json';
import { prisma } from '@/lib/db/client';
import { inTransaction } from '@/lib/db/transaction';
import { audit } from '../audit/service';
import { authorize, type Context } from '../context';
import type { PutVariable } from './schema';
import {
  deleteVariableRow,
  findVariableRow,
  listVariableRows,
  putVariableRow,
  type VariableRow,
} from './store';

export type VariableView = VariableRow;

/** listVariables lists the workspace's variables. */
export async function listVariables(ctx: Context): Promise<VariableView[]> {
  authorize(ctx, 'variable:read');
  return listVariableRows(prisma(), ctx.workspaceId);
}

/** getVariable reads one variable. @throws AppError not_found */
export async function getVariable(ctx: Context, name: string): Promise<VariableView> {
  authorize(ctx, 'variable:read');
  const row = await findVariableRow(prisma(), ctx.workspaceId, name);
  if (!row) throw notFound('variable', name);
  return row;
}

/** putVariable stores or replaces a variable. */
export async function putVariable(ctx: Context, name: string, { value }: PutVariable): Promise<VariableView> {
  authorize(ctx, 'variable:write');
  return inTransaction(async (tx) => {
    const before = await findVariableRow(tx, ctx.workspaceId, name);
    const row = await putVariableRow(tx, ctx.workspaceId, name, value, ctx.now);
    await audit(tx, ctx, {
      verb: before ? 'variable.update' : 'variable.create',
      target: 'variable',
      targetId: name,
      before: before && { value: before.value },
      after: { value },
    });
    return row;
  });
}

/** deleteVariable removes a variable. @throws AppError not_found */
export async function deleteVariable(ctx: Context, name: string): Promise<void> {
  authorize(ctx, 'variable:write');
  await inTransaction(async (tx) => {
    const before = await findVariableRow(tx, ctx.workspaceId, name);
    if (!before) throw notFound('variable', name);
    await deleteVariableRow(tx, ctx.workspaceId, name);
    await audit(tx, ctx, {
      verb: 'variable.delete',
      target: 'variable',
      targetId: name,
      before: { value: before.value },
    });
  });
}

/** getVariables gives expressions the workspace's variables as one object. */
export const getVariables = async (workspaceId: string): Promise<JsonObject> =>
  Object.fromEntries((await listVariableRows(prisma(), workspaceId)).map((row) => [row.name, row.value]));
