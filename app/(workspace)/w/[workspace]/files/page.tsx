import type { Metadata } from 'next';
import { FilesPanel } from '@/components/files/files-panel';
import { cleanFolder } from '@/components/files/folders';
import { LiveRefresh } from '@/components/live';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { listFiles } from '@/lib/datasets/server';
import { pageContext } from '@/lib/http/page-context';

export const metadata: Metadata = { title: 'Files' };

/** A page lists at most this many files of a folder, those in folders below it counted. */
const SHOWN = 5000;

/** FilesPage answers which files pipelines can read here, and brings new ones. */
export default async function FilesPage({
  params,
  searchParams,
}: {
  params: Promise<{ workspace: string }>;
  searchParams: Promise<{ folder?: string | string[] }>;
}) {
  const ctx = await pageContext((await params).workspace);
  const { folder: asked } = await searchParams;
  const folder = cleanFolder(typeof asked === 'string' ? asked : '');
  const { items, nextCursor } = await listFiles(ctx, { limit: SHOWN, ...(folder === '' ? {} : { prefix: folder }) });
  return (
    <>
      <LiveRefresh topics={['dataset']} />
      <PageHead title="Files" sentence="What pipelines of this workspace can read: uploaded here, by the editor, or by the API." />
      <PageBody>
        <FilesPanel key={folder} files={items} folder={folder} more={nextCursor !== null} />
      </PageBody>
    </>
  );
}
