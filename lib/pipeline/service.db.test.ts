import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import * as server from './server';

testDatabase();

const spec = (sql = 'select 1 as n') => ({
  schemaVersion: 1,
  tasks: [{ id: 'a', kind: 'sql', config: { sql } }],
  edges: [],
  layout: {},
});
const refusal = async (work: Promise<unknown>): Promise<AppError> => {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw error;
};

let ctx: TestContext;
let other: TestContext;
beforeAll(async () => {
  ctx = await makeContext('editor');
  other = await makeContext('admin');
});

describe('a pipeline', () => {
  it('is created once for a slug, with its creator as owner', async () => {
    expect(
      await server.createPipeline(ctx, { slug: 'one', name: 'One 🚀 مرحبا', tags: ['team:data', 'x'] }),
    ).toEqual({ slug: 'one', name: 'One 🚀 مرحبا', draft: { revision: 1 } });
    expect(await refusal(server.createPipeline(ctx, { slug: 'one', name: 'Again' }))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('already a pipeline "one"') as string,
    });
    expect(await server.getPipeline(ctx, 'one')).toMatchObject({
      slug: 'one',
      owner: { id: ctx.actor.id },
      paused: false,
      currentVersion: null,
      lastRuns: [],
      draft: { revision: 1, spec: { schemaVersion: 1, tasks: [] } },
    });
  });

  it('is found by text, tag and owner, page by page, with its last 20 runs and no tries', async () => {
    await server.createPipeline(ctx, { slug: 'two', name: 'Weather' });
    const { id } = await server.getPipeline(ctx, 'two');
    for (let n = 0; n < 23; n++)
      await prisma().run.create({
        data: {
          id: newId(),
          workspaceId: ctx.workspaceId,
          pipelineId: id,
          pipelineSlug: 'two',
          triggerKind: n === 22 ? 'try' : 'manual',
          state: n % 2 ? 'failed' : 'succeeded',
          createdAt: new Date(Date.UTC(2026, 0, 1, 0, n)),
        },
      });
    const runs = (await server.getPipeline(ctx, 'two')).lastRuns;
    expect(runs).toHaveLength(20);
    expect(runs[0]).toMatchObject({
      state: 'failed',
      createdAt: new Date(Date.UTC(2026, 0, 1, 0, 21)),
      startedAt: null,
    });
    const slugs = async (query: object) =>
      (await server.listPipelines(ctx, query)).items.map((item) => item.slug);
    expect(await slugs({})).toEqual(['one', 'two']);
    expect(await slugs({ q: 'weath' })).toEqual(['two']);
    expect(await slugs({ q: '100%' })).toEqual([]);
    expect(await slugs({ tag: 'team' })).toEqual(['one']);
    expect(await slugs({ tag: 'team:data' })).toEqual(['one']);
    expect(await slugs({ owner: ctx.actor.id })).toEqual(['one', 'two']);
    const first = await server.listPipelines(ctx, { limit: 1 });
    expect(first).toMatchObject({ items: [{ slug: 'one' }], nextCursor: 'one' });
    expect(await server.listPipelines(ctx, { limit: 1, cursor: 'one' })).toMatchObject({
      items: [{ slug: 'two' }],
      nextCursor: null,
    });
  });

  it('is changed, archived and only then deleted', async () => {
    await server.createPipeline(ctx, { slug: 'gone', name: 'Gone' });
    expect(
      await server.updatePipeline(ctx, 'gone', {
        name: 'Going',
        paused: true,
        owner: null,
        tags: ['a', 'a'],
      }),
    ).toMatchObject({ name: 'Going', paused: true, owner: null, tags: ['a'] });
    expect(await refusal(server.updatePipeline(ctx, 'gone', { owner: 'nobody@example.test' }))).toMatchObject(
      { code: 'invalid', issues: [{ path: 'owner' }] },
    );
    expect(await refusal(server.deletePipeline(ctx, 'gone'))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Archive it first') as string,
    });
    await server.updatePipeline(ctx, 'gone', { archived: true });
    expect((await server.listPipelines(ctx, {})).items.map((item) => item.slug)).not.toContain('gone');
    await server.deletePipeline(ctx, 'gone');
    expect(await refusal(server.getPipeline(ctx, 'gone'))).toMatchObject({ code: 'not_found' });
  });
});

