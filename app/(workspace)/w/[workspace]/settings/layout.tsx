import { SettingsTabs } from '@/components/settings/tabs';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { pageContext } from '@/lib/http/page-context';

/** SettingsLayout puts the settings' tabs over their pages. */
export default async function SettingsLayout({
  children,
  params,
}: {
  children: React.ReactNode;
  params: Promise<{ workspace: string }>;
}) {
  const ctx = await pageContext((await params).workspace);
  return (
    <>
      <PageHead title="Settings" />
      <SettingsTabs workspace={ctx.workspace.slug} role={ctx.role} />
      <PageBody className="pt-4">{children}</PageBody>
    </>
  );
}
