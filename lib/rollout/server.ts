export { ROLLOUTS_LIVE } from './due';
export { assignVariant, type Assignment, type Routing, type Weights } from './assign';
export { makeController, settle } from './advance';
export { decideRollout, getRollout, listRollouts, listWaiting, requireRollout, rolloutOverTime, startRollout } from './service';
