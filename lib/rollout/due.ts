import { FINISHED_STATES } from './states';

/** Tells whether rollouts are under way: an interval of zero, or null. */
export const ROLLOUTS_LIVE = `case when exists (select from rollout where state not in (${FINISHED_STATES.map((state) => `'${state}'`).join(', ')})) then interval '0' end`;
