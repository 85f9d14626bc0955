import { redirect } from 'next/navigation';
import { pageIdentity } from '@/lib/http/page-context';
import { listWorkspaces } from '@/lib/tenancy/server';

/** RootPage leads on: to the first workspace, or the welcome. */
export default async function RootPage() {
  const who = await pageIdentity();
  const workspaces = await listWorkspaces(who);
  const [first] = workspaces;
  redirect(first ? `/w/${first.slug}` : '/welcome');
}
