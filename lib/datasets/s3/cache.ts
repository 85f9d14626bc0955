import { createHash, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { log } from '@/lib/core/log';
import { sweepFolder } from '../incoming';

/** A file that was used this recently is never evicted: somebody may be reading it, in another process too. Milliseconds. */
const RECENT_MS = 10 * 60_000;
/** How often the time of a file's last use is written down, in milliseconds. */
const NOTE_MS = 60_000;
/** A round of eviction ends at this share of the limit, so that not every new file needs one. */
const LOW = 0.8;

/**
 * ContentCache keeps copies of immutable objects on this machine: whole files, put in place by renaming, read-only. Several processes
 * share one folder. Beyond the limit the least recently used ones are removed; those in use stay, even when that exceeds it.
 */
export class ContentCache {
  private readonly held = new Map<string, number>();
  private added = Infinity;

  /**
   * @param folder of PENSTOCK_HOME
   * @param maxBytes limit of all files together
   */
  constructor(
    readonly folder: string,
    private readonly maxBytes: number,
  ) {}

  /** place is where an object's content lies, or would lie. @param identity what makes it unique: store, key, and ETag where content may change */
  place(identity: string, key: string): string {
    return path.join(this.folder, createHash('sha256').update(identity).digest('hex').slice(0, 40), path.posix.basename(key));
  }

  /** incoming names a new file that is being written, on the same disk. */
  async incoming(): Promise<string> {
    const folder = this.incomingFolder();
    await mkdir(folder, { recursive: true });
    return path.join(folder, randomUUID());
  }

  incomingFolder(): string {
    return path.join(this.folder, '.incoming');
  }

  /** find tells whether a place is filled, and notes its use. */
  async find(place: string): Promise<boolean> {
    const found = await stat(place).catch(() => null);
    if (!found) return false;
    if (Date.now() - found.mtimeMs > NOTE_MS) await this.touch(place);
    return true;
  }

  /** take moves a whole file into its place. */
  async take(file: string, place: string, bytes: number): Promise<void> {
    await chmod(file, 0o444);
    await this.touch(file);
    await mkdir(path.dirname(place), { recursive: true });
    await rename(file, place);
    this.added += bytes;
    if (this.added > this.maxBytes / 20) await this.evict();
  }

  /** alias gives the content of one place a second one, if it is there. */
  async alias(from: string, to: string): Promise<void> {
    if (!(await this.find(from))) return;
    await mkdir(path.dirname(to), { recursive: true });
    await link(from, to).catch(() => undefined);
  }

  async drop(place: string): Promise<void> {
    await rm(path.dirname(place), { recursive: true, force: true });
  }

  /** hold keeps places from being evicted until it is let go. */
  hold(places: string[]): () => void {
    const timer = setInterval(() => places.forEach((place) => void this.touch(place)), RECENT_MS / 2);
    timer.unref();
    for (const place of places) this.held.set(place, (this.held.get(place) ?? 0) + 1);
    return () => {
      clearInterval(timer);
      for (const place of places) {
        const count = (this.held.get(place) ?? 1) - 1;
        if (count === 0) this.held.delete(place);
        else this.held.set(place, count);
      }
    };
  }

  /** evict removes what was not used for longest, until there is room again. @returns bytes removed */
  async evict(now = Date.now()): Promise<number> {
    this.added = 0;
    // of processes that were killed
    await sweepFolder(this.incomingFolder(), new Date(now));
    const found: { place: string; bytes: number; usedAt: number }[] = [];
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (name.startsWith('.')) continue;
      const folder = path.join(this.folder, name);
      const [file] = await readdir(folder).catch(() => []);
      const place = file === undefined ? null : path.join(folder, file);
      const info = place === null ? null : await stat(place).catch(() => null);
      if (place && info) found.push({ place, bytes: info.size, usedAt: info.mtimeMs });
    }
    let total = found.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= this.maxBytes) return 0;
    const before = total;
    for (const { place, bytes, usedAt } of found.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.maxBytes * LOW || now - usedAt < RECENT_MS) break;
      if (this.held.has(place)) continue;
      await this.drop(place);
      total -= bytes;
    }
    log.info({ folder: this.folder, removedBytes: before - total, keptBytes: total }, 'local copies of stored files removed');
    return before - total;
  }

  private async touch(place: string): Promise<void> {
    const now = new Date();
    await utimes(place, now, now).catch(() => undefined);
  }
}
