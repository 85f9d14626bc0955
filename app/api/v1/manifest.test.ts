import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { operationsOf } from '@/lib/http/openapi';
import { ROUTES } from './manifest';

const HERE = import.meta.dirname;
/** Not described: the document itself and the answer for unknown addresses. */
const APART = ['openapi.json/route.ts', '[...rest]/route.ts'];

it('lists every route of the API', () => {
  const present = readdirSync(HERE, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file.endsWith('/route.ts') && !APART.includes(file));
  const manifest = readFileSync(path.join(HERE, 'manifest.ts'), 'utf8');
  const listed = [...manifest.matchAll(/from '@\/app\/api\/v1\/(.+)';/g)].map(([, file]) => `${file}.ts`);
  expect(listed.toSorted()).toEqual(present.toSorted());
});

it('has every route say the address of its folder, by which it is found', () => {
  const manifest = readFileSync(path.join(HERE, 'manifest.ts'), 'utf8');
  const folders = [...manifest.matchAll(/import \* as (\w+) from '@\/app(.+)\/route';/g)].map(([, , folder]) => folder!.replaceAll(/\[(\w+)\]/g, '{$1}'));
  expect([...new Set(operationsOf(ROUTES).map((each) => each.path))].toSorted()).toEqual(folders.toSorted());
});
