import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { RAIL_COOKIE } from '@/components/shell/rail-cookie';
import { Shell } from '@/components/shell/shell';
import { ZONE_COOKIE, zoneOf } from '@/components/time/zone-cookie';
import { pageContext, pageIdentity } from '@/lib/http/page-context';
import { listWorkspaces } from '@/lib/tenancy/server';

type Props = { children: React.ReactNode; params: Promise<{ workspace: string }> };

/** generateMetadata puts the workspace behind the page's name in the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { workspace } = await pageContext((await params).workspace);
  return { title: { default: workspace.name, template: `%s · ${workspace.name} · Penstock` } };
}

/** WorkspaceLayout puts the shell around every page of a workspace, after asking who looks. */
export default async function WorkspaceLayout({ children, params }: Props) {
  const { workspace: slug } = await params;
  const [ctx, who, jar] = await Promise.all([pageContext(slug), pageIdentity(), cookies()]);
  const workspaces = await listWorkspaces(who);
  return (
    <Shell
      view={{
        slug: ctx.workspace.slug,
        name: ctx.workspace.name,
        role: ctx.role,
        isOwner: ctx.isOwner,
        person: { id: ctx.actor.id, name: ctx.actor.name, email: who.person?.email ?? null },
        workspaces: workspaces.map((w) => ({ slug: w.slug, name: w.name })),
      }}
      zone={zoneOf(jar.get(ZONE_COOKIE)?.value)}
      folded={jar.get(RAIL_COOKIE)?.value === 'folded'}
    >
      {children}
    </Shell>
  );
}
