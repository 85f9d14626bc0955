export { assignVariant, type Assignment, type Routing, type Weights } from './assign';
