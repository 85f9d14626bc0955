import type { Metadata } from 'next';
import { VariablesPanel } from '@/components/settings/variables';
import { pageContext } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';
import { may } from '@/lib/tenancy';
import { listVariables } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Variables' };

/** VariablesPage shows the workspace's variables. */
export default async function VariablesPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const variables = plain(await listVariables(ctx));
  return (
    <VariablesPanel
      workspace={ctx.workspace.slug}
      variables={variables}
      mayWrite={may(ctx.role, 'variable:write')}
    />
  );
}
