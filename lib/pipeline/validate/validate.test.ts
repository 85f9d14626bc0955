import { describe, expect, it } from 'vitest';
import { compile } from '../compile';
import { draftSpecSchema, specSchema, type DraftSpec } from '../spec';
import { blocks, validate } from '.';
import { type Facts } from './facts';

const draft = (parts: object): DraftSpec => draftSpecSchema.parse({ schemaVersion: 1, ...parts });
const sql = (id: string, text = 'select 1', rest: object = {}) => ({
  id,
  kind: 'sql',
  config: { sql: text },
  ...rest,
});
const source = (id: string, rest: object = {}) => ({
  id,
  kind: 'source',
  config: { path: 'a.csv' },
  ...rest,
});
const edges = (...pairs: string[]) =>
  pairs.map((pair) => ({ from: pair.split('>')[0], to: pair.split('>')[1] }));

/** The problems as "path: message". */
const say = (parts: object, facts: Facts = {}) =>
  validate(draft(parts), facts).map((problem) => `${problem.path}: ${problem.message}`);

const contractExample = {
  params: [{ name: 'month', type: 'integer', default: 1, minimum: 1, maximum: 12, description: '…' }],
  tasks: [
    { id: 'flights', kind: 'source', config: { path: 'demo/flights-3m.parquet' } },
    {
      id: 'late',
      kind: 'sql',
      name: 'Late flights',
      config: {
        sql: 'select origin, avg(delay) as delay from flights where month(date) = {{ params.month }} group by 1',
      },
      writes: 'late_flights',
      triggerRule: 'all_success',
      retry: { count: 2, delaySeconds: 10, factor: 2, maxDelaySeconds: 600 },
      timeoutSeconds: 300,
    },
  ],
  edges: [{ from: 'flights', to: 'late' }],
  triggers: [],
  settings: {},
  layout: {},
};

it('a right spec has no problems and passes the strict schema', () => {
  expect(say(contractExample)).toEqual([]);
  expect(specSchema.safeParse(draft(contractExample)).success).toBe(true);
});

describe('stalls', () => {
  const task = (more: object) => ({ tasks: [{ id: 'a', kind: 'shell', config: { command: 'x' }, ...more }] });
  it.each<[string, object, string[]]>([
    ['told after a while', task({ stalled: { afterSeconds: 60, then: 'alert' } }), []],
    ['tried again', task({ stalled: { then: 'retry' }, retry: { count: 1 } }), []],
    ['tried again without retries', task({ stalled: { then: 'retry' } }), ['tasks[0].stalled.then: It is to be ended and tried again when it stalls, but it has no retries: a stall fails it. Give it retries, or choose to be told only.']],
    ['later than its time limit', task({ stalled: { afterSeconds: 60 }, timeoutSeconds: 60 }), ['tasks[0].stalled.afterSeconds: Its time limit of 60 s ends it before it can be called stalled. Make "Stalled after" shorter than that.']],
    ['a kind that never stalls', { tasks: [{ id: 'a', kind: 'empty', config: {}, stalled: { afterSeconds: 5 } }] }, ['tasks[0].stalled: A task of kind empty never stalls, so "Stalled after" does nothing here.']],
    ['no time at all', task({ stalled: { afterSeconds: 0 } }), ['tasks[0].stalled.afterSeconds: Give a number of seconds above 0.']],
  ])('%s', (_, parts, expected) => {
    expect(say(parts)).toEqual(expected);
  });

  it('names the choices when it is given another', () => {
    expect(say(task({ stalled: { then: 'shout' } }))[0]).toMatch(/^tasks\[0\]\.stalled\.then: .*alert.*retry/);
  });
});

