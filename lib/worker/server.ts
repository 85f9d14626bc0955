export { startWorker, WORKER_ROLES, type WorkerOptions, type WorkerRole } from './main';
