import { describe, expect, it } from 'vitest';
import { endSentence } from './end-sentence';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const run = { pipeline_slug: 'weather', version_number: 3, created_at: at(0), started_at: at(10), finished_at: at(210) };

describe('the sentence about a run that ended', () => {
  it('says how long a good one took', () => {
    expect(endSentence({ ...run, state: 'succeeded' }, [])).toBe('The run of weather (version 3) succeeded after 3 m 20 s.');
  });
  it('names what failed, with its reason, and counts what was not run', () => {
    const tasks = [
      { task_id: 'read', state: 'succeeded' as const, reason: null },
      { task_id: 'clean', state: 'failed' as const, reason: { code: 'sql', text: 'Column "dely" is not there.' } },
      { task_id: 'join', state: 'upstream_failed' as const, reason: null },
    ];
    expect(endSentence({ ...run, state: 'failed' }, tasks)).toBe(
      'The run of weather (version 3) failed after 3 m 20 s. Task clean failed: Column "dely" is not there. 1 task was not run because of that.',
    );
  });
  it('counts failures beyond the first three', () => {
    const tasks = ['a', 'b', 'c', 'd'].map((task_id) => ({ task_id, state: 'failed' as const, reason: null }));
    expect(endSentence({ ...run, state: 'failed' }, tasks)).toMatch(/Task c failed\. 1 more failed\.$/);
  });
  it('says that a run that never started was cancelled', () => {
    expect(endSentence({ ...run, started_at: null, state: 'cancelled', finished_at: at(0.4) }, [])).toBe('The run of weather (version 3) was cancelled after 400 ms.');
  });
});