describe('structure', () => {
  it.each<[string, object, string]>([
    [
      'an unknown field',
      { tasks: [sql('a', 'select 1', { retrys: {} })] },
      'tasks[0].retrys: There is no field "retrys" here. Did you mean "retry"?',
    ],
    [
      'an unknown field of a config',
      { tasks: [{ id: 'a', kind: 'sql', config: { sql: 'select 1', Sql: '' } }] },
      'tasks[0].config.Sql: There is no field "Sql" here. Did you mean "sql"?',
    ],
    [
      'an unknown field of retry',
      { tasks: [sql('a', 'select 1', { retry: { counts: 1 } })] },
      'tasks[0].retry.counts: There is no field "counts" here. Did you mean "count"?',
    ],
    [
      'an unknown field at the top',
      { tasks: [sql('a')], param: [] },
      'param: There is no field "param" here. Did you mean "params"?',
    ],
    [
      'an unknown kind',
      { tasks: [{ id: 'a', kind: 'sqll' }] },
      'tasks[0].kind: There is no kind of task "sqll". Did you mean "sql"? Known kinds are source, sql, python, shell, http, check, branch, empty, subpipeline, sensor, approval, notify.',
    ],
    [
      'a missing field',
      { tasks: [{ id: 'a', kind: 'sql' }] },
      'tasks[0].config.sql: "sql" is missing. Give a text.',
    ],
    ['an empty statement', { tasks: [sql('a', ' ')] }, 'tasks[0].config.sql: Write a SQL statement.'],
    [
      'a wrong type',
      { tasks: [sql('a', 'select 1', { timeoutSeconds: 'x' })] },
      'tasks[0].timeoutSeconds: "timeoutSeconds" is "x". Give a number.',
    ],
    [
      'a number out of range',
      { tasks: [sql('a', 'select 1', { poolSlots: 0 })] },
      'tasks[0].poolSlots: "poolSlots" is 0, but must be at least 1.',
    ],
    [
      'a wrong word',
      { tasks: [sql('a', 'select 1', { triggerRule: 'all_sucess' })] },
      'tasks[0].triggerRule: "triggerRule" is "all_sucess", but only all_success, all_failed, all_done, all_done_min_one_success, all_skipped, one_success, one_failed, one_done, none_failed, none_failed_min_one_success, none_skipped, always are possible. Did you mean "all_success"?',
    ],
    [
      'a bad id',
      { tasks: [sql('A b')] },
      'tasks[0].id: An id starts with a small letter and has only small letters, digits and _ (at most 63).',
    ],
    [
      'a source of nothing',
      { tasks: [{ id: 'a', kind: 'source', config: {} }] },
      'tasks[0].config.path: Choose where the data comes from: a file, an address, a dataset or a connection.',
    ],
    [
      'a source of two things',
      { tasks: [{ id: 'a', kind: 'source', config: { path: 'x', url: 'https://x.y' } }] },
      'tasks[0].config.url: A source reads one thing, but path and url are given. Keep one of them.',
    ],
    [
      'a wrong check',
      {
        tasks: [source('s'), { id: 'c', kind: 'check', config: { checks: [{ type: 'rowcount' }] } }],
        edges: edges('s>c'),
      },
      'tasks[1].config.checks[0].type: "type" is "rowcount", but only schema, row_count, not_null, unique, range, accepted_values, referential, freshness, sql are possible. Did you mean "row_count"?',
    ],
    [
      'a wrong write',
      { tasks: [sql('a', 'select 1', { writes: { dataset: 'x', mod: 'append' } })] },
      'tasks[0].writes.mod: There is no field "mod" here. Did you mean "mode"?',
    ],
    ['no tasks', {}, 'tasks: A pipeline needs at least one task.'],
    [
      'a wrong setting',
      { tasks: [sql('a')], settings: { lane: 'fast' } },
      'settings.lane: "lane" is "fast", but only interactive, production, backfill, exploratory are possible.',
    ],
    [
      'a newer version',
      { schemaVersion: 7, tasks: [sql('a')] },
      'schemaVersion: This product writes schemaVersion 1, not 7.',
    ],
  ])('%s is named', (_, parts, problem) => {
    expect(say(parts)).toContain(problem);
    expect(specSchema.safeParse(draft(parts)).success).toBe('tasks' in parts ? false : true);
  });
});

