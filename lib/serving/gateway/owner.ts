import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FILE = 'owner';

/** When a process started, by the kernel's clock: with its id it names one process. Null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}

/** own writes into a folder that this process uses it. */
export function own(folder: string): void {
  writeFileSync(path.join(folder, FILE), `${process.pid}\n${startOf(process.pid) ?? ''}\n`);
}

function isUsed(folder: string): boolean {
  try {
    const [pid = '', start = ''] = readFileSync(path.join(folder, FILE), 'utf8').split('\n');
    process.kill(Number(pid), 0);
    return startOf(Number(pid)) === (start === '' ? null : start);
  } catch {
    return false;
  }
}

/** leftFolders lists the folders in a place that processes left which are gone. @param prefix only names that begin so */
export function leftFolders(place: string, prefix = ''): string[] {
  try {
    return readdirSync(place, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
      .map((entry) => path.join(place, entry.name))
      .filter((folder) => !isUsed(folder));
  } catch {
    return [];
  }
}
