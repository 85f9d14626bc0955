import { notify } from '@/lib/db/notify';
import { countChangedHours } from './window-store';

/** countWindows counts all hours whose rows changed, round by round, and tells open pages. */
export async function countWindows(): Promise<void> {
  for (;;) {
    const { hours, endpoints } = await countChangedHours();
    if (hours === 0) return;
    for (const { endpointId, workspaceId } of endpoints) notify({ topic: 'drift', id: endpointId, workspaceId });
  }
}
