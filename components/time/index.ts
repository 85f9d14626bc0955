export * from './format';
export { Duration, Elapsed, Time, useNow } from './time';
export { browserZone, useZone, ZoneProvider } from './zone';
