import { describe, expect, it } from 'vitest';
import { whyNotReady, whyReady } from './why';

const executor = (tags: string[]) => ({ roles: ['executor'], tags });

describe('why a task waits', () => {
  it('says that no worker runs', () => {
    expect(whyReady({ worker_tags: [] }, [{ roles: ['sweeper'], tags: [] }], 0).code).toBe('no_worker');
  });
  it('names the tags that no worker has', () => {
    expect(whyReady({ worker_tags: ['gpu'] }, [executor(['python'])], 0)).toMatchObject({ code: 'worker_tags', details: { needs: ['gpu'] } });
  });
  it('counts what is before it in the queue', () => {
    expect(whyReady({ worker_tags: [] }, [executor([])], 3).text).toBe('It waits for a free slot. 3 tasks are before it.');
  });
  it('names the upstreams that have not ended, three at most', () => {
    const upstream = ['a', 'b', 'c', 'd', 'e'].map((task_id) => ({ task_id, state: task_id === 'a' ? ('succeeded' as const) : ('running' as const) }));
    expect(whyNotReady({ state: 'pending', reason: null, not_before: null }, upstream).text).toBe('It waits for b, c, d and 1 more.');
  });
});
