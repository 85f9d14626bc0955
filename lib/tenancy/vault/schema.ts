import { z } from 'zod';
import { emailSchema, nameSchema } from '../schema';

const text = (most: number) =>
  z
    .string()
    .min(1, 'Fill this in.')
    .max(most, `At most ${most.toLocaleString('en')} characters.`);
const address = z
  .url({ protocol: /^https?$/, error: 'Expected an address that starts with https:// or http://.' })
  .max(2000);

/** Path parameters of what has a name. */
export const namedParams = z.object({ name: nameSchema });

export const putSecretSchema = z.strictObject({ value: text(65_536) });
export type PutSecret = z.infer<typeof putSecretSchema>;

export const putVariableSchema = z.strictObject({
  value: z
    .json()
    .refine((value) => JSON.stringify(value).length <= 65_536, 'A variable holds at most 64 kB of JSON.'),
});
export type PutVariable = z.infer<typeof putVariableSchema>;

const postgres = z.strictObject({
  kind: z.literal('postgres'),
  config: z.strictObject({
    host: text(255),
    port: z.number().int().min(1).max(65_535).default(5432),
    database: text(63),
    user: text(63),
    tls: z.enum(['disable', 'require', 'verify']).default('require'),
  }),
  secrets: z.strictObject({ password: z.string().max(4096).optional() }).optional(),
});
const s3 = z.strictObject({
  kind: z.literal('s3'),
  config: z.strictObject({
    bucket: text(63),
    region: text(60).default('us-east-1'),
    endpoint: address.optional(),
    prefix: z.string().max(500).optional(),
  }),
  secrets: z
    .strictObject({
      accessKeyId: z.string().max(200).optional(),
      secretAccessKey: z.string().max(400).optional(),
    })
    .optional(),
});
const http = z.strictObject({
  kind: z.literal('http'),
  config: z.strictObject({
    baseUrl: address,
    auth: z.enum(['none', 'bearer', 'basic']).default('none'),
    user: z.string().max(200).optional(),
  }),
  secrets: z
    .strictObject({ token: z.string().max(8192).optional(), password: z.string().max(4096).optional() })
    .optional(),
});

/** A connection: `config` can be read back, `secrets` cannot; secrets left out keep what is stored. */
export const putConnectionSchema = z.discriminatedUnion('kind', [postgres, s3, http], {
  error: 'Expected a kind: postgres, s3 or http.',
});
export type PutConnection = z.infer<typeof putConnectionSchema>;

const channelKinds = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('email'),
      config: z.strictObject({ to: z.array(emailSchema).min(1, 'Give at least one address.').max(50) }),
    }),
    z.strictObject({
      kind: z.literal('webhook'),
      config: z.strictObject({ url: address }),
      secret: z
        .string()
        .regex(/^whsec_[A-Za-z0-9+/=]{32,100}$/, 'A signing secret is whsec_ and 24 to 64 bytes as base64.')
        .optional(),
      newSecret: z.boolean().optional(),
    }),
    z.strictObject({ kind: z.literal('slack'), config: z.strictObject({ url: address }) }),
  ],
  { error: 'Expected a kind: email, webhook or slack.' },
);

/** A channel; its settings may also stand beside `kind` (`{kind: "webhook", url}`). */
export const putChannelSchema = z.preprocess((given) => {
  if (typeof given !== 'object' || given === null || 'config' in given) return given;
  const { to, url, ...rest } = given as Record<string, unknown>;
  const config = {
    ...(to === undefined ? {} : { to: Array.isArray(to) ? to : [to] }),
    ...(url === undefined ? {} : { url }),
  };
  return { ...rest, config };
}, channelKinds);
export type PutChannel = z.infer<typeof channelKinds>;
