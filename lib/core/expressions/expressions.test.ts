import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bindShell,
  bindSql,
  checker,
  evaluate,
  evaluateCondition,
  expressionReads,
  findTemplates,
  formatTime,
  renderBody,
  renderHeader,
  renderJson,
  renderText,
  renderUrl,
  shellPlacements,
  sqlPlacements,
  toJson,
  type Scope,
} from '.';

const scope: Scope = {
  params: {
    month: 3,
    rate: 2,
    city: "O'Hare; rm -rf $HOME",
    day: '2001-04-18',
    at: '2001-04-18T06:00:00Z',
    on: true,
    list: [1, 2],
  },
  paramTypes: {
    month: 'integer',
    rate: 'number',
    city: 'string',
    day: 'date',
    at: 'datetime',
    on: 'boolean',
    list: 'json',
  },
  vars: { base: 'http://127.0.0.1:9' },
  run: {
    id: 'r1',
    pipeline: 'p',
    version: 2,
    logicalDate: '2001-01-01T00:00:00Z',
    intervalStart: '2001-01-01T00:00:00Z',
    intervalEnd: null,
  },
  tasks: {
    a: {
      state: 'succeeded',
      succeeded: true,
      failed: false,
      skipped: false,
      output: { rows: 12, share: 0.5, names: ['x'] },
    },
  },
  secrets: { key: 's3cret' },
};
const of = (expression: string) => toJson(evaluate(expression, scope));

describe('an expression', () => {
  it.each([
    ['params.month + 1', 4],
    ['params.month / 2', 1],
    ['params.month * 1.5', 4.5],
    ['params.rate / 4', 0.5],
    ['params.month == 3.0', true],
    ['1 + 1.5 > 2', true],
    ['tasks.a.output.rows > 10 && tasks.a.succeeded', true],
    ['tasks.a.output.rows * 2', 24],
    ['tasks.a.output.share * 2', 1],
    ['size(tasks.a.output.names)', 1],
    ['params.list.map(x, x * 2)', [2, 4]],
    ['run.intervalEnd == null', true],
    ['format(run.intervalStart, "yyyy-MM-dd", "America/New_York")', '2000-12-31'],
    ['format(run.intervalStart, "%Y/%m/%d %H:%M", "Asia/Kolkata")', '2001/01/01 05:30'],
    ['format(params.day, "d MMM yyyy")', '18 Apr 2001'],
    ['run.intervalStart + duration("24h")', '2001-01-02T00:00:00Z'],
    ['params.on ? "yes" : "no"', 'yes'],
  ])('computes %s', (expression, value) => {
    expect(of(expression)).toEqual(value);
  });

  it('says in a sentence what does not work', () => {
    expect(() => evaluate('1 +', scope)).toThrow('The expression "1 +" cannot be read: it ends too early.');
    expect(() => evaluate('params.nope', scope)).toThrow('No such key: nope');
    expect(() => evaluateCondition('params.month', scope)).toThrow('gave 3, but true or false is needed');
  });

  it('is type-checked against what the pipeline declares', () => {
    const check = checker({
      params: { month: 'integer', city: 'string' },
      tasks: ['a'],
      secrets: ['key'],
      vars: ['base'],
    });
    expect(check('params.month + 1')).toBeNull();
    expect(check('tasks.a.output.rows > params.month', 'bool')).toBeNull();
    expect(check('params.month', 'bool')?.message).toContain(
      'gives a whole number, but true or false is needed',
    );
    expect(check('params.mnth > 1')?.message).toBe(
      'There is no param "mnth" in this pipeline. Params: month, city.',
    );
    expect(check('tasks.b.succeeded')?.message).toBe('There is no task "b" in this pipeline.');
    expect(check('tasks.a.succeded')?.message).toContain('No such key: succeded');
    expect(check('secrets.other')?.message).toContain('There is no secret "other"');
    expect(check('params.city + 1')?.message).toContain('Put string(…) around the number');
    expect(check('nothing')?.message).toContain('Known names are params, vars, run, tasks, item, secrets');
    expect(check('item.x')).not.toBeNull();
  });

  it('tells what it reads', () => {
    expect(expressionReads('tasks.a.succeeded && tasks["b"].failed')).toMatchObject({
      taskIds: ['a', 'b'],
      readsOutput: false,
    });
    expect(expressionReads('tasks.a.output.rows > params.month')).toMatchObject({
      taskIds: ['a'],
      readsOutput: true,
      params: ['month'],
    });
    expect(expressionReads('[1].exists(i, i > params.month && secrets.key != vars.base)')).toMatchObject({
      params: ['month'],
      secrets: ['key'],
      vars: ['base'],
    });
  });
});

describe('templates', () => {
  it('are found although the expression has braces and quotes', () => {
    expect(findTemplates('a {{ {"x": 1}.x }} b {{ "}}" }}').map((each) => each.expression)).toEqual([
      '{"x": 1}.x',
      '"}}"',
    ]);
    expect(() => findTemplates('a {{ b')).toThrow('never closed');
  });

  it('that need an interval are refused in a run without one', () => {
    expect(() => renderText('until {{ run.intervalEnd }}', scope)).toThrow('This run has no data interval');
    expect(() => bindSql('select {{ format(run.intervalEnd, "yyyy") }}', scope)).toThrow(
      'This run has no data interval',
    );
    expect(renderText('{{ run.intervalEnd == null }}', scope)).toBe('true');
  });

  it('fill texts, addresses, headers and bodies without adding structure', () => {
    expect(renderText('{{ params.month }} of {{ run.intervalStart }}', scope)).toBe(
      '3 of 2001-01-01T00:00:00Z',
    );
    expect(renderUrl('{{ vars.base }}/x/{{ params.city }}', scope)).toBe(
      "http://127.0.0.1:9/x/O'Hare%3B%20rm%20-rf%20%24HOME",
    );
    expect(() => renderHeader('{{ "a\\nb" }}', scope)).toThrow('line break');
    expect(renderJson({ m: '{{ params.month }}', t: 'm {{ params.month }}' }, scope)).toEqual({
      m: 3,
      t: 'm 3',
    });
    expect(JSON.parse(renderBody('{"a": "x{{ "\\"}" }}", "b": {{ params.list }}}', scope))).toEqual({
      a: 'x"}',
      b: [1, 2],
    });
  });
});

