export { assignVariant, type Assignment, type Routing, type Weights } from './assign';
export { makeController, settle } from './advance';
export { binsOverTime } from './evidence-store';
export { decideRollout, getRollout, listRollouts, listWaiting, requireRollout, startRollout } from './service';
