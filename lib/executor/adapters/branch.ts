import { evaluateCondition } from '@/lib/core/expressions';
import type { Adapter } from '../adapter';
import { configOf } from '../config-of';
import { scopeOf } from '../scope';

/** `branch` names the successors it takes; the engine skips the others (semantics §1). */
export const branchAdapter: Adapter = {
  runsUserCode: false,
  inMemory: true,
  perform: async (context) => {
    const { cases, otherwise } = configOf(context, 'branch');
    const scope = await scopeOf(
      context,
      cases.map((each) => each.if),
    );
    const hit = cases.find((each) => evaluateCondition(each.if, scope));
    const taken = hit?.take ?? otherwise ?? [];
    const why = hit ? `because ${hit.if} is true` : 'because no case is true';
    context.log('system', taken.length > 0 ? `Takes ${taken.join(', ')}, ${why}.` : `Takes no successor, ${why}.`);
    return { outcome: 'succeeded', output: { taken } };
  },
};
