import type { Metadata } from 'next';
import { AuditList } from '@/components/settings/audit-list';
import { AuditFilters } from '@/components/settings/audit-filters';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { pageContext } from '@/lib/http/page-context';
import { plain } from '@/lib/http/plain';
import { auditSearchSchema } from '@/lib/tenancy';
import { listAudit } from '@/lib/tenancy/server';

export const metadata: Metadata = { title: 'Audit' };

type Props = {
  params: Promise<{ workspace: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** AuditPage answers: who changed what? Filters live in the address. */
export default async function AuditPage({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspace);
  const given = Object.fromEntries(
    Object.entries(await searchParams).filter(([, value]) => typeof value === 'string' && value !== ''),
  );
  const search = auditSearchSchema.catch({ limit: 50 }).parse(given);
  const { items, nextCursor } = await listAudit(ctx, search);
  return (
    <>
      <PageHead
        title="Audit"
        sentence="Every change, who made it, and how it looked before and after. Entries cannot be edited or removed."
      />
      <PageBody>
        <AuditFilters workspace={ctx.workspace.slug} />
        <AuditList items={plain(items)} nextCursor={nextCursor} />
      </PageBody>
    </>
  );
}
