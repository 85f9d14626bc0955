import { type Readable } from 'node:stream';
import { fromBuffer, open, type Entry, type ZipFile } from 'yauzl';
import { invalid } from '@/lib/core/errors';

const broken = (why: string) => invalid(`The zip archive cannot be read: ${why}.`, [{ path: 'file', message: 'Upload the files themselves, or a zip archive.' }]);

/**
 * unzip hands over the files of an archive one after the other; folders and what macOS adds are left out.
 * @param archive path of the archive, or its bytes
 * @throws AppError invalid when it is damaged
 */
export async function unzip(archive: string | Buffer, take: (path: string, content: Readable) => Promise<void>): Promise<void> {
  const zip = await opened(archive);
  try {
    await new Promise<void>((resolve, reject) => {
      const next = async (entry: Entry) => {
        const skipped = entry.fileName.endsWith('/') || entry.fileName.startsWith('__MACOSX/') || entry.fileName.endsWith('.DS_Store');
        if (!skipped) await take(entry.fileName, await contentOf(zip, entry));
        zip.readEntry();
      };
      zip.on('entry', (entry: Entry) => void next(entry).catch(reject));
      zip.on('end', resolve);
      zip.on('error', (error: Error) => reject(broken(error.message)));
      zip.readEntry();
    });
  } finally {
    zip.close();
  }
}

function opened(archive: string | Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, zip?: ZipFile) => (error || !zip ? reject(broken(error?.message ?? 'it is empty')) : resolve(zip));
    if (typeof archive === 'string') open(archive, { lazyEntries: true, autoClose: false }, done);
    else fromBuffer(archive, { lazyEntries: true }, done);
  });
}

const contentOf = (zip: ZipFile, entry: Entry): Promise<Readable> =>
  new Promise((resolve, reject) => zip.openReadStream(entry, (error, stream) => (error || !stream ? reject(broken(error?.message ?? 'an entry is empty')) : resolve(stream))));