describe('graph', () => {
  it.each<[string, object, string]>([
    [
      'a cycle',
      { tasks: [sql('a'), sql('b'), sql('c')], edges: edges('a>b', 'b>c', 'c>a') },
      'edges[2]: The tasks a → b → c → a wait for each other in a circle. Remove one of these edges.',
    ],
    [
      'a loop',
      { tasks: [sql('a')], edges: edges('a>a') },
      'edges[0]: "a" cannot wait for itself. Remove this edge.',
    ],
    [
      'an edge to nowhere',
      { tasks: [sql('late')], edges: edges('late>lates') },
      'edges[0].to: There is no task "lates". Did you mean "late"?',
    ],
    [
      'a double edge',
      { tasks: [sql('a'), sql('b')], edges: edges('a>b', 'a>b') },
      'edges[1]: "a" and "b" are connected twice. Remove one of the edges.',
    ],
    [
      'a double id',
      { tasks: [sql('a'), sql('a')] },
      'tasks[1].id: Two tasks have the id "a". Give one of them another id.',
    ],
    [
      'a double name',
      { tasks: [sql('a', 'select 1', { name: 'X' }), sql('b', 'select 1', { name: 'X' })] },
      'tasks[1].name: Two tasks are called "X", so lists and logs cannot tell them apart by name.',
    ],
    [
      'two tables of one name',
      {
        tasks: [source('a'), source('b'), sql('c')],
        edges: [
          { from: 'a', to: 'c' },
          { from: 'b', to: 'c', as: 'a' },
        ],
      },
      'edges[1].as: Two tables called "a" reach "c": from "a" and from "b". Give one edge another name with "as".',
    ],
    [
      'a table and a dataset of one name',
      { tasks: [source('a'), sql('c', 'select 1', { reads: ['a'] })], edges: edges('a>c') },
      'tasks[1].reads[0]: A table called "a" already reaches "c" from "a". Give the dataset another name with "as".',
    ],
    [
      'reading what is written here',
      { tasks: [sql('w', 'select 1', { writes: 'd' }), sql('r', 'select 1', { reads: ['d'] })] },
      'tasks[1].reads[0]: "r" reads "d", which "w" of this pipeline writes, but no edge leads from one to the other. Connect them, so that the order is certain.',
    ],
    [
      'a check of nothing',
      { tasks: [{ id: 'c', kind: 'check', config: { checks: [{ type: 'row_count', min: 1 }] } }] },
      'tasks[0].config.checks: No table reaches "c". Connect the task whose table it should check.',
    ],
    [
      'writing from a transparent task',
      { tasks: [{ id: 'e', kind: 'empty', writes: 'd' }] },
      'tasks[0].writes: "e" makes no table of its own, so it cannot write "d". Set it at the task that makes the table.',
    ],
  ])('%s is a problem', (_, parts, problem) => {
    expect(say(parts)).toContain(problem);
  });

  it('one table that comes by two ways is no clash, and transparent tasks pass names on', () => {
    const check = { id: 'c', kind: 'check', config: { checks: [{ type: 'row_count', min: 1 }] } };
    expect(
      say({ tasks: [source('s'), check, sql('q', 'select * from s')], edges: edges('s>c', 'c>q', 's>q') }),
    ).toEqual([]);
    expect(
      say({
        tasks: [sql('w', 'select 1', { writes: 'd' }), sql('r', 'select 1', { reads: ['d'] })],
        edges: edges('w>r'),
      }),
    ).toEqual([]);
    expect(
      say({
        tasks: [source('s', { id: 's' }), source('t'), sql('q')],
        edges: [
          { from: 's', to: 'q' },
          { from: 't', to: 'q', as: 's', data: false },
        ],
      }),
    ).toEqual([]);
  });
});

