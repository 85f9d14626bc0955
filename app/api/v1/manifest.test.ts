import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

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
