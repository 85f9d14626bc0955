import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@/lib/core/errors';
import { explainDisk, receive, sweepFolder } from './incoming';
import { checkKey, notInStore, type Store, type StoredObject } from './object-store';

/** localStore keeps objects as read-only files (mode 0444) below one folder. @param root absolute folder */
export function localStore(root: string): Store {
  const place = (key: string) => path.join(root, ...checkKey(key).split('/'));
  const temporary = path.join(root, '.incoming');

  async function settle(from: string, to: string): Promise<void> {
    await chmod(from, 0o444);
    await mkdir(path.dirname(to), { recursive: true });
    await rename(from, to);
    await syncFolder(path.dirname(to));
  }

  return {
    shown: root,
    folder: root,
    async put(key, content, options = {}) {
      const target = place(key);
      await mkdir(temporary, { recursive: true });
      const incoming = path.join(temporary, randomUUID());
      try {
        const written = await receive(content, incoming, options.maxBytes);
        await settle(incoming, target);
        return written;
      } catch (error) {
        throw explainDisk(error, key);
      } finally {
        await rm(incoming, { force: true });
      }
    },
    async link(from, to) {
      const target = place(to);
      await mkdir(temporary, { recursive: true });
      const incoming = path.join(temporary, randomUUID());
      const source = await this.get(from);
      try {
        await link(source, incoming).catch(() => copyFile(source, incoming, constants.COPYFILE_FICLONE));
        await settle(incoming, target);
      } finally {
        await rm(incoming, { force: true });
      }
    },
    async get(key) {
      const file = place(key);
      const found = await stat(file).catch(() => null);
      if (!found?.isFile()) throw notInStore(key);
      return file;
    },
    async open(key) {
      const file = await this.get(key);
      return { stream: createReadStream(file), bytes: (await stat(file)).size };
    },
    async stat(key) {
      const found = await stat(place(key)).catch(() => null);
      return found?.isFile() ? { key, bytes: found.size, modifiedAt: found.mtime } : null;
    },
    async delete(...keys) {
      for (const key of keys) await rm(place(key), { force: true });
    },
    async list(folder) {
      const base = folder === undefined ? root : place(folder);
      const entries = await readdir(base, { recursive: true, withFileTypes: true }).catch(() => []);
      const found: StoredObject[] = [];
      for (const entry of entries) {
        const file = path.join(entry.parentPath, entry.name);
        if (!entry.isFile() || file.startsWith(temporary)) continue;
        const info = await stat(file).catch(() => null);
        if (info) found.push({ key: path.relative(root, file).split(path.sep).join('/'), bytes: info.size, modifiedAt: info.mtime });
      }
      return found;
    },
    hold: () => () => undefined,
    sweep: (now) => sweepFolder(temporary, now),
    async examine() {
      const key = `.examined/${randomUUID()}`;
      try {
        await this.put(key, Buffer.from('examined'));
        await this.delete(key);
      } catch (error) {
        throw new AppError('unavailable', `The folder ${root} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