describe('expressions', () => {
  const up = (task: object) => ({
    params: [{ name: 'month', type: 'integer', default: 1 }],
    tasks: [source('s'), { id: 'mid', kind: 'empty' }, task],
    edges: edges('s>mid', 'mid>t'),
  });
  it.each<[string, object, string | null]>([
    ['a value in SQL', sql('t', 'select {{ params.month }}'), null],
    [
      'a value in a literal',
      sql('t', "select '{{ params.month }}%'"),
      "tasks[2].config.sql: {{ params.month }} stands inside a text literal, where it would not be replaced. Write: ({{ params.month }} || '%')",
    ],
    [
      'a value in a CREATE',
      sql('t', 'create table x as select {{ params.month }} as m; select * from x'),
      'tasks[2].config.sql: {{ params.month }} stands inside a CREATE, which takes no values. Write: with x as (select {{ params.month }} as m) select …',
    ],
    [
      'an unknown param',
      sql('t', 'select {{ params.mouth }}'),
      'tasks[2].config.sql: There is no param "mouth" in this pipeline. Params: month.',
    ],
    [
      'a secret in SQL',
      sql('t', 'select {{ secrets.key }}'),
      'tasks[2].config.sql: A secret may not stand here. Secrets are for the headers, body and sign-in of HTTP, for shell, notify and connections.',
    ],
    [
      'a secret in a header',
      {
        id: 't',
        kind: 'http',
        config: { method: 'GET', url: 'https://x.y', headers: { 'X-Key': '{{ secrets.key }}' } },
      },
      null,
    ],
    [
      'a secret in an address',
      { id: 't', kind: 'http', config: { method: 'GET', url: 'https://x.y/{{ secrets.key }}' } },
      'tasks[2].config.url: A secret may not stand here. Secrets are for the headers, body and sign-in of HTTP, for shell, notify and connections.',
    ],
    [
      'an unknown secret',
      { id: 't', kind: 'shell', config: { command: 'echo {{ secrets.kee }}' } },
      'tasks[2].config.command: There is no secret "kee" in this workspace. Did you mean "key"? Add it under Settings, Secrets.',
    ],
    [
      'a value in single quotes',
      { id: 't', kind: 'shell', config: { command: "echo '{{ params.month }}'" } },
      'tasks[2].config.command: {{ params.month }} stands inside single quotes, where the shell replaces nothing. Use double quotes: "{{ params.month }}"',
    ],
    [
      'a value in Python',
      { id: 't', kind: 'python', config: { script: 'x = {{ params.month }}' } },
      'tasks[2].config.script: {{ params.month }} is not replaced in a Python script. Write: params["month"], with "from penstock import params".',
    ],
    ['braces of an f-string', { id: 't', kind: 'python', config: { script: 'print(f"{{x}} {1}")' } }, null],
    ['a condition on a direct upstream', sql('t', 'select 1', { when: 'tasks.mid.succeeded' }), null],
    [
      'a condition on a far upstream',
      sql('t', 'select 1', { when: 'tasks.s.succeeded' }),
      'tasks[2].when: "when" sees only the tasks directly before "t", and "s" is not one of them. Connect "s" to "t".',
    ],
    [
      'a condition that is a number',
      sql('t', 'select 1', { when: 'params.month' }),
      'tasks[2].when: The expression "params.month" gives a whole number, but true or false is needed.',
    ],
    [
      'a condition in braces',
      sql('t', 'select 1', { when: '{{ tasks.mid.failed }}' }),
      'tasks[2].when: Write the expression without {{ and }} here: tasks.mid.failed',
    ],
    ['the output of a far upstream in a text', sql('t', 'select {{ tasks.s.output.rows }}'), null],
    [
      'the output of oneself',
      sql('t', 'select {{ tasks.t.output.rows }}'),
      'tasks[2].config.sql: "t" does not come before "t", so its result is not known there. Connect "t" to "t".',
    ],
    [
      'an item without map',
      sql('t', 'select {{ item }}'),
      'tasks[2].config.sql: The expression "item" does not work: Unknown variable: item. Known names are params, vars, run, tasks, item, secrets.',
    ],
    ['an item with map', sql('t', 'select {{ item.x }}', { map: { over: '[1, 2]' } }), null],
    [
      'a map over a number',
      sql('t', 'select 1', { map: { over: 'params.month' } }),
      'tasks[2].map.over: The expression "params.month" gives a whole number, but a list is needed.',
    ],
    [
      'an unclosed brace',
      sql('t', 'select {{ params.month'),
      'tasks[2].config.sql: "{{ params.month" opens an expression with {{ that is never closed with }}.',
    ],
    [
      'a syntax error',
      sql('t', 'select {{ params.month + }}'),
      'tasks[2].config.sql: The expression "params.month +" cannot be read: it ends too early.',
    ],
  ])('%s', (_, task, problem) => {
    expect(say(up(task), { secrets: ['key'] })).toEqual(problem === null ? [] : [problem]);
  });
});

