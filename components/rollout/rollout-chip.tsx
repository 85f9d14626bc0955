import { StateChip } from '@/components/state';
import { type RolloutState } from '@/lib/rollout';
import { ROLLOUT_LOOK } from './words';

/** RolloutChip is a rollout's state with its word. */
export const RolloutChip = ({ state }: { state: RolloutState }) => <StateChip state={ROLLOUT_LOOK[state].state}>{ROLLOUT_LOOK[state].label}</StateChip>;
