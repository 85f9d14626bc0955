export { LiveProvider, LiveRefresh, useConnected, useLive, useLiveRefresh } from './live';
export type { LiveEvent, LiveTopic } from './bus';
