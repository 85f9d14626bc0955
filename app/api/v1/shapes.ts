import { z } from 'zod';
import { roleSchema } from '@/lib/tenancy';

/** Shapes of answers about access, for the OpenAPI document. */
const moment = z.date();

export const tokenShape = z.object({
  id: z.uuid(),
  name: z.string(),
  role: roleSchema,
  prefix: z.string(),
  createdAt: moment,
  expiresAt: moment.nullable(),
  lastUsedAt: moment.nullable(),
});
export const tokenCreated = tokenShape.extend({
  token: z.string().describe('The token itself; shown once.'),
});

export const memberShape = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  isOwner: z.boolean(),
  createdAt: moment,
});

export const inviteShape = z.object({
  id: z.uuid(),
  email: z.string(),
  role: roleSchema,
  createdAt: moment,
  expiresAt: moment,
});
export const inviteCreated = inviteShape.extend({
  link: z.string().describe('The link to join by; shown once, valid for 7 days.'),
});

export const secretShape = z.object({
  name: z.string(),
  updatedBy: z.string().nullable(),
  createdAt: moment,
  updatedAt: moment,
});
export const variableShape = z.object({ name: z.string(), value: z.json(), updatedAt: moment });
export const connectionShape = z.object({
  name: z.string(),
  kind: z.string(),
  config: z.record(z.string(), z.json()),
  secretsSet: z.array(z.string()),
  updatedAt: moment,
});
export const connectionTested = z.object({ ok: z.boolean(), message: z.string(), milliseconds: z.number() });
export const channelShape = z.object({
  name: z.string(),
  kind: z.string(),
  config: z.record(z.string(), z.json()),
  signed: z.boolean(),
  updatedAt: moment,
  secret: z.string().optional().describe('The signing secret; only in the answer that made it.'),
});
export const auditShape = z.object({
  id: z.string(),
  at: moment,
  actor: z.object({ kind: z.enum(['user', 'token', 'system']), id: z.string().nullable(), name: z.string() }),
  verb: z.string(),
  target: z.string(),
  targetId: z.string(),
  before: z.json(),
  after: z.json(),
  ip: z.string().nullable(),
  hash: z.string(),
});
