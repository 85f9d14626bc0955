import { expect, it } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/testing';
import {
  bootstrap,
  createFirstOwner,
  enterWorkspace,
  identifyToken,
  listWorkspaces,
  markDemoSeeded,
  verifyAllAudits,
} from './server';

testDatabase();
const token = `pst_${'a'.repeat(40)}`;
Object.assign(process.env, {
  PENSTOCK_OWNER_EMAIL: 'Owner@Example.test',
  PENSTOCK_OWNER_PASSWORD: 'pass-for-tests',
  PENSTOCK_API_TOKEN: token,
  PENSTOCK_DEMO: '1',
});
const now = new Date('2026-03-01T12:00:00.000Z');

it('an unattended start makes the owner, workspace main, the token and the demo, once', async () => {
  const first = await bootstrap(now);
  expect(first).toMatchObject({ ownerExists: true, ownerCreated: true, demo: { slug: 'demo' } });
  const who = await identifyToken(token, { now });
  expect(who.isOwner).toBe(true);
  expect((await listWorkspaces(who)).map((w) => w.slug).sort()).toEqual(['demo', 'main']);
  expect((await enterWorkspace(who, 'main')).role).toBe('admin');

  const [again] = await Promise.all([bootstrap(now), bootstrap(now)]);
  expect(again).toMatchObject({ ownerExists: true, ownerCreated: false, demo: { slug: 'demo' } });
  await markDemoSeeded(first.demo!.id);
  expect((await bootstrap(now)).demo).toBeNull();
  expect(await prisma().user.count()).toBe(1);
  await expect(
    createFirstOwner({ email: 'x@example.test', name: '', password: 'violet anchor parade 9' }, now),
  ).rejects.toMatchObject({ code: 'conflict' });
  expect((await verifyAllAudits()).flatMap((c) => c.breaches)).toEqual([]);
});
