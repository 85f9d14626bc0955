import { expect, it } from 'vitest';
import { type ScheduleTrigger } from '@/lib/pipeline';
import { followSchedules } from './follow';
import { scheduleWords } from './words';

const cron = (text: string, more: Partial<ScheduleTrigger> = {}): ScheduleTrigger => ({ kind: 'schedule', cron: text, ...more });

it.each([
  ['the first', [], [cron('0 6 * * *')], [null]],
  ['the same', [cron('0 6 * * *')], [cron('0 6 * * *', { catchup: true })], ['a']],
  ['other times in the same place', [cron('0 6 * * *')], [cron('0 7 * * *')], ['a']],
  ['places change hands', [cron('0 6 * * *'), cron('0 7 * * *')], [cron('0 7 * * *'), cron('0 6 * * *')], ['b', 'a']],
  ['the first is removed', [cron('0 6 * * *'), cron('0 7 * * *')], [cron('0 7 * * *')], ['b']],
  ['one comes in front', [cron('0 6 * * *')], [cron('0 1 * * *'), cron('0 6 * * *')], [null, 'a']],
  ['the zone said aloud is the same', [cron('0 6 * * *')], [cron('0 6 * * *', { zone: 'UTC' })], ['a']],
] as const)('%s', (_, before, after, ids) => {
  const followed = followSchedules(
    before.map((trigger, i) => ({ id: 'abc'[i]!, triggerIndex: i, trigger })),
    after.map((trigger, index) => ({ index, trigger })),
  );
  expect(followed.map((each) => each.id)).toEqual(ids);
});

it.each([
  [{ every: 'P1D' }, 'Every day'],
  [{ every: 'PT15M' }, 'Every 15 minutes'],
  [{ every: 'P1M' }, 'Every month'],
  [{ every: 'PT1M' }, 'Every minute'],
  [{ every: 'P1DT12H' }, 'Every 1 day 12 hours'],
  [{ cron: '0 6 * * 1-5' }, 'At 06:00, Monday through Friday'],
  [{ cron: 'nonsense' }, 'nonsense'],
])('%j reads %s', (times, words) => expect(scheduleWords(times)).toBe(words));
