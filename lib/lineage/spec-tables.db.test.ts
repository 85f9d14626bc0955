import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { stopReaders } from '@/lib/datasets/server';
import { prisma } from '@/lib/db/client';
import { draftSpecSchema } from '@/lib/pipeline';
import { createPipeline, getPipeline, publish, validateSpec } from '@/lib/pipeline/server';
import { makeContext, testDatabase, type TestContext } from '@/lib/testing';
import { factSources, specTables } from './server';

testDatabase();

const spec = (sql: string) =>
  draftSpecSchema.parse({
    params: [{ name: 'least', type: 'integer', default: 1 }],
    tasks: [
      { id: 'flights', kind: 'http', config: { method: 'GET', url: 'https://example.org' } },
      { id: 'hold', kind: 'empty' },
      { id: 'late', kind: 'sql', config: { sql } },
      { id: 'top', kind: 'sql', config: { sql: 'select delay from late' } },
    ],
    edges: [
      { from: 'flights', to: 'hold' },
      { from: 'hold', to: 'late' },
      { from: 'late', to: 'top' },
    ],
  });
const good = spec(
  'select origin, avg(delay) as delay from flights where delay > {{ params.least }} group by 1',
);

let ctx: TestContext;
beforeAll(async () => {
  ctx = await makeContext('editor');
  await createPipeline(ctx, { slug: 'p', name: 'P', spec: good });
});
afterAll(stopReaders);

it('columns are unknown until a task made a table, then flow through transparent tasks and SQL', async () => {
  expect((await specTables(ctx, 'p', good)).inputs.late).toEqual([{ name: 'flights', columns: null }]);
  const { id: pipelineId } = await getPipeline(ctx, 'p');
  const runId = newId();
  await prisma().run.create({
    data: {
      id: runId,
      workspaceId: ctx.workspaceId,
      pipelineId,
      pipelineSlug: 'p',
      triggerKind: 'try',
      state: 'succeeded',
    },
  });
  const columns = [
    { name: 'origin', type: 'VARCHAR' },
    { name: 'delay', type: 'BIGINT' },
  ];
  await prisma().taskRun.create({
    data: {
      runId,
      ordinal: 0,
      taskId: 'flights',
      workspaceId: ctx.workspaceId,
      pipelineId,
      kind: 'http',
      state: 'succeeded',
      tableOutput: { files: [], schema: columns, rowCount: 0, bytes: 0 },
    },
  });
  const found = await specTables(ctx, 'p', good);
  expect(found.inputs.late).toEqual([{ name: 'flights', columns }]);
  expect(found.inputs.top).toEqual([{ name: 'late', columns: [{ name: 'origin', type: 'VARCHAR' }, { name: 'delay', type: 'DOUBLE' }] }]); // prettier-ignore
  expect(found.sql).toEqual({});
});

it('an unknown column, a typo and a forbidden statement are problems before any run', async () => {
  const said = async (sql: string) =>
    (await validateSpec(ctx, 'p', spec(sql), factSources))
      .filter((problem) => problem.severity === 'error')
      .map((problem) => `${problem.path}: ${problem.message}`);
  expect((await said('select delai from flights'))[0]).toMatch(/^tasks\[2\]\.config\.sql: .*delai/);
  expect((await said('selct delay from flights'))[0]).toMatch(/^tasks\[2\]\.config\.sql: /);
  expect((await said("copy flights to '/tmp/x'"))[0]).toMatch(/^tasks\[2\]\.config\.sql: .*COPY/);
  expect(await said('select origin, delay from flights')).toEqual([]);
  expect(await publish(ctx, 'p', {}, factSources)).toMatchObject({ version: 1 });
});

it('another workspace sees none of it', async () => {
  await expect(specTables(await makeContext('admin'), 'p', good)).rejects.toMatchObject({
    code: 'not_found',
  });
});