describe('a draft', () => {
  it('is saved on top of its base, and a conflict shows what is there', async () => {
    await server.createPipeline(ctx, { slug: 'draft', name: 'Draft' });
    const saved = await server.saveDraft(ctx, 'draft', { baseRevision: 1, spec: spec('') });
    expect(saved).toEqual({
      revision: 2,
      problems: [
        { path: 'tasks[0].config.sql', taskId: 'a', severity: 'error', message: 'Write a SQL statement.' },
      ],
    });
    const error = await refusal(server.saveDraft(ctx, 'draft', { baseRevision: 1, spec: spec('select 2') }));
    expect(error).toMatchObject({
      code: 'conflict',
      extra: { current: { revision: 2, savedBy: ctx.actor.name, spec: { tasks: [{ id: 'a' }] } } },
    });
    expect(await server.saveDraft(ctx, 'draft', { baseRevision: 1, spec: spec('') })).toMatchObject({
      revision: 2,
    });
    expect(
      await refusal(server.saveDraft(ctx, 'draft', { baseRevision: 2, spec: { schemaVersion: 9 } })),
    ).toMatchObject({ code: 'invalid', issues: [{ path: 'schemaVersion' }] });
  });

  it('of two that save at once only one wins', async () => {
    await server.createPipeline(ctx, { slug: 'race', name: 'Race' });
    const both = await Promise.allSettled(
      ['select 1', 'select 2'].map((sql) =>
        server.saveDraft(ctx, 'race', { baseRevision: 1, spec: spec(sql) }),
      ),
    );
    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await server.getPipeline(ctx, 'race')).draft.revision).toBe(2);
  });

  it('keeps fields that are not known, and tells', async () => {
    await server.createPipeline(ctx, { slug: 'odd', name: 'Odd' });
    const odd = { ...spec(), tasks: [{ ...spec().tasks[0], retrys: 3 }] };
    expect(
      (await server.saveDraft(ctx, 'odd', { baseRevision: 1, spec: odd })).problems[0]?.message,
    ).toContain('Did you mean "retry"?');
    expect((await server.getPipeline(ctx, 'odd')).draft.spec.tasks[0]).toMatchObject({ retrys: 3 });
  });
});

