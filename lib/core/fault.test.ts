import { expect, test } from 'vitest';
import { faultPoint, parseFaults } from './fault';

test('orders are read, and nonsense is refused', () => {
  expect([...parseFaults('a.b=kill, c=wait:50')]).toEqual([
    ['a.b', { action: 'kill', ms: 0, left: 1 }],
    ['c', { action: 'wait', ms: 50, left: 1 }],
  ]);
  expect(() => parseFaults('a=explode')).toThrow(/is not point=kill/);
});

test('without an order a fault point does nothing', async () => {
  await expect(faultPoint('finish.before-commit')).resolves.toBeUndefined();
});
