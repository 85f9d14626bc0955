import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseParams, readSpecFile, slugOf } from './spec-file';

const file = (name: string, text: string) => {
  const full = path.join(mkdtempSync(path.join(os.tmpdir(), 'penstock-spec-')), name);
  writeFileSync(full, text);
  return full;
};

test('a spec is read from JSON and from YAML', () => {
  expect(readSpecFile(file('a.json', '{"schemaVersion":1,"tasks":[]}'))).toEqual({ schemaVersion: 1, tasks: [] });
  expect(readSpecFile(file('a.yaml', 'schemaVersion: 1\ntasks: []\n'))).toEqual({ schemaVersion: 1, tasks: [] });
});

test('a file that is neither, or no object, or missing is refused with a sentence', () => {
  expect(() => readSpecFile(file('a.yaml', 'tasks: [1,'))).toThrow(/is neither JSON nor YAML/);
  expect(() => readSpecFile(file('a.yaml', '- 1'))).toThrow(/holds no spec/);
  expect(() => readSpecFile('/nowhere/a.yaml')).toThrow(/cannot be read/);
});

test('the slug is the one given, or the file name', () => {
  expect(slugOf('/x/Late flights.yaml', undefined)).toBe('late-flights');
  expect(slugOf('/x/a.json', 'other')).toBe('other');
  expect(() => slugOf('/x/ä.json', undefined)).toThrow(/--slug/);
});

test('params take the declared type, and otherwise what they look like', () => {
  const declared = [
    { name: 'code', type: 'string' },
    { name: 'month', type: 'integer' },
  ];
  expect(parseParams(['code=007', 'month=7', 'deep={"a":[1]}', 'word=a=b'], declared)).toEqual({ code: '007', month: 7, deep: { a: [1] }, word: 'a=b' });
  expect(() => parseParams(['month'], declared)).toThrow(/name=value/);
});
