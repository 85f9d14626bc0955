'use client';

import { Copy, Download, Ellipsis, File as FileIcon, Folder, Trash2, Upload as UploadIcon } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useCallback, useRef, useState, type DragEvent } from 'react';
import { sentenceOf, workspaceUrl } from '@/components/api/request';
import { RowKeys } from '@/components/lists/row-keys';
import { rowLink } from '@/components/lists/rows-table';
import { useCommands } from '@/components/shell/commands';
import { useWorkspace } from '@/components/shell/workspace';
import { formatBytes, plural, Time } from '@/components/time';
import { Button, buttonStyles } from '@/components/ui/button';
import { cx } from '@/components/ui/class-names';
import { ConfirmDialog } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { Menu, MenuItem } from '@/components/ui/menu';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import { toast } from '@/components/ui/toast';
import { crumbsOf, entriesOf, type FileRow } from './folders';
import { UploadList } from './upload-list';
import { useUploads } from './use-uploads';

const nameLink = cx(rowLink, 'inline-flex min-w-0 items-center gap-2');

/** FilesPanel shows a folder of the workspace's files; files are added by button or by dropping them on it. */
export function FilesPanel({ files, folder, more }: { files: readonly FileRow[]; folder: string; more: boolean }) {
  const router = useRouter();
  const { href, can } = useWorkspace();
  const mayWrite = can('file:write');
  const { uploads, add, forget } = useUploads(useCallback(() => router.refresh(), [router]));
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const into = folder === '' ? 'uploads/' : folder;
  const entries = entriesOf(files, folder);
  const empty = entries.folders.length === 0 && entries.files.length === 0;
  useCommands('files', mayWrite ? [{ id: 'upload', label: 'Upload files', group: 'This page', keys: 'u', run: () => input.current?.click() }] : []);

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (mayWrite) add(into, [...event.dataTransfer.files]);
  };
  const upload = mayWrite && (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to upload"
        onChange={(event) => {
          add(into, [...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <Button look="primary" onClick={() => input.current?.click()}>
        <UploadIcon size={16} aria-hidden />
        Upload
      </Button>
    </>
  );
  return (
    <Panel
      aria-label="Files"
      className={cx(over && 'border-accent-border bg-accent-soft')}
      onDragOver={(event) => {
        if (!mayWrite) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <PanelHead
        title={
          <nav aria-label="Folder" className="flex flex-wrap items-center gap-1">
            <Crumb href={href('/files')} current={folder === ''}>
              Files
            </Crumb>
            {crumbsOf(folder).map((crumb) => (
              <span key={crumb.folder} className="flex items-center gap-1">
                <span className="font-normal text-ink-3">/</span>
                <Crumb href={href(`/files?folder=${encodeURIComponent(crumb.folder)}`)} current={crumb.folder === folder}>
                  {crumb.name}
                </Crumb>
              </span>
            ))}
          </nav>
        }
        remark={mayWrite ? `drop files here, they go to ${into}` : undefined}
      >
        {upload}
      </PanelHead>
      <UploadList uploads={uploads} onForget={forget} />
      {empty ? (
        <EmptyState icon={<FileIcon size={18} aria-hidden />} title={folder === '' ? 'No files yet' : 'Nothing in this folder'}>
          A file uploaded here is read by a source node: give it the file&apos;s path. CSV, JSON lines and Parquet are read as tables, at most 512 MB a file.
        </EmptyState>
      ) : (
        <RowKeys what="file">
          <Table label="Files" className="stack">
            <thead>
              <tr>
                <Th>Name</Th>
                <Th numeric>Size</Th>
                <Th>Uploaded by</Th>
                <Th>When</Th>
                <Th>
                  <span className="sr-only">Acts</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {entries.folders.map((f) => (
                <tr key={f.folder} data-link className="relative">
                  <Td className="max-md:order-1">
                    <Link href={href(`/files?folder=${encodeURIComponent(f.folder)}`)} data-row-link className={nameLink}>
                      <Folder size={16} aria-hidden className="text-ink-3" />
                      {f.name}
                    </Link>
                  </Td>
                  <Td numeric className="max-md:order-2 max-md:justify-self-end">
                    {formatBytes(f.bytes)}
                  </Td>
                  <Td className="text-ink-3 max-md:order-3 max-md:text-12">{plural(f.files, 'file')}</Td>
                  <Td className="text-ink-2 max-md:hidden">
                    <Time at={f.updatedAt} show="ago" />
                  </Td>
                  <Td className="max-md:hidden" />
                </tr>
              ))}
              {entries.files.map((file) => (
                <FileLine key={file.path} file={file} name={file.path.slice(folder.length)} mayWrite={mayWrite} />
              ))}
            </tbody>
          </Table>
        </RowKeys>
      )}
      {more && <p className="border-t border-line px-4 py-2 text-12 text-ink-3">There are more files than are listed here. Open a folder, or ask the API for the rest.</p>}
    </Panel>
  );
}

const Crumb = ({ href, current, children }: { href: string; current: boolean; children: string }) => (
  <Link href={href} aria-current={current ? 'page' : undefined} className={cx('inline-block rounded-tile py-1 hover:underline', !current && 'font-normal text-ink-2')}>
    {children}
  </Link>
);

function FileLine({ file, name, mayWrite }: { file: FileRow; name: string; mayWrite: boolean }) {
  const router = useRouter();
  const { slug, call } = useWorkspace();
  const [removing, setRemoving] = useState(false);
  const content = workspaceUrl(slug, '/files/content', { path: file.path });
  const copy = async () => {
    await navigator.clipboard.writeText(file.path);
    toast('Path copied', { description: `Paste ${file.path} into the field Path of a source.` });
  };
  const remove = async () => {
    try {
      await call('/files', { method: 'DELETE', query: { path: file.path } });
      toast(`Deleted ${name}`);
      router.refresh();
    } catch (error) {
      toast.error(sentenceOf(error));
    }
  };
  return (
    <tr data-link className="relative">
      <Td className="max-md:order-1">
        <a href={content} download={name} data-row-link className={nameLink}>
          <FileIcon size={16} aria-hidden className="text-ink-3" />
          <span className="truncate">{name}</span>
        </a>
      </Td>
      <Td numeric className="max-md:order-3 max-md:text-left max-md:text-12">
        {formatBytes(file.bytes)}
        <span className="text-ink-3 md:hidden">
          , <Time at={file.updatedAt} show="ago" />
        </span>
      </Td>
      <Td className="max-w-48 truncate text-ink-2 max-md:hidden">{file.uploadedBy ?? '–'}</Td>
      <Td className="text-ink-2 max-md:hidden">
        <Time at={file.updatedAt} show="ago" />
      </Td>
      <Td className="max-md:order-2 max-md:justify-self-end">
        <span className="relative z-10 flex justify-end">
          <Menu
            trigger={
              <button type="button" aria-label={`Acts on ${name}`} className={buttonStyles({ look: 'ghost', size: 'sm', icon: true })}>
                <Ellipsis size={16} aria-hidden />
              </button>
            }
          >
            <MenuItem icon={<Copy size={16} aria-hidden />} hint="copies its path" onClick={() => void copy()}>
              Use as a source
            </MenuItem>
            <MenuItem icon={<Download size={16} aria-hidden />} onClick={() => window.location.assign(content)}>
              Download
            </MenuItem>
            {mayWrite && (
              <MenuItem tone="danger" icon={<Trash2 size={16} aria-hidden />} onClick={() => setRemoving(true)}>
                Delete
              </MenuItem>
            )}
          </Menu>
          <ConfirmDialog title={`Delete ${name}?`} confirm="Delete the file" open={removing} onOpenChange={setRemoving} onConfirm={() => void remove()}>
            Runs that read it from now on fail. Datasets and outputs made from it stay.
          </ConfirmDialog>
        </span>
      </Td>
    </tr>
  );
}