describe('publishing', () => {
  it('numbers versions, makes none for unchanged behaviour and refuses errors', async () => {
    await server.createPipeline(ctx, { slug: 'pub', name: 'Pub', spec: spec() });
    const first = await server.publish(ctx, 'pub', { message: 'First' });
    expect(first).toEqual({
      version: 1,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      unchanged: false,
    });
    expect(await server.publish(ctx, 'pub', {})).toEqual({ ...first, unchanged: true });
    await server.saveDraft(ctx, 'pub', {
      baseRevision: 1,
      spec: { ...spec(), layout: { nodes: { a: { x: 1, y: 1 } } } },
    });
    expect(await server.publish(ctx, 'pub', {})).toMatchObject({ version: 1, unchanged: true });
    expect(await server.publish(ctx, 'pub', { spec: spec('select 2 as n') })).toMatchObject({
      version: 2,
      unchanged: false,
    });
    expect((await server.getPipeline(ctx, 'pub')).draft.spec.tasks[0]?.config).toEqual({
      sql: 'select 2 as n',
    });
    const error = await refusal(
      server.publish(ctx, 'pub', { spec: { ...spec(), edges: [{ from: 'a', to: 'b' }] } }),
    );
    expect(error).toMatchObject({
      code: 'invalid',
      status: 422,
      issues: [{ path: 'edges[0].to', message: 'There is no task "b".' }],
    });
    expect(await server.listVersions(ctx, 'pub')).toMatchObject({
      items: [{ version: 2 }, { version: 1, message: 'First', author: ctx.actor.name }],
      nextCursor: null,
    });
    expect(await server.diffVersions(ctx, 'pub', 1, 2)).toMatchObject({
      tasks: { changed: [{ taskId: 'a', fields: [{ path: 'config.sql' }] }] },
    });
    expect(await server.restoreVersion(ctx, 'pub', 1)).toEqual({ revision: 4 });
    expect(await server.diffVersions(ctx, 'pub', 1, 'draft')).toMatchObject({ unchanged: true });
    expect(await refusal(server.getVersion(ctx, 'pub', 9))).toMatchObject({ code: 'not_found' });
  });

  it('a given spec does not overwrite what a colleague has not published yet', async () => {
    await server.createPipeline(ctx, { slug: 'both', name: 'Both', spec: spec() });
    await server.publish(ctx, 'both', {});
    await server.saveDraft(ctx, 'both', { baseRevision: 1, spec: spec('select 7') });
    await server.publish(ctx, 'both', { spec: spec('select 8') });
    expect((await server.getPipeline(ctx, 'both')).draft.spec.tasks[0]?.config).toEqual({ sql: 'select 7' });
  });

  it('uses the facts of the server and those it is handed', async () => {
    const source = {
      schemaVersion: 1,
      tasks: [
        { id: 's', kind: 'source', config: { path: 'no.csv' } },
        { id: 'q', kind: 'sql', config: { sql: 'selct 1' } },
      ],
      edges: [{ from: 's', to: 'q' }],
    };
    await server.createPipeline(ctx, { slug: 'facts', name: 'Facts', spec: source });
    const sql = () => Promise.resolve({ q: [{ message: 'There is a mistake near "selct".' }] });
    const error = await refusal(server.publish(ctx, 'facts', {}, { sql }));
    expect(error.issues.map((issue) => issue.path)).toEqual(['tasks[0].config.path', 'tasks[1].config.sql']);
  });
});

describe('what others may do', () => {
  it('a viewer reads and writes nothing', async () => {
    const viewer = { ...ctx, role: 'viewer' as const };
    await server.getPipeline(viewer, 'one');
    for (const work of [
      () => server.createPipeline(viewer, { slug: 'v', name: 'V' }),
      () => server.saveDraft(viewer, 'one', { baseRevision: 1, spec: spec() }),
      () => server.publish(viewer, 'one', {}),
      () => server.updatePipeline(viewer, 'one', {}),
      () => server.deletePipeline(viewer, 'one'),
      () => server.restoreVersion(viewer, 'pub', 1),
    ])
      expect(await refusal(work())).toMatchObject({ code: 'forbidden' });
  });

  it('another workspace sees nothing of it, and may use the same slug', async () => {
    for (const work of [
      () => server.getPipeline(other, 'one'),
      () => server.updatePipeline(other, 'one', { name: 'x' }),
      () => server.deletePipeline(other, 'one'),
      () => server.saveDraft(other, 'one', { baseRevision: 1, spec: spec() }),
      () => server.publish(other, 'one', {}),
      () => server.listVersions(other, 'pub'),
      () => server.getVersion(other, 'pub', 1),
      () => server.diffVersions(other, 'pub', 1, 2),
      () => server.restoreVersion(other, 'pub', 1),
      () => server.validateSpec(other, 'one', spec()),
    ])
      expect(await refusal(work())).toMatchObject({ code: 'not_found' });
    expect((await server.listPipelines(other, { archived: 'all' })).items).toEqual([]);
    await server.createPipeline(other, { slug: 'one', name: 'Mine' });
  });

  it('every write left an audit row', async () => {
    const rows = await prisma().auditEntry.findMany({
      where: { workspaceId: ctx.workspaceId, target: 'pipeline' },
      select: { verb: true },
    });
    expect(new Set(rows.map((row) => row.verb))).toEqual(
      new Set([
        'pipeline.create',
        'pipeline.update',
        'pipeline.delete',
        'pipeline.draft',
        'pipeline.publish',
        'pipeline.restore',
      ]),
    );
  });
});