describe('what a spec names outside itself', () => {
  const facts: Facts = {
    slug: 'me',
    channels: ['ops'],
    files: ['demo/a.csv', 'in/x.csv'],
    datasets: ['daily'],
    variables: ['base'],
    pipelines: [
      { slug: 'child', params: [{ name: 'day' }], calls: [] },
      { slug: 'back', params: [], calls: ['me'] },
    ],
    sql: { bad: [{ message: 'Column "delai" is not there. Did you mean "delay"?' }] },
  };
  it.each<[string, object, string | null]>([
    [
      'file',
      { tasks: [source('a')] },
      'tasks[0].config.path: There is no file "a.csv" in this workspace\'s files. Upload it first.',
    ],
    ['file by pattern', { tasks: [{ id: 'a', kind: 'source', config: { path: 'in/*.csv' } }] }, null],
    [
      'file outside',
      { tasks: [{ id: 'a', kind: 'source', config: { path: '../x.csv' } }] },
      'tasks[0].config.path: "../x.csv" leaves the workspace\'s files. Give a path inside them, without a leading / and without "..".',
    ],
    [
      'channel',
      { tasks: [{ id: 'n', kind: 'notify', config: { channel: 'opps', message: 'x' } }] },
      'tasks[0].config.channel: There is no channel "opps" in this workspace. Did you mean "ops"? Add it under Settings, Channels.',
    ],
    [
      'itself',
      { tasks: [{ id: 'p', kind: 'subpipeline', config: { pipeline: 'me' } }] },
      'tasks[0].config.pipeline: A pipeline cannot run itself as a subpipeline: it would never end.',
    ],
    [
      'a circle of pipelines',
      { tasks: [{ id: 'p', kind: 'subpipeline', config: { pipeline: 'back' } }] },
      'tasks[0].config.pipeline: The pipelines me → back → me run each other in a circle: that would never end.',
    ],
    [
      'a needed param',
      { tasks: [{ id: 'p', kind: 'subpipeline', config: { pipeline: 'child' } }] },
      'tasks[0].config.params: "child" needs a value for its param "day".',
    ],
    [
      'an unknown pipeline',
      { tasks: [{ id: 'p', kind: 'subpipeline', config: { pipeline: 'chid' } }] },
      'tasks[0].config.pipeline: There is no published pipeline "chid" in this workspace. Did you mean "child"?',
    ],
    [
      'a variable',
      { tasks: [{ id: 'h', kind: 'http', config: { method: 'GET', url: '{{ vars.bas }}/x' } }] },
      'tasks[0].config.url: There is no variable "bas" in this workspace. Did you mean "base"? Add it under Settings, Variables.',
    ],
    [
      'a dataset',
      { tasks: [sql('r', 'select 1', { reads: ['dayly'] })] },
      'tasks[0].reads[0]: There is no dataset "dayly" yet, and no task here writes it. Did you mean "daily"?',
    ],
    [
      'a column',
      { tasks: [sql('bad', 'select delai')] },
      'tasks[0].config.sql: Column "delai" is not there. Did you mean "delay"?',
    ],
    [
      'an address',
      { tasks: [{ id: 'h', kind: 'http', config: { method: 'GET', url: 'file:///etc/passwd' } }] },
      'tasks[0].config.url: "file:///etc/passwd" is no web address. It must start with http:// or https://.',
    ],
    [
      'a branch’s task',
      {
        tasks: [
          source('s', { config: { path: 'demo/a.csv' } }),
          { id: 'b', kind: 'branch', config: { cases: [{ if: 'true', take: ['t'] }] } },
          sql('t'),
        ],
        edges: edges('s>b'),
      },
      'tasks[1].config.cases[0].take[0]: A branch can only take tasks directly behind it, and no edge leads from "b" to "t". Connect them.',
    ],
    [
      'a cron',
      { tasks: [sql('a')], triggers: [{ kind: 'schedule', cron: '0 25 * * *' }] },
      'triggers[0].cron: The cron expression "0 25 * * *" cannot be read: ',
    ],
    [
      'a cron with six fields',
      { tasks: [sql('a')], triggers: [{ kind: 'schedule', cron: '0 0 6 * * *' }] },
      'triggers[0].cron: The cron expression "0 0 6 * * *" has 6 fields, but needs five',
    ],
    [
      'a cron that never fires',
      { tasks: [sql('a')], triggers: [{ kind: 'schedule', cron: '0 0 30 2 *' }] },
      'triggers[0].cron: The cron expression "0 0 30 2 *" never fires.',
    ],
    [
      'a zone',
      { tasks: [sql('a')], triggers: [{ kind: 'schedule', cron: '0 6 * * *', zone: 'Europe/Berln' }] },
      'triggers[0].zone: There is no time zone "Europe/Berln". Use a name like Europe/Berlin or UTC.',
    ],
    [
      'both cron and every',
      { tasks: [sql('a')], triggers: [{ kind: 'schedule', cron: '0 6 * * *', every: 'P1D' }] },
      'triggers[0].cron: A schedule needs either cron or every, and not both.',
    ],
    [
      'a good schedule',
      {
        tasks: [sql('a')],
        triggers: [
          {
            kind: 'schedule',
            every: 'PT15M',
            zone: 'Asia/Kolkata',
            catchup: false,
            overlap: 'skip',
            enabled: false,
          },
        ],
      },
      null,
    ],
  ])('%s', (_, parts, problem) => {
    const said = say(parts, facts);
    if (problem === null) expect(said).toEqual([]);
    else expect(said.some((each) => each.startsWith(problem)), said.join('\n')).toBe(true); // prettier-ignore
  });

  it('is not judged without the facts', () => {
    expect(
      say({ tasks: [source('a'), { id: 'n', kind: 'notify', config: { channel: 'x', message: 'y' } }] }),
    ).toEqual([]);
  });
});

