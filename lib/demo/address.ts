import { findDemoWorkspaceId } from './store';

/** demoServerUrl is the address of the demo's own web service, which `penstock up` starts; null where there is none. */
export const demoServerUrl = (): string | null => process.env.PENSTOCK_DEMO_URL || null;

let demoId: string | undefined;

/**
 * demoHosts gives the private addresses that tasks of a workspace may reach beside PENSTOCK_ALLOW_HOSTS: exactly the demo's
 * own web service, in the demo workspace only.
 */
export async function demoHosts(workspaceId: string): Promise<string[]> {
  const url = demoServerUrl();
  if (!url) return [];
  demoId ??= (await findDemoWorkspaceId()) ?? undefined;
  return demoId === workspaceId ? [new URL(url).host] : [];
}
