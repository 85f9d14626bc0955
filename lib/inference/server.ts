export { variantStats, type StatsWindow } from './stats';
