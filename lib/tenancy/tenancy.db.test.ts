import { describe, expect, it, vi } from 'vitest';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { pool } from '@/lib/db/pool';
import { inTransaction } from '@/lib/db/transaction';
import { makeContext, makeUser, makeWorkspace, testDatabase } from '@/lib/testing';
import * as tenancy from './server';

testDatabase();

const now = new Date('2026-03-01T12:00:00.000Z');
const later = new Date('2026-03-20T12:00:00.000Z');

describe('audit', () => {
  it('chains rows in the order of commits and finds an edit and a gap', async () => {
    const ctx = await makeContext('admin');
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => tenancy.putVariable(ctx, `v${n}`, { value: n })));
    await inTransaction(async (tx) => {
      await tenancy.audit(tx, ctx, { verb: 'a', target: 't', targetId: '1' });
      await tenancy.audit(tx, ctx, { verb: 'b', target: 't', targetId: '2' });
    });
    expect(await tenancy.verifyAudit(ctx)).toEqual({ rows: 8, breaches: [] });

    const rows = await prisma().auditEntry.findMany({
      where: { workspaceId: ctx.workspaceId },
      orderBy: { id: 'asc' },
    });
    await expect(pool().query('delete from audit_entry where id = $1', [rows[2]!.id])).rejects.toThrow(
      /append-only/,
    );
    await expect(
      pool().query("update audit_entry set verb = 'x' where id = $1", [rows[2]!.id]),
    ).rejects.toThrow(/append-only/);

    await pool().query('alter table audit_entry disable trigger audit_entry_append_only');
    await pool().query("update audit_entry set verb = 'x' where id = $1", [rows[2]!.id]);
    await pool().query('delete from audit_entry where id = $1', [rows[5]!.id]);
    await pool().query('alter table audit_entry enable trigger audit_entry_append_only');
    const { breaches } = await tenancy.verifyAudit(ctx);
    expect(breaches.map((b) => [b.id, b.kind])).toEqual(
      expect.arrayContaining([
        [String(rows[2]!.id), 'edited'],
        [String(rows[6]!.id), 'gap'],
      ]),
    );
  });

  it('rolls back with its change and is searched by text, actor, target and time', async () => {
    const ctx = { ...(await makeContext('admin')), now };
    await expect(
      inTransaction(async (tx) => {
        await tenancy.audit(tx, ctx, { verb: 'x', target: 't', targetId: '1' });
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    await tenancy.putVariable(ctx, 'limit', { value: 'forty%two' });
    const search = { limit: 50 };
    expect((await tenancy.listAudit(ctx, { ...search, q: 'forty%two' })).items).toHaveLength(1);
    expect((await tenancy.listAudit(ctx, { ...search, q: 'forty_two' })).items).toHaveLength(0);
    expect(
      (await tenancy.listAudit(ctx, { ...search, target: 'variable', actor: ctx.actor.name })).items[0],
    ).toMatchObject({
      verb: 'variable.create',
      targetId: 'limit',
      before: null,
      after: { value: 'forty%two' },
    });
    expect((await tenancy.listAudit(ctx, { ...search, to: now.toISOString() })).items).toHaveLength(0);
  });
});

describe('secrets', () => {
  it('are encrypted, resolved only in their workspace and never in the audit', async () => {
    const ctx = await makeContext('admin');
    const other = await makeContext('admin');
    await tenancy.putSecret(ctx, 'api_key', { value: 'hunter2-value' });
    expect(await tenancy.resolveSecret(ctx.workspaceId, 'api_key')).toBe('hunter2-value');
    expect(await tenancy.resolveSecret(other.workspaceId, 'api_key')).toBeNull();
    const stored = await pool().query<{ text: string }>(
      "select (select string_agg(s::text, ' ') from secret s) || (select string_agg(a::text, ' ') from audit_entry a) as text",
    );
    expect(stored.rows[0]!.text).not.toContain('hunter2-value');
    expect(JSON.stringify(await tenancy.listSecrets(ctx))).not.toContain('hunter2');
    await prisma().secret.create({
      data: {
        workspaceId: other.workspaceId,
        name: 'api_key',
        sealed: (await prisma().secret.findFirstOrThrow({ where: { workspaceId: ctx.workspaceId } })).sealed,
      },
    });
    await expect(tenancy.resolveSecret(other.workspaceId, 'api_key')).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('may be written by admins only', async () => {
    const ctx = await makeContext('approver');
    await expect(tenancy.putSecret(ctx, 'x', { value: 'y' })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('an admin') as string,
    });
  });
});

describe('members', () => {
  it('keep their last admin', async () => {
    const ctx = await makeContext('admin');
    const mine = (await tenancy.listMembers(ctx))[0]!;
    await expect(tenancy.removeMember(ctx, mine.id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(tenancy.changeRole(ctx, mine.id, 'viewer')).rejects.toMatchObject({ code: 'conflict' });
    await makeUser({ workspaceId: ctx.workspaceId, role: 'admin' });
    await tenancy.changeRole(ctx, mine.id, 'viewer');
    expect((await tenancy.getMember(ctx, mine.id)).role).toBe('viewer');
  });

  it('cannot both be removed at the same time', async () => {
    const ctx = await makeContext('admin');
    await makeUser({ workspaceId: ctx.workspaceId, role: 'admin' });
    const both = await tenancy.listMembers(ctx);
    const results = await Promise.allSettled(both.map((m) => tenancy.removeMember(ctx, m.id)));
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('join by a link once, before it expires, with mail waiting in the outbox', async () => {
    const ctx = { ...(await makeContext('admin')), now };
    const made = await tenancy.invite(ctx, { email: 'new@example.test', role: 'editor' }, 'http://host:1');
    const token = made.link.split('/').at(-1)!;
    expect(
      await prisma().outboxMessage.count({ where: { workspaceId: ctx.workspaceId, kind: 'mail' } }),
    ).toBe(1);
    expect(await tenancy.readInvite(token, now)).toMatchObject({
      email: 'new@example.test',
      role: 'editor',
      hasAccount: false,
    });
    await expect(tenancy.readInvite(token, later)).rejects.toThrow(/expired/);
    await expect(
      tenancy.acceptAsNewPerson({ token, name: '', password: 'password' }, now),
    ).rejects.toMatchObject({ code: 'invalid' });
    const joined = await tenancy.acceptAsNewPerson(
      { token, name: 'New', password: 'violet anchor parade 9' },
      now,
    );
    expect(joined.workspaceSlug).toBe(ctx.workspace.slug);
    await expect(
      tenancy.acceptAsNewPerson({ token, name: 'New', password: 'violet anchor parade 9' }, now),
    ).rejects.toThrow(/used already/);
    expect((await tenancy.listMembers(ctx)).find((m) => m.email === 'new@example.test')?.role).toBe('editor');
  });
});

describe('tokens and sessions', () => {
  it('act in one workspace with one role until revoked or expired', async () => {
    const ctx = { ...(await makeContext('admin')), now };
    const foreign = await makeWorkspace();
    const made = await tenancy.createToken(ctx, {
      name: 'ci',
      role: 'editor',
      expiresAt: '2026-03-10T00:00:00Z',
    });
    expect(made.token).toMatch(/^pst_[A-Za-z0-9_-]{43}$/);
    const who = await tenancy.identifyToken(made.token, { now });
    expect((await tenancy.enterWorkspace(who, ctx.workspace.slug)).role).toBe('editor');
    await expect(tenancy.enterWorkspace(who, foreign.slug)).rejects.toMatchObject({ code: 'not_found' });
    await expect(tenancy.identifyToken(made.token, { now: later })).rejects.toThrow(/expired/);
    await tenancy.revokeToken(ctx, made.id);
    await expect(tenancy.identifyToken(made.token, { now })).rejects.toThrow(/revoked/);
    await expect(
      tenancy.createToken(ctx, { name: 'old', role: 'viewer', expiresAt: '2026-02-01T00:00:00Z' }),
    ).rejects.toMatchObject({ code: 'invalid' });
  });

  it('are read with the workspace of their call in one statement, which a change elsewhere is seen by at once', async () => {
    const ctx = { ...(await makeContext('admin')), now };
    const { slug } = ctx.workspace;
    const foreign = await makeWorkspace();
    const user = await makeUser();
    const sessionId = newId();
    await pool().query('insert into user_session (id, user_id, created_at, last_seen_at) values ($1, $2, $3, $3)', [sessionId, user.id, now]);
    const member = newId();
    await pool().query("insert into member (id, workspace_id, user_id, role) values ($1, $2, $3, 'editor')", [member, ctx.workspaceId, user.id]);
    const made = await tenancy.createToken(ctx, { name: 'ci', role: 'editor' });
    await tenancy.enterWorkspace(await tenancy.identifyToken(made.token, { now }), slug);

    const byToken = async (to = slug) => tenancy.enterWorkspace(await tenancy.identifyToken(made.token, { now }, to), to);
    const bySession = async (to = slug) => tenancy.enterWorkspace(await tenancy.identifySession(sessionId, { now }, to), to);
    const asked = vi.spyOn(pool(), 'query');
    expect([(await byToken()).role, (await bySession()).role]).toEqual(['editor', 'editor']);
    expect(asked).toHaveBeenCalledTimes(2);
    asked.mockRestore();
    for (const enter of [byToken, bySession]) {
      await expect(enter(foreign.slug)).rejects.toMatchObject({ code: 'not_found' });
      await expect(enter('nowhere')).rejects.toMatchObject({ code: 'not_found' });
    }
    // what was read for one workspace says nothing of another
    await expect(tenancy.enterWorkspace(await tenancy.identifySession(sessionId, { now }, slug), foreign.slug)).rejects.toMatchObject({ code: 'not_found' });
    expect((await tenancy.enterWorkspace(await tenancy.identifySession(sessionId, { now }, foreign.slug), slug)).role).toBe('editor');

    await pool().query("update member set role = 'viewer' where id = $1", [member]);
    expect((await bySession()).role).toBe('viewer');
    await pool().query('delete from member where id = $1', [member]);
    await expect(bySession()).rejects.toMatchObject({ code: 'not_found' });
    await pool().query('update user_account set disabled_at = $2 where id = $1', [user.id, now]);
    await expect(bySession()).rejects.toMatchObject({ code: 'unauthorized' });
    await pool().query("update api_token set role = 'viewer' where id = $1", [made.id]);
    expect((await byToken()).role).toBe('viewer');
    await pool().query('update api_token set revoked_at = $2 where id = $1', [made.id, now]);
    await expect(byToken()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('end when a password changes, and sign-in closes after ten wrong tries', async () => {
    const owner = await tenancy.createFirstOwner(
      { email: 'boss@example.test', name: 'Boss', password: 'violet anchor parade 9' },
      now,
    );
    await expect(
      tenancy.createFirstOwner(
        { email: 'b@example.test', name: '', password: 'violet anchor parade 9' },
        now,
      ),
    ).rejects.toMatchObject({ code: 'conflict' });
    const first = (await tenancy.signIn(owner.email, 'violet anchor parade 9', { now, ip: '10.0.0.1' }))!;
    const second = (await tenancy.signIn('Boss@Example.test ', 'violet anchor parade 9', {
      now,
      ip: '10.0.0.1',
    }))!;
    const who = await tenancy.identifySession(first.sessionId, { now });
    expect(await tenancy.listSessions(who)).toHaveLength(2);
    await expect(
      tenancy.changePassword(who, { current: 'wrong', next: 'another long phrase 7' }),
    ).rejects.toMatchObject({ issues: [{ path: 'current' }] });
    await tenancy.changePassword(who, { current: 'violet anchor parade 9', next: 'another long phrase 7' });
    await expect(tenancy.identifySession(second.sessionId, { now })).rejects.toMatchObject({
      code: 'unauthorized',
    });
    for (let i = 0; i < 10; i += 1)
      expect(await tenancy.signIn(owner.email, 'nope', { now, ip: '10.0.0.2' })).toBeNull();
    await expect(tenancy.signIn(owner.email, 'another long phrase 7', { now })).rejects.toMatchObject({
      code: 'rate_limited',
    });
    const reset = await tenancy.resetPassword(owner.email, undefined, now);
    await expect(tenancy.identifySession(first.sessionId, { now })).rejects.toMatchObject({
      code: 'unauthorized',
    });
    expect(reset.password.length).toBeGreaterThan(15);
  });
});

describe('connections and channels', () => {
  it('keep stored secrets that an update leaves out, and never show them', async () => {
    const ctx = await makeContext('admin');
    const config = { host: 'db.example.com', port: 5432, database: 'd', user: 'u', tls: 'require' as const };
    await tenancy.putConnection(ctx, 'warehouse', {
      kind: 'postgres',
      config,
      secrets: { password: 's3cret-pass' },
    });
    const view = await tenancy.putConnection(ctx, 'warehouse', {
      kind: 'postgres',
      config: { ...config, user: 'v' },
    });
    expect(view).toMatchObject({ secretsSet: ['password'], config: { user: 'v' } });
    expect(JSON.stringify(view)).not.toContain('s3cret');
    expect((await tenancy.resolveConnection(ctx.workspaceId, 'warehouse'))?.secrets).toEqual({
      password: 's3cret-pass',
    });
  });

  it('refuse to reach a private database', async () => {
    const ctx = await makeContext('admin');
    await tenancy.putConnection(ctx, 'local', {
      kind: 'postgres',
      config: { host: '127.0.0.1', port: 5432, database: 'd', user: 'u', tls: 'disable' },
    });
    expect(await tenancy.testConnection(ctx, 'local')).toMatchObject({
      ok: false,
      message: expect.stringContaining('PENSTOCK_ALLOW_HOSTS') as string,
    });
  });

  it('show a signing secret once and queue an announcement for its channel', async () => {
    const ctx = await makeContext('admin');
    const made = await tenancy.putChannel(ctx, 'ops', {
      kind: 'webhook',
      config: { url: 'https://example.com/hook' },
    });
    expect(made.secret).toMatch(/^whsec_/);
    expect(
      await tenancy.putChannel(ctx, 'ops', { kind: 'webhook', config: { url: 'https://example.com/other' } }),
    ).not.toHaveProperty('secret');
    expect(await tenancy.webhookTarget(ctx.workspaceId, 'ops')).toEqual({
      form: 'standard',
      url: 'https://example.com/other',
      secret: made.secret,
    });
    await inTransaction((tx) =>
      tenancy.announce(tx, ctx.workspaceId, 'ops', { event: 'run.failed', title: 't', text: 'x' }, now),
    );
    expect(
      await prisma().outboxMessage.count({ where: { workspaceId: ctx.workspaceId, kind: 'webhook' } }),
    ).toBe(1);
    await expect(
      inTransaction((tx) =>
        tenancy.announce(tx, ctx.workspaceId, 'gone', { event: 'e', title: 't', text: 'x' }, now),
      ),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});
