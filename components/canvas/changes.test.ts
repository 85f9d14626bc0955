import { describe, expect, it } from 'vitest';
import { draftSpecSchema } from '@/lib/pipeline/index';
import { changesOf } from './changes';
import { addTask, setConfig, tidyUp } from './commands';

const spec = draftSpecSchema.parse({ tasks: [{ id: 'late', kind: 'sql', name: 'Late', config: { sql: 'select 1' } }] });

describe('changesOf', () => {
  it('says nothing about moved boxes', () => {
    expect(changesOf(spec, tidyUp(spec))).toEqual([]);
  });

  it('names added tasks and edges and changed fields with both texts', () => {
    const next = setConfig(addTask(spec, 'empty', { after: 'late' }).spec, 'late', 'sql', 'select 2');
    const changes = changesOf(spec, next);
    expect(changes.map(({ sign, what }) => `${sign} ${what}`)).toEqual(['+ empty', '~ Late', '+ late → empty']);
    expect(changes[1]).toMatchObject({ before: 'select 1', after: 'select 2' });
  });
});
