export { demoHosts, demoServerUrl } from './address';
export { refreshDemo, seedDemo } from './seed';
