import { expect, test } from 'vitest';
import { exposition } from './service';

test('a name is described once, and label values are escaped', () => {
  const text = exposition([
    { name: 'a', type: 'gauge', help: 'Things.', value: 1, labels: { state: 'x"y' } },
    { name: 'a', type: 'gauge', help: '', value: 2, labels: { state: 'z' } },
    { name: 'b', type: 'counter', help: 'Others.', value: 0.5 },
  ]);
  expect(text).toBe('# HELP a Things.\n# TYPE a gauge\na{state="x\\"y"} 1\na{state="z"} 2\n# HELP b Others.\n# TYPE b counter\nb 0.5\n');
});
