import { describe, expect, it } from 'vitest';
import { draftSpecSchema, type Problem } from '@/lib/pipeline/index';
import { addTask, setConfig, setTask } from './commands';
import { problemsNow } from './live-problems';

const spec = draftSpecSchema.parse({
  tasks: [{ id: 'a', kind: 'sql', config: { sql: 'select x from b' } }, { id: 'b', kind: 'empty', config: {} }],
});
const word: Problem = { path: 'tasks[0].config.sql', taskId: 'a', severity: 'error', message: 'There is no column "x".' };

describe('problemsNow', () => {
  it('keeps what only the server knows until its task is touched', () => {
    const server = { spec, problems: [word] };
    const other = setTask(spec, 'b', { name: 'B' });
    expect(problemsNow(other, {}, server)).toContainEqual(word);
    expect(problemsNow(setConfig(spec, 'a', 'sql', 'select 1'), {}, server)).not.toContainEqual(word);
  });

  it('says at once what the browser can see by itself', () => {
    const { spec: next, id } = addTask(spec, 'source');
    expect(problemsNow(next, {}, { spec, problems: [] }).some((problem) => problem.taskId === id)).toBe(true);
  });
});
