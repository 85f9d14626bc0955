import path from 'node:path';
import { z } from 'zod';

const text = z.string().min(1).optional();
const port = z.coerce.number().int().min(0).max(65535).optional();

const envSchema = z.object({
  PORT: port,
  HOST: z.string().default('127.0.0.1'),
  PENSTOCK_GATEWAY_PORT: port,
  PENSTOCK_HOME: z.string().default('.penstock').transform((p) => path.resolve(p)),
  DATABASE_URL: text,
  PENSTOCK_STORE: text,
  PENSTOCK_STORE_CACHE_MB: z.coerce.number().min(1).default(10_240),
  PENSTOCK_SECRET_KEY: text,
  PENSTOCK_PUBLIC_URL: text,
  PENSTOCK_TRUSTED_PROXIES: text,
  PENSTOCK_SMTP_URL: text,
  PENSTOCK_MAIL_FROM: text,
  PENSTOCK_OIDC_ISSUER: text,
  PENSTOCK_OIDC_CLIENT_ID: text,
  PENSTOCK_OIDC_CLIENT_SECRET: text,
  PENSTOCK_ALLOW_HOSTS: z.string().default(''),
  PENSTOCK_LEASE_SECONDS: z.coerce.number().min(1).default(30),
  PENSTOCK_OWNER_EMAIL: text,
  PENSTOCK_OWNER_PASSWORD: text,
  PENSTOCK_API_TOKEN: text,
  PENSTOCK_DEMO: text,
  PENSTOCK_EXECUTOR: z.enum(['local', 'temporal']).default('local'),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  PENSTOCK_WORKERS_MIN: z.coerce.number().int().min(0).max(100).optional(),
  PENSTOCK_WORKERS_MAX: z.coerce.number().int().min(1).max(100).optional(),
  PENSTOCK_WORKERS_IDLE_SECONDS: z.coerce.number().min(1).default(60),
  PENSTOCK_SLOTS: z.coerce.number().int().min(1).max(1000).optional(),
  PENSTOCK_SPOOL_MB: z.coerce.number().min(1).default(512),
  LOG_LEVEL: z.string().default('info'),
});

export type Env = z.infer<typeof envSchema>;

let cached: Env | undefined;

/**
 * env reads the process environment once (contract §1). An empty variable counts as unset.
 * @throws Error naming every bad variable, its value and what was expected.
 */
export function env(): Env {
  if (cached) return cached;
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const parsed = envSchema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((i) => `  ${i.path.join('.')}="${String(given[String(i.path[0])] ?? '')}": ${i.message}`);
    throw new Error(`These environment variables cannot be used:\n${lines.join('\n')}`);
  }
  cached = parsed.data;
  return cached;
}
