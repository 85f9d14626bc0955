import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { readAddress, type Address } from './address';

/** Who holds a PENSTOCK_HOME: nobody but us, or a living product (with its address once it is ready). */
export type Hold = { held: true; release(): void } | { held: false; pid: number; address: Address | null };

/**
 * takeHold makes this process the only one that runs on `home`. A holder that was killed is noticed by its dead process id,
 * or by a living one that was given to a stranger since.
 */
export function takeHold(home: string): Hold {
  const file = path.join(home, 'up.pid');
  for (let tries = 0; tries < 5; tries++) {
    try {
      const fd = openSync(file, 'wx');
      writeSync(fd, `${process.pid}\n${startedAt(process.pid) ?? ''}\n`);
      closeSync(fd);
      return { held: true, release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = livingHolder(file);
      if (pid !== null) return { held: false, pid, address: readAddress(home) };
      rmSync(file, { force: true });
    }
  }
  throw new Error(`${file} cannot be taken: other starts keep taking it. Try again.`);
}

function livingHolder(file: string): number | null {
  try {
    const [pid = '', started = ''] = readFileSync(file, 'utf8').split('\n');
    const id = Number(pid);
    if (!Number.isInteger(id) || id <= 0) return null;
    process.kill(id, 0);
    const now = startedAt(id);
    return now !== null && started !== '' && now !== started ? null : id;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? -1 : null;
  }
}

/**
 * When a process started, in the kernel's ticks: with the id it names one process, also after a reboot gave the id away.
 * A killed process that nobody has collected yet has "ended". Null where the system does not tell.
 */
function startedAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === 'Z' ? 'ended' : `${boot} ${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}
