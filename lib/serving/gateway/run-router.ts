import { type Assign } from './assign';
import { type ToRouter, type ToSupervisor } from './messages';
import { Router } from './router';

/**
 * runRouter makes this process a routing process: it waits for the supervisor's word, takes calls, and ends with the supervisor.
 * @param assign who answers a call during a rollout
 */
export function runRouter(assign: Assign): void {
  let router: Router | null = null;
  const tell = (message: ToSupervisor) => process.connected && process.send?.(message);
  process.on('message', (message: ToRouter) => {
    if (message.kind !== 'start') router?.hear(message);
    else if (!router) {
      router = new Router(message, assign, tell);
      router.listen();
    }
  });
  // asked for, since a message that comes before this process listens would be lost
  tell({ kind: 'here' });
  process.on('disconnect', () => process.exit(0));
  // The supervisor says when to end; a terminal's Ctrl-C is not for this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
}
