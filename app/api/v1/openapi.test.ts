import { expect, it } from 'vitest';
import { openApiDocument } from '@/lib/http/openapi';
import { ROUTES } from './manifest';

it('describes every call with its path, parameters and refusals', () => {
  const { openapi, paths = {} } = openApiDocument(ROUTES);
  expect(openapi).toBe('3.1.0');
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(
      item as Record<
        string,
        { summary?: string; parameters?: { name: string; in: string }[]; responses: object }
      >,
    )) {
      expect(operation.summary, `${method} ${path}`).toBeTruthy();
      expect(operation.responses).toHaveProperty('default');
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(operation.parameters?.filter((p) => p.in === 'path').map((p) => p.name) ?? []).toEqual(
        expect.arrayContaining(named),
      );
    }
  }
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      '/api/v1/workspaces',
      '/api/v1/w/{workspace}/secrets/{name}',
      '/api/v1/w/{workspace}/tokens',
    ]),
  );
});
