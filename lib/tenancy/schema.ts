import { z } from 'zod';
import { ROLES } from './permissions';

/** A short name for addresses: lower case letters, digits, dashes. */
export const slugSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'Use lower-case letters, digits and dashes, starting with a letter or digit, at most 63.',
  );

/** The name of a secret, variable, connection or channel; expressions can say it. */
export const nameSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/,
    'Use letters, digits, _ and -, starting with a letter or _, at most 63.',
  );

export const roleSchema = z.enum(ROLES, { error: `Expected one of ${ROLES.join(', ')}.` });

export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, 'An e-mail address has at most 254 characters.')
  .pipe(z.email('This is not an e-mail address. It looks like name@example.com.'));

const title = (what: string) =>
  z
    .string()
    .trim()
    .min(1, `Give the ${what} a name.`)
    .max(120, `The name of the ${what} has at most 120 characters.`);

/** A moment of the future is checked by the service, which knows the time. */
export const momentSchema = z.iso.datetime({
  offset: true,
  error: 'Expected a time like 2026-01-31T12:00:00Z.',
});

export const passwordSchema = z
  .string()
  .min(1, 'Enter a password.')
  .max(1024, 'A password has at most 1,024 characters.');

export const newOwnerSchema = z.object({
  email: emailSchema,
  name: z.string().trim().max(120, 'A name has at most 120 characters.').default(''),
  password: passwordSchema,
});
export type NewOwner = z.infer<typeof newOwnerSchema>;

export const newWorkspaceSchema = z.strictObject({ slug: slugSchema, name: title('workspace') });
export type NewWorkspace = z.infer<typeof newWorkspaceSchema>;

export const workspacePatchSchema = z.strictObject({
  name: title('workspace').optional(),
  weight: z.number().int().min(1).max(1000).optional(),
  maxActiveTasks: z.number().int().min(1).max(100_000).nullable().optional(),
  tagLimits: z.record(z.string().min(1).max(100), z.number().int().min(1).max(100_000)).optional(),
  /** days that logged predictions are kept (90) */
  inferenceRetentionDays: z.number().int().min(1).max(3650).optional(),
});
export type WorkspacePatch = z.infer<typeof workspacePatchSchema>;

export const newTokenSchema = z.strictObject({
  name: title('token'),
  role: roleSchema,
  expiresAt: momentSchema.nullable().optional(),
});
export type NewToken = z.infer<typeof newTokenSchema>;

export const newInviteSchema = z.strictObject({ email: emailSchema, role: roleSchema });
export type NewInvite = z.infer<typeof newInviteSchema>;

export const acceptInviteSchema = z.object({
  token: z.string().min(1).max(200),
  name: z.string().trim().max(120, 'A name has at most 120 characters.').default(''),
  password: passwordSchema,
});
export type AcceptInvite = z.infer<typeof acceptInviteSchema>;

export const memberPatchSchema = z.strictObject({ role: roleSchema });

export const changePasswordSchema = z.object({ current: passwordSchema, next: passwordSchema });
export type ChangePassword = z.infer<typeof changePasswordSchema>;

export const WorkspaceView = z.object({
  slug: z.string(),
  name: z.string(),
  weight: z.number(),
  maxActiveTasks: z.number().nullable(),
  tagLimits: z.record(z.string(), z.number()),
  createdAt: z.date(),
});
export type WorkspaceView = z.infer<typeof WorkspaceView>;
