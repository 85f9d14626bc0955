import pino from 'pino';

/** log is the process's own log (not a task's): JSON lines on stderr, so that stdout stays for answers. */
export const log = pino({ level: process.env.LOG_LEVEL || 'info', base: { pid: process.pid } }, pino.destination({ dest: 2, sync: true }));
