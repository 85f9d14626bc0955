import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { bindSql } from '@/lib/core/expressions';
import { compile } from '../compile';
import { specSchema, type Spec } from '../spec';
import { validate } from '../validate';
import { findTemplate, TEMPLATES } from '.';

describe.each(TEMPLATES.map((template) => [template.name, template] as const))('%s', (_, template) => {
  it('has no problems where its needs are met', () => {
    const facts = {
      slug: template.key,
      files: template.needs.files ?? [],
      variables: template.needs.variables ?? [],
      datasets: [],
      channels: [],
      secrets: [],
      connections: [],
      pipelines: [],
    };
    expect(validate(template.spec, facts)).toEqual([]);
    expect(specSchema.parse(template.spec)).toEqual(template.spec);
  });

  it('names what is missing where they are not', () => {
    expect(validate(template.spec, { files: [], variables: [] }).length).toBeGreaterThan(0);
  });

  it('places every task on its own spot', () => {
    const spots = Object.values(template.spec.layout.nodes ?? {}).map((spot) => `${spot.x},${spot.y}`);
    expect(new Set(spots).size).toBe(template.spec.tasks.length);
    expect(compile(template.spec).tasks).toHaveLength(template.spec.tasks.length);
  });
});

/** Runs a template's SQL tasks over the real files, in plan order, with DuckDB alone. */
async function perform(
  spec: Spec,
  params: Record<string, number>,
  run: { intervalStart: string; intervalEnd: string } | null,
): Promise<(sql: string) => Promise<unknown[][]>> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const types = Object.fromEntries(spec.params.map((param) => [param.name, param.type]));
  for (const { taskId } of compile(spec).tasks) {
    const task = spec.tasks.find((each) => each.id === taskId);
    if (task?.kind === 'source') {
      const file = path.join('node_modules/vega-datasets/data', path.basename(task.config.path ?? ''));
      await connection.run(`create view "${taskId}" as select * from '${file}'`);
    }
    if (task?.kind !== 'sql') continue;
    const facts = {
      id: 'r',
      pipeline: 'p',
      version: 1,
      logicalDate: run?.intervalStart ?? null,
      intervalStart: run?.intervalStart ?? null,
      intervalEnd: run?.intervalEnd ?? null,
    };
    const { sql, values } = bindSql(task.config.sql, { params, paramTypes: types, run: facts });
    const text = values.reduce(
      (made, each) =>
        made.replace(
          `$${each.name}`,
          each.type === 'TIMESTAMP' ? `timestamp '${String(each.value)}'` : String(each.value),
        ),
      sql,
    );
    await connection.run(`create table "${taskId}" as ${text}`);
  }
  return async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
}

it('Flight delays gives the figures that the files hold', async () => {
  const template = findTemplate('flight-delays');
  const ask = await perform(template?.spec as Spec, { month: 3, late_minutes: 15 }, null);
  const direct =
    "from 'node_modules/vega-datasets/data/flights-3m.parquet' where month(date) = 3 and delay between -1440 and 1440 and distance > 0";
  expect(await ask('select sum(flights)::bigint from by_airport')).toEqual(
    await ask(`select count(*) ${direct}`),
  );
  expect(await ask('select sum(flights)::bigint from by_hour')).toEqual(
    await ask(`select count(*) ${direct}`),
  );
  expect(await ask("select avg_delay from by_airport where origin = 'ORD'")).toEqual(
    await ask(`select round(avg(delay), 2) ${direct} and origin = 'ORD'`),
  );
  expect(await ask("select count(*) from chart where panel = 'airport'")).toEqual([['20']]);
  expect(await ask('select count(*) from by_airport where airport is null')).toEqual([['0']]);
});

it('Seattle weather files one day by its interval', async () => {
  const ask = await perform(
    findTemplate('seattle-weather')?.spec as Spec,
    {},
    { intervalStart: '2012-01-02T00:00:00Z', intervalEnd: '2012-01-03T00:00:00Z' },
  );
  expect(await ask('select date, weather from day')).toEqual([['2012-01-02', 'rain']]);
  expect(await ask('select count(*), sum(days)::bigint from months')).toEqual([['48', '1461']]);
});

it('Delay training data has a row for each flight of the month', async () => {
  const ask = await perform(findTemplate('delay-training')?.spec as Spec, { month: 2 }, null);
  const direct = "from 'node_modules/vega-datasets/data/flights-3m.parquet' where month(date) = 2";
  expect(await ask('select count(*), sum(late)::bigint, min(weekday), max(weekday), min(hour), max(hour) from features')).toEqual(
    await ask(`select count(*), count(*) filter (delay > 15), 1::bigint, 7::bigint, 0::bigint, 23::bigint ${direct}`),
  );
});
