import { poolUse } from '@/lib/db/pool';
import { gauge } from './registry';

/** measurePools sets the figures of this process's database connections. */
export function measurePools(): void {
  const connections = gauge({ name: 'penstock_db_connections', help: 'Connections of this process to the database, by pool and state.', labelNames: ['pool', 'state'] as const });
  const waiting = gauge({ name: 'penstock_db_waiting', help: 'Callers of this process that wait for a connection.', labelNames: ['pool'] as const });
  for (const { name, total, idle, waiting: callers } of poolUse()) {
    connections.set({ pool: name, state: 'busy' }, total - idle);
    connections.set({ pool: name, state: 'idle' }, idle);
    waiting.set({ pool: name }, callers);
  }
}
