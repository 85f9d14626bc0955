import { StateChip } from '@/components/state';
import { type EndpointState } from '@/lib/serving';
import { ENDPOINT_LOOK } from './words';

/** EndpointChip is an endpoint's state with its word. */
export const EndpointChip = ({ state }: { state: EndpointState }) => <StateChip state={ENDPOINT_LOOK[state].state}>{ENDPOINT_LOOK[state].label}</StateChip>;
