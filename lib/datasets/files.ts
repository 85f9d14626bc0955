import { type Readable } from 'node:stream';
import { AppError, invalid, notFound } from '@/lib/core/errors';
import { notify } from '@/lib/db/notify';
import { inTransaction } from '@/lib/db/transaction';
import { globPattern } from '@/lib/pipeline';
import { audit, authorize, type Context } from '@/lib/tenancy/server';
import { allPaths, clashingPath, fileByPath, filesAfter, filePage, removeFile, saveFile } from './file-store';
import { checkKey, type Content } from './object-store';
import { store } from './storage';

/** The largest upload in bytes. */
export const UPLOAD_BYTES = 512 * 1024 * 1024;

export type FileView = { path: string; bytes: number; sha256: string; uploadedBy: string | null; updatedAt: Date };

type Row = { path: string; bytes: bigint; sha256: string; uploadedBy: string | null; updatedAt: Date };
const view = (row: Row): FileView => ({ path: row.path, bytes: Number(row.bytes), sha256: row.sha256, uploadedBy: row.uploadedBy, updatedAt: row.updatedAt });

/** fileKey is where a workspace's file lies in the store. @throws AppError invalid for a path that could leave the folder */
export function fileKey(workspaceId: string, path: string): string {
  checkKey(path);
  if (path.includes('*')) throw invalid(`"${path}" cannot be a file's path: it has a "*", which stands for many files.`, [{ path: 'path', message: 'Leave out the *.', value: path }]);
  return `files/${workspaceId}/${path}`;
}

/**
 * uploadFile stores a file of the workspace under a path; one that stands there is replaced, for later runs only.
 * @param content its bytes; a stream is stored as it arrives
 * @throws AppError too_large above the limit (default 512 MB)
 */
export async function uploadFile(ctx: Context, path: string, content: Content | Readable, maxBytes = UPLOAD_BYTES): Promise<FileView> {
  authorize(ctx, 'file:write');
  const key = fileKey(ctx.workspaceId, path);
  await refuseClash(ctx.workspaceId, path);
  const { bytes, sha256 } = await store().put(key, content, { maxBytes });
  const uploadedBy = ctx.actor.name;
  await inTransaction(async (tx) => {
    const before = await saveFile(tx, ctx.workspaceId, { path, bytes, sha256, uploadedBy, now: ctx.now });
    await audit(tx, ctx, {
      verb: before ? 'replace' : 'upload',
      target: 'file',
      targetId: path,
      ...(before ? { before: { bytes: Number(before.bytes), sha256: before.sha256 } } : {}),
      after: { bytes, sha256 },
    });
  });
  notify({ topic: 'dataset', id: path, workspaceId: ctx.workspaceId });
  return { path, bytes, sha256, uploadedBy, updatedAt: ctx.now };
}

/** A name cannot be a file and a folder; a folder of this machine could not hold both. */
async function refuseClash(workspaceId: string, path: string): Promise<void> {
  const folders = path.split('/').slice(0, -1).map((_, i, parts) => parts.slice(0, i + 1).join('/'));
  const clash = await clashingPath(workspaceId, path, folders);
  if (clash !== null) {
    throw invalid(`"${path}" cannot be stored: a folder and a file of one name would stand in one place, for there is "${clash}". Choose another path.`, [{ path: 'path', message: 'Choose another path.', value: path }]);
  }
}

/** listFiles lists the workspace's files by path. @param given.cursor the last path of the page before */
export async function listFiles(ctx: Context, given: { limit: number; cursor?: string; prefix?: string }): Promise<{ items: FileView[]; nextCursor: string | null }> {
  authorize(ctx, 'file:read');
  const found = await filePage(ctx.workspaceId, { after: given.cursor ?? null, limit: given.limit + 1, prefix: given.prefix ?? null });
  const items = found.slice(0, given.limit).map(view);
  return { items, nextCursor: found.length > given.limit ? (items.at(-1)?.path ?? null) : null };
}

/** openFile gives a file's row and the path to read it from. */
export async function openFile(ctx: Context, path: string): Promise<{ file: FileView; local: string }> {
  authorize(ctx, 'file:read');
  const key = fileKey(ctx.workspaceId, path);
  const row = await fileByPath(ctx.workspaceId, path);
  if (!row) throw notFound('file', path);
  return { file: view(row), local: await store().get(key) };
}

/** deleteFile removes a file; outputs made from it stay. */
export async function deleteFile(ctx: Context, path: string): Promise<void> {
  authorize(ctx, 'file:write');
  const key = fileKey(ctx.workspaceId, path);
  await inTransaction(async (tx) => {
    if (!(await removeFile(tx, ctx.workspaceId, path))) throw notFound('file', path);
    await audit(tx, ctx, { verb: 'delete', target: 'file', targetId: path });
  });
  await store().delete(key);
  notify({ topic: 'dataset', id: path, workspaceId: ctx.workspaceId });
}

/**
 * findWorkspaceFiles finds the files that a source's path names; `*` stands for any part of one name, `?` for one
 * character of it, `**` for folders too.
 * @throws AppError not_found with a near name when there is none
 */
export async function findWorkspaceFiles(workspaceId: string, wanted: string): Promise<{ path: string; key: string }[]> {
  const wild = /[*?]/.test(wanted);
  if (!wild) {
    const key = fileKey(workspaceId, wanted);
    if (await store().stat(key)) return [{ path: wanted, key }];
  } else checkKey(wanted);
  const paths = await allPaths(workspaceId);
  const found = wild ? paths.filter((path) => globPattern(wanted).test(path)) : [];
  if (found.length > 0) return found.map((path) => ({ path, key: fileKey(workspaceId, path) }));
  const near = paths.find((path) => path.toLowerCase().includes((wanted.split('/').at(-1) ?? '').toLowerCase().replaceAll('*', '')));
  throw new AppError('not_found', `There is no file "${wanted}" in this workspace. ${near ? `Is it "${near}"?` : 'Upload it, or choose another one.'}`);
}

/** filesMatching lists the files that a path names (`*` as in findWorkspaceFiles) with when they came; none is no mistake. */
export async function filesMatching(workspaceId: string, wanted: string): Promise<{ path: string; updatedAt: Date }[]> {
  checkKey(wanted);
  if (!wanted.includes('*')) {
    const row = await fileByPath(workspaceId, wanted);
    return row ? [{ path: row.path, updatedAt: row.updatedAt }] : [];
  }
  const pattern = globPattern(wanted);
  return (await filesAfter(workspaceId, wanted.slice(0, wanted.indexOf('*')))).filter(({ path }) => pattern.test(path));
}
