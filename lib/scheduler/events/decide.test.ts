import { describe, expect, it } from 'vitest';
import { type EventTrigger } from '@/lib/pipeline';
import { decideDeliveries, DEEPEST, type Delivery } from './decide';

const of = (eventId: string, subject = 'a', more: Partial<Delivery> = {}): Delivery => ({ eventId, subject, depth: 0, data: {}, held: false, ...more });
const short = (trigger: EventTrigger, deliveries: Delivery[], seen = {}) => {
  const { outcomes, seen: after } = decideDeliveries(trigger, seen, deliveries);
  return [outcomes.map((each) => (each.state === 'start' ? `${each.eventId} starts${each.together.length > 0 ? ` with ${each.together.join()}` : ''}` : `${each.eventId} ${each.reason.code}`)), after];
};

const all: EventTrigger = { kind: 'dataset', all: ['a', 'b'] };
const any: EventTrigger = { kind: 'dataset', any: ['a', 'b'] };
const schema: EventTrigger = { kind: 'dataset', any: ['a'], on: 'schema' };
const changed = { schema: { added: ['x'], removed: [], retyped: [] } };

describe('decideDeliveries', () => {
  it.each<[string, EventTrigger, Delivery[], object, string[], object]>([
    ['any starts at each', any, [of('1'), of('2', 'b')], {}, ['1 starts', '2 starts'], {}],
    ['all waits for each', all, [of('1')], {}, ['1 set_incomplete'], { a: '1' }],
    ['all starts with the last', all, [of('2', 'b')], { a: '1' }, ['2 starts with 1'], {}],
    ['all counts again after it started', all, [of('1'), of('2', 'b'), of('3', 'b'), of('4')], {}, ['1 set_incomplete', '2 starts with 1', '3 set_incomplete', '4 starts with 3'], {}],
    ['a newer version of one takes the place of the older', all, [of('1'), of('2'), of('3', 'b')], {}, ['1 set_incomplete', '2 set_incomplete', '3 starts with 2'], {}],
    ['an expression', { kind: 'dataset', expression: 'a && (b || c)' }, [of('1', 'c'), of('2')], {}, ['1 set_incomplete', '2 starts with 1'], {}],
    ['what came while paused counts together', any, [of('1', 'a', { held: true }), of('2', 'b', { held: true }), of('3')], {}, ['1 paused', '2 starts with 1', '3 starts'], {}],
    ['held back, and still not whole', all, [of('1', 'a', { held: true }), of('2', 'a', { held: true })], {}, ['1 paused', '2 set_incomplete'], { a: '2' }],
    ['a backfill’s version', any, [of('1', 'a', { data: { backfill: true } })], {}, ['1 backfill'], {}],
    ['a backfill’s version, asked for', { ...any, onBackfill: true }, [of('1', 'a', { data: { backfill: true } })], {}, ['1 starts'], {}],
    ['the same columns', schema, [of('1')], {}, ['1 schema_same'], {}],
    ['other columns', schema, [of('1', 'a', { data: changed })], {}, ['1 starts'], {}],
    ['a chain at its end', any, [of('1', 'a', { depth: DEEPEST }), of('2', 'a', { depth: DEEPEST + 1 })], {}, ['1 starts', '2 chain_too_deep'], {}],
    ['files, each its own', { kind: 'file', glob: '*.csv' }, [of('1', 'a.csv', { held: true }), of('2', 'b.csv', { held: true })], {}, ['1 starts', '2 starts'], {}],
    ['a run of a backfill', { kind: 'run', pipeline: 'a' }, [of('1', 'a', { data: { backfill: true } }), of('2')], {}, ['1 backfill', '2 starts'], {}],
    ['calls, each its own', { kind: 'webhook' }, [of('1'), of('2')], {}, ['1 starts', '2 starts'], {}],
  ])('%s', (_, trigger, deliveries, seen, outcomes, after) => {
    expect(short(trigger, deliveries, seen)).toEqual([outcomes, after]);
  });
});
