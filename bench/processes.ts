import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process of the product: `name` is its kind (web, worker, gateway, gateway-router, up, postgres, or the begin of its command). */
export type Member = { pid: number; name: string };

/** familyOf lists all processes below one, itself included. */
export function familyOf(root: number): Member[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, args]) => ({ pid: Number(pid), parent: Number(parent), args: args ?? '' }));
  const members = [root];
  for (let i = 0; i < members.length; i++) for (const row of rows) if (row.parent === members[i]) members.push(row.pid);
  return members.map((pid) => ({ pid, name: kindOf(rows.find((row) => row.pid === pid)?.args ?? '') }));
}

function kindOf(args: string): string {
  const bundle = /dist\/([\w-]+)\.mjs/.exec(args)?.[1];
  if (bundle) return bundle;
  if (/penstock\.mjs up|bin\/start\.mjs/.test(args)) return 'up';
  return /postgres/.test(args) ? 'postgres' : args.slice(0, 30);
}

/** pssMb is a process's memory in MB, pages that it shares divided among all that share them; 0 once it is gone. */
export const pssMb = (pid: number): number => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;

/** rssMb is a process's resident memory in MB, shared pages included; 0 once it is gone. */
export const rssMb = (pid: number): number => Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;

/** cpuTicks is the CPU time of a process so far, in hundredths of a second; 0 once it is gone. */
export function cpuTicks(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