describe('params', () => {
  it.each<[object, string]>([
    [
      { name: 'm', type: 'integer', default: 13, maximum: 12 },
      'params[0].default: The default of "m" is 13, but the greatest value is 12.',
    ],
    [
      { name: 'm', type: 'integer', default: 1.5 },
      'params[0].default: The default of "m" is 1.5, but it must be a whole number.',
    ],
    [
      { name: 'm', type: 'date', default: '2001-02-30' },
      'params[0].default: The default of "m" is "2001-02-30", but it must be a date like 2001-04-18.',
    ],
    [
      { name: 'm', type: 'integer', minimum: 5, maximum: 1 },
      'params[0].minimum: The least value 5 is above the greatest value 1.',
    ],
    [
      { name: 'm', type: 'int' },
      'params[0].type: "type" is "int", but only string, integer, number, boolean, date, datetime, json are possible. Did you mean "integer"?',
    ],
    [
      { name: 'm', type: 'string', default: 'c', enum: ['a', 'b'] },
      'params[0].default: The default of "m" is "c", but only a, b are possible.',
    ],
    [{ name: 'm', type: 'integer', enum: [1, 'b'] }, 'params[0].enum[1]: The possible value "b" of "m" must be a whole number.'],
    [{ name: 'm', type: 'string', minimum: 1 }, 'params[0].minimum: Only numbers have a minimum, but "m" is of type string. Remove it.'],
    [{ name: 'm', type: 'boolean', pattern: 'a+' }, 'params[0].pattern: Only texts have a pattern, but "m" is of type boolean. Remove it.'],
  ])('%j', (param, problem) => {
    expect(say({ params: [param], tasks: [sql('a')] })).toEqual([problem]);
  });

  it('of one name are refused', () => {
    const param = { name: 'm', type: 'integer' };
    expect(say({ params: [param, param], tasks: [sql('a')] })).toEqual([
      'params[1].name: Two params are called "m". Give one of them another name.',
    ]);
  });
});

it('a pipeline of 1,000 tasks is validated and compiled within 50 ms', () => {
  const make = () =>
    draft({
      params: [{ name: 'month', type: 'integer', default: 1 }],
      tasks: Array.from({ length: 1000 }, (_, i) =>
        i === 0
          ? source('t0')
          : sql(
              `t${i}`,
              `select * from t${i - 1} where m = {{ params.month }}`,
              i % 10 === 0 ? { when: `tasks.t${i - 1}.succeeded` } : {},
            ),
      ),
      edges: Array.from({ length: 999 }, (_, i) => ({ from: `t${i}`, to: `t${i + 1}` })).concat(
        Array.from({ length: 400 }, (_, i) => ({ from: `t${i}`, to: `t${i + 500}` })),
      ),
    });
  const times = Array.from({ length: 15 }, () => {
    const spec = make();
    const start = process.cpuUsage();
    const problems = validate(spec, {});
    compile(spec);
    const used = process.cpuUsage(start);
    expect(blocks(problems)).toBe(false);
    return (used.user + used.system) / 1000;
  });
  // processor time of the best run: other work on the machine is no part of it
  expect(Math.min(...times)).toBeLessThan(50);
});
