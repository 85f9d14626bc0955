import { expect, it } from 'vitest';
import { timeTicks, zoneOffset } from './time-ticks';

const at = (text: string) => new Date(text).getTime();

it('puts ticks on round hours of the zone', () => {
  const ticks = timeTicks(at('2001-04-18T14:06:00Z'), at('2001-04-19T14:06:00Z'), 9);
  expect(ticks.map((t) => new Date(t).toISOString().slice(11, 16))).toEqual([
    '15:00',
    '18:00',
    '21:00',
    '00:00',
    '03:00',
    '06:00',
    '09:00',
    '12:00',
  ]);
  const india = zoneOffset(new Date('2001-04-19T00:00:00Z'), 'Asia/Kolkata');
  expect(india).toBe(5.5 * 3_600_000);
  expect(
    new Date(
      timeTicks(at('2001-04-19T00:00:00Z'), at('2001-04-19T06:00:00Z'), 8, india)[0] ?? 0,
    ).toISOString(),
  ).toBe('2001-04-19T00:30:00.000Z');
});
