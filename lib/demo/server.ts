export { refreshDemo, seedDemo } from './seed';
