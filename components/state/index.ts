export { STATES, STATE_TABLE, stateClass, stateColor, stateEntry, type Look, type State } from './states';
export { StateGlyph } from './state-icon';
export { StateChip, StateIcon, StateTile, stateCard } from './state';
