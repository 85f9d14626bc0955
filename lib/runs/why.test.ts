import { describe, expect, it } from 'vitest';
import type { QueueFacts } from './queue-store';
import { whyNotReady, whyReady } from './why';

const executor = (tags: string[], slots = 4) => ({ roles: ['executor'], tags, slots });
const ready = { worker_tags: [] as string[], lane: 0, pool: null as string | null, pool_slots: 1 };
const facts = (given: Partial<QueueFacts> = {}): QueueFacts => ({ limits: [], lowLanes: { cap: 6, used: 0 }, before: 0, secondsEach: null, ...given });

describe('why a task waits', () => {
  it('says that no worker runs', () => {
    expect(whyReady(ready, [{ roles: ['sweeper'], tags: [], slots: 4 }], facts()).code).toBe('no_worker');
  });
  it('names the tags that no worker has', () => {
    expect(whyReady({ ...ready, worker_tags: ['gpu'] }, [executor(['python'])], facts())).toMatchObject({ code: 'worker_tags', details: { needs: ['gpu'] } });
  });
  it('counts what is before it in the queue, and says about when it starts', () => {
    expect(whyReady(ready, [executor([])], facts({ before: 3 })).text).toBe('It waits for a free slot. 3 tasks are before it.');
    expect(whyReady(ready, [executor([])], facts({ before: 7, secondsEach: 20 }))).toMatchObject({ code: 'queue_order', details: { place: 7, startsInSeconds: 40 } });
  });
  it.each([
    ['pool', 'pool w gpu', { pool: 'gpu' }, 'It waits for a slot of pool "gpu": 2 of 2 are taken.'],
    ['pool', 'pool w gpu', { pool: 'gpu', pool_slots: 3 }, 'It needs 3 slots of pool "gpu", which has only 2. Give the pool more slots, or the task fewer.'],
    ['pipeline_limit', 'pipeline p', {}, 'Its pipeline runs as many tasks at once as it may: 2 of 2.'],
    ['workspace_limit', 'workspace w', {}, 'The workspace runs as many tasks at once as it may: 2 of 2.'],
    ['tag_limit', 'tag w team:etl', {}, 'Pipelines tagged team:etl run as many tasks at once as they may: 2 of 2.'],
  ] as const)('names the full limit: %s', (code, key, more, text) => {
    expect(whyReady({ ...ready, ...more }, [executor([])], facts({ limits: [{ key, code, cap: 2, used: 2 }] }))).toMatchObject({ code, text, details: { cap: 2, used: 2 } });
  });
  it("does not name another pool's limit", () => {
    expect(whyReady({ ...ready, pool: 'gpu' }, [executor([])], facts({ limits: [{ key: 'pool w db', code: 'pool', cap: 1, used: 1 }] })).code).toBe('queue_order');
  });
  it('says that slots are kept for the upper lanes', () => {
    expect(whyReady({ ...ready, lane: 2 }, [executor([])], facts({ lowLanes: { cap: 3, used: 3 } }))).toMatchObject({ code: 'lane_share', details: { cap: 3, used: 3 } });
  });
  it('names the upstreams that have not ended, three at most', () => {
    const upstream = ['a', 'b', 'c', 'd', 'e'].map((task_id) => ({ task_id, state: task_id === 'a' ? ('succeeded' as const) : ('running' as const) }));
    expect(whyNotReady({ state: 'pending', reason: null, not_before: null }, upstream).text).toBe('It waits for b, c, d and 1 more.');
  });
});
