import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, invalid } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { megabytes, store, type Content } from '@/lib/datasets/server';
import { unzip } from './unzip';
import { type ModelFile } from './schema';

/** The largest version in bytes, all files together. */
export const MODEL_BYTES = 1024 * 1024 * 1024;
const MOST_FILES = 2_000;

/** modelKey is where a file of a version lies in the store. */
export const modelKey = (workspaceId: string, versionId: string, file: string): string => `models/${workspaceId}/${versionId}/${file}`;

/** Files of a version that is being uploaded: in the store already, and taken back unless it is registered. */
export class Upload {
  readonly versionId = newId();
  readonly files: ModelFile[] = [];
  private bytes = 0;

  constructor(
    private readonly workspaceId: string,
    private readonly maxBytes = MODEL_BYTES,
  ) {}

  /**
   * add stores a file; a zip archive is unpacked when it is the only one.
   * @param given relative path, such as `model/MLmodel`
   * @throws AppError too_large, or invalid for a path that could leave the folder or was given twice
   */
  async add(given: string, content: Content | Readable): Promise<void> {
    const file = given.replaceAll('\\', '/').replace(/^(\.?\/)+/, '');
    if (this.files.length >= MOST_FILES) throw invalid(`A version has at most ${MOST_FILES} files.`, [{ path: 'file', message: 'Upload fewer files.' }]);
    if (this.files.some((each) => each.path === file)) throw invalid(`The file "${file}" was given twice.`, [{ path: 'file', message: 'Give every file a path of its own.', value: file }]);
    const clash = this.files.find((each) => each.path.startsWith(`${file}/`) || file.startsWith(`${each.path}/`));
    if (clash) throw invalid(`"${file}" and "${clash.path}" cannot both be stored: a folder and a file of one name would stand in one place.`, [{ path: 'file', message: 'Choose another path.', value: file }]);
    const { bytes, sha256 } = await store()
      .put(this.key(file), content, { maxBytes: this.maxBytes - this.bytes })
      .catch((error: unknown) => {
        throw error instanceof AppError && error.code === 'too_large' ? modelTooLarge(this.maxBytes) : error;
      });
    this.bytes += bytes;
    this.files.push({ path: file, bytes, sha256 });
  }

  /** addZip unpacks an archive as it comes; its entries become the files. */
  async addZip(archive: Readable): Promise<void> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'penstock-model-'));
    try {
      const file = path.join(folder, 'model.zip');
      await pipeline(limited(archive, this.maxBytes), createWriteStream(file));
      await unzip(file, (entry, content) => this.add(entry, content));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** text reads a small file of the upload. */
  async text(file: string): Promise<string> {
    return readFile(await store().get(this.key(file)), 'utf8');
  }

  /** local is a file's path on this machine. */
  local(file: string): Promise<string> {
    return store().get(this.key(file));
  }

  size(): number {
    return this.bytes;
  }

  /** digest is the file's own when there is one, else that of the sorted list of files. */
  digest(): string {
    const [only, ...more] = this.files;
    if (only && more.length === 0) return only.sha256;
    const lines = this.files.map((file) => `${file.sha256}  ${file.path}\n`).toSorted();
    return createHash('sha256').update(lines.join('')).digest('hex');
  }

  /** abandon takes the files out of the store again. */
  async abandon(): Promise<void> {
    await store().delete(...this.files.map((file) => this.key(file.path)));
  }

  private key(file: string): string {
    return modelKey(this.workspaceId, this.versionId, file);
  }
}

const modelTooLarge = (maxBytes: number) =>
  new AppError('too_large', `The files are larger than ${megabytes(maxBytes)} together, the limit for one version.`, [{ path: 'file', message: `At most ${maxBytes} bytes.` }]);

async function* limited(source: Readable, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw modelTooLarge(maxBytes);
    yield chunk;
  }
}
