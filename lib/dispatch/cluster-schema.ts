import { z } from 'zod';

const age = z.number().describe('Seconds since its last heartbeat, by the clock of the database.');

export const clusterShape = z.object({
  leaseSeconds: z.number().describe('A lease runs out after this long without a heartbeat.'),
  leader: z.object({ workerId: z.uuid(), name: z.string() }).nullable().describe('Who does the singleton duties.'),
  partitions: z.array(
    z.object({ partition: z.number().int(), workerId: z.uuid().nullable(), name: z.string().nullable() }),
  ).describe('The 64 shares of the pipelines and who schedules them now.'),
  workers: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      host: z.string(),
      pid: z.number().int(),
      executor: z.string(),
      roles: z.array(z.string()),
      tags: z.array(z.string()),
      slots: z.number().int(),
      busy: z.number().int().describe('Attempts that it holds now.'),
      lagMs: z.number().nullable().describe('How late its own timers are, 99th percentile of the last heartbeat.'),
      draining: z.boolean(),
      lost: z.boolean().describe('Silent for longer than a lease.'),
      leader: z.boolean(),
      partitions: z.number().int().describe('How many shares of the pipelines it schedules.'),
      scale: z.object({ min: z.number(), max: z.number(), children: z.number() }).nullable().describe('What it grows and shrinks between, when it does.'),
      version: z.string(),
      schemaVersion: z.string(),
      startedAt: z.date(),
      heartbeatAt: z.date(),
      heartbeatAgeSeconds: age,
    }),
  ),
  gateways: z.array(
    z.object({ id: z.uuid(), host: z.string(), pid: z.number().int(), port: z.number().int(), version: z.string(), startedAt: z.date(), heartbeatAt: z.date(), heartbeatAgeSeconds: age, lost: z.boolean() }),
  ),
  queue: z.object({ ready: z.number().int(), running: z.number().int(), oldestSeconds: z.number().nullable().describe('How long the oldest ready task has waited.') }),
});

/** The machine as the Cluster page shows it. */
export type ClusterView = z.infer<typeof clusterShape>;
