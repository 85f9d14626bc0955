import { expect, it, test } from 'vitest';
import { routeClass } from './http';
import { counter, expose, gauge, histogram } from './registry';

it.each([
  ['GET', '/api/v1/w/main/runs/0199?x=1', true, 'api/runs'],
  ['GET', '/api/v1/w/main/runs/0199/events', true, 'stream'],
  ['GET', '/api/v1/workspaces', true, 'api/workspaces'],
  ['GET', '/api/v1/w/main/whatever', false, 'api'],
  ['GET', '/api/v1/w/main', true, 'api'],
  ['GET', '/api/health/live', true, 'health'],
  ['GET', '/_next/static/a.js', true, 'static'],
  ['GET', '/w/main/runs', true, 'page'],
  ['POST', '/w/main/pipelines/a/edit', true, 'action'],
  ['GET', '/metrics', true, 'metrics'],
])('%s %s is of the class %s', (method, url, known, expected) => {
  expect(routeClass(method, url, known)).toBe(expected);
});

test('an instrument is made once, and every sample says of which process it is', async () => {
  const about = { name: 'test_things_total', help: 'Things.', labelNames: ['state'] as const };
  counter(about).inc({ state: 'x"y' });
  counter(about).inc({ state: 'x"y' }, 2);
  gauge({ name: 'test_depth', help: 'Depth.' }).set(7);
  histogram({ name: 'test_seconds', help: 'Seconds.', buckets: [0.1, 1] }).observe(0.5);
  const text = await expose('worker');
  expect(text).toContain('test_things_total{state="x\\"y",process="worker"} 3');
  expect(text).toContain('test_depth{process="worker"} 7');
  expect(text).toContain('test_seconds_bucket{le="1",process="worker"} 1');
  expect(text).toMatch(/^process_cpu_seconds_total\{process="worker"\} /m);
});
