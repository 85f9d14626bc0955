import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from './compile';
import { diffSpecs } from './diff';
import { applyEdit } from './edits';
import { hashSpec } from './hash';
import { parseSpecText, specToJson, specToYaml } from './portable';
import { specSchema } from './spec';
import { readSpec } from './upgrade';
import { validate } from './validate';

const fixture: unknown = JSON.parse(
  readFileSync(new URL('./fixtures/version-1.json', import.meta.url), 'utf8'),
);
const full = readSpec(fixture);

describe('a full spec of version 1', () => {
  it('is read as it was written, is valid and compiles', () => {
    expect(full).toEqual(fixture);
    expect(validate(full, {}).filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(specSchema.parse(full)).toEqual(fixture);
    expect(compile(full).tasks).toHaveLength(11);
  });

  it('survives YAML and JSON', () => {
    expect(parseSpecText(specToYaml(full))).toEqual(full);
    expect(parseSpecText(specToJson(full))).toEqual(full);
    expect(specToYaml(full)).toContain('sql: |-\n');
  });

  it('has a hash of its behaviour, whatever the order of keys and wherever its boxes stand', () => {
    const shuffled = readSpec(Object.fromEntries(Object.entries(fixture as object).reverse()));
    expect(hashSpec(shuffled)).toBe(hashSpec(full));
    expect(hashSpec(applyEdit(full, { type: 'moveNodes', positions: { late: { x: 5, y: 5 } } }))).toBe(
      hashSpec(full),
    );
    expect(
      hashSpec(applyEdit(full, { type: 'setSpecField', path: ['settings', 'lane'], value: 'backfill' })),
    ).not.toBe(hashSpec(full));
    expect(hashSpec(full)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('what is refused', () => {
  it.each([
    [
      'a newer version',
      '{"schemaVersion": 2, "tasks": []}',
      'This spec has schemaVersion 2, but this Penstock understands versions up to 1.',
    ],
    ['no object', '[]', 'A spec is a JSON object'],
    ['a broken file', '{"schemaVersion": 1, "tasks": [}', 'The file is neither JSON nor YAML: line 1'],
    ['tasks that are no list', 'tasks: hello', 'This is no pipeline spec: "tasks" is "hello". Give a list.'],
    ['an odd version', 'schemaVersion: one', 'schemaVersion is "one"'],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\ntasks: [*c,*c,*c,*c,*c,*c,*c,*c]`,
      'cannot be read',
    ],
  ])('%s', (_, text, sentence) => {
    expect(() => parseSpecText(text)).toThrow(sentence);
  });
});

describe('a diff', () => {
  it('names what a person changed', () => {
    const after = applyEdit(full, {
      type: 'all',
      edits: [
        { type: 'setTaskField', id: 'late', path: ['config', 'sql'], value: 'select 1' },
        { type: 'removeTasks', ids: ['tell'] },
        {
          type: 'addTasks',
          tasks: [{ id: 'extra', kind: 'empty', config: {} }],
          edges: [{ from: 'join', to: 'extra' }],
        },
        { type: 'setSpecField', path: ['params', 0, 'default'], value: 2 },
        { type: 'setSpecField', path: ['triggers', 1], value: undefined },
        { type: 'setSpecField', path: ['settings', 'lane'], value: 'backfill' },
      ],
    });
    const diff = diffSpecs(full, after);
    expect(diff.tasks.added).toEqual([{ taskId: 'extra', kind: 'empty' }]);
    expect(diff.tasks.removed).toEqual([{ taskId: 'tell', kind: 'notify' }]);
    expect(diff.tasks.changed).toEqual([
      {
        taskId: 'late',
        kind: 'sql',
        name: 'Late flights',
        fields: [
          {
            path: 'config.sql',
            before: expect.stringContaining('avg') as string,
            after: 'select 1',
            code: 'sql',
          },
        ],
      },
    ]);
    expect(diff.edges).toEqual({
      added: [{ from: 'join', to: 'extra' }],
      removed: [{ from: 'join', to: 'tell' }],
      changed: [],
    });
    expect(diff.params.changed).toEqual([
      { name: 'month', fields: [{ path: 'default', before: 1, after: 2 }] },
    ]);
    expect(diff.triggers).toEqual([
      { path: 'triggers[1]', before: { kind: 'dataset', any: ['raw'], on: 'version', onBackfill: false } },
    ]);
    expect(diff.settings).toEqual([{ path: 'lane', before: 'production', after: 'backfill' }]);
    expect(diff).toMatchObject({ unchanged: false, count: 8 });
  });

  it('of moved boxes is no change of behaviour', () => {
    const moved = applyEdit(full, { type: 'moveNodes', positions: { flights: { x: 9, y: 9 } } });
    expect(diffSpecs(full, moved)).toMatchObject({ unchanged: true, count: 0, layoutChanged: true });
  });
});