describe('in SQL', () => {
  it('types follow the declared params', () => {
    const { sql, values } = bindSql(
      'select {{ params.month }}, {{ params.rate }}, {{ params.city }}, {{ params.day }}, {{ params.at }}, {{ params.on }}, {{ null }}',
      scope,
    );
    expect(sql).toBe(
      'select $penstock_1, $penstock_2, $penstock_3, $penstock_4, $penstock_5, $penstock_6, $penstock_7',
    );
    expect(values.map((each) => [each.type, each.value])).toEqual([
      ['BIGINT', 3n],
      ['DOUBLE', 2],
      ['VARCHAR', scope.params?.city],
      ['DATE', '2001-04-18'],
      ['TIMESTAMP', '2001-04-18 06:00:00.000'],
      ['BOOLEAN', true],
      ['NULL', null],
    ]);
  });

  it.each([
    ["select * from t where a like '%{{ params.city }}%'", "('%' || {{ params.city }} || '%')"],
    ["select '{{ params.city }}'", '{{ params.city }}'],
    ["select 'it''s {{ params.city }}'", "('it''s ' || {{ params.city }})"],
    ['select $$a {{ params.city }}$$', '($$a $$ || {{ params.city }})'],
    [
      'create table late as select * from f where m = {{ params.month }}',
      'with late as (select * from f where m = {{ params.month }}) select …',
    ],
    [
      '-- first\nselect 1; CREATE OR REPLACE VIEW v AS select {{ params.month }}',
      'with v as (select {{ params.month }}) select …',
    ],
  ])('a misplaced value in %s is shown corrected', (sql, corrected) => {
    expect(sqlPlacements(sql)[0]?.corrected).toBe(corrected);
    expect(() => bindSql(sql, scope)).toThrow();
  });

  it('quotes inside an expression do not confuse it, comments are left alone, names cannot be values', () => {
    expect(bindSql("select {{ \"it's\" }}, 'x' -- {{ params.city }}", scope).sql).toBe(
      "select $penstock_1, 'x' -- {{ params.city }}",
    );
    expect(sqlPlacements('select "{{ params.city }}" from t')[0]?.message).toContain('cannot be the name');
  });
});

describe('in shell', () => {
  const run = (command: string, value: string) => {
    const bound = bindShell(command, { params: { v: value }, paramTypes: { v: 'string' } });
    return execFileSync('sh', ['-c', bound.command], {
      env: { ...process.env, ...bound.env },
      encoding: 'utf8',
    });
  };

  it('a value is a quoted environment variable', () => {
    expect(bindShell('echo {{ params.city }} "{{ params.month }}"', scope)).toEqual({
      command: 'echo "${PENSTOCK_VALUE_1}" "${PENSTOCK_VALUE_2}"',
      env: { PENSTOCK_VALUE_1: scope.params?.city, PENSTOCK_VALUE_2: '3' },
    });
  });

  it.each([
    "echo '{{ params.v }}'",
    "cat <<'END'\n{{ params.v }}\nEND",
    "echo $'{{ params.v }}'",
    'echo $(( {{ params.v }} ))',
    'sh -c "echo {{ params.v }}"',
    'eval {{ params.v }}',
    'python3 -c "print({{ params.v }})"',
  ])(
    // prettier-ignore
    'it is refused in %s',
    (command) => {
      expect(shellPlacements(command)).toHaveLength(1);
      expect(() => bindShell(command, { params: { v: 'x' } })).toThrow();
    },
  );

  it('every value arrives as it is, wherever it may stand', () => {
    const places = [
      'printf %s {{ params.v }}',
      'printf %s "{{ params.v }}"',
      'printf %s "$(printf %s {{ params.v }}x)"',
      'cat <<END\n{{ params.v }}\nEND',
      "printf %s 'a'{{ params.v }} # {{ it's",
    ];
    const awkward = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '$(touch /tmp/x)',
        '`id`',
        '"; id; "',
        "' ; id ; '",
        '\\',
        '$HOME',
        '-n',
        '*',
        '\nEND\nid',
      ),
    );
    fc.assert(
      fc.property(
        awkward.filter((value) => !value.includes('\0')),
        fc.nat(places.length - 2),
        (value, at) => {
          const seen = run(places[at] ?? '', value);
          expect(seen).toBe(at === 2 ? `${value}x` : at === 3 ? `${value}\n` : value);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('formatTime', () => {
  it('knows zones, quotes and offsets', () => {
    const time = new Date('2026-03-29T01:30:00Z');
    expect(formatTime(time, "yyyy-MM-dd'T'HH:mm:ssXXX", 'Europe/Berlin')).toBe('2026-03-29T03:30:00+02:00');
    expect(formatTime(time, 'EEE, d MMM yyyy h:mm a', 'America/New_York')).toBe('Sat, 28 Mar 2026 9:30 PM');
    expect(() => formatTime(time, 'yyyy-QQ')).toThrow('letter Q');
    expect(() => formatTime(time, 'yyyy', 'Mars/Base')).toThrow();
  });
});
