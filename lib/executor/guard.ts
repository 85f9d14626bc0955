import { spawn, type ChildProcess } from 'node:child_process';
import { exactly } from './environment';
import { ATTEMPT_KEY } from './process-tree';

/**
 * The guard is one small shell beside the worker. It learns which attempts are alive over a pipe; when the pipe closes while
 * some still are, the worker was killed, and the guard kills what it left behind: groups first, then whatever carries an
 * attempt's key, several times over, since a process may be forking at that very moment.
 */
const SCRIPT = `
trap '' INT TERM HUP
alive=
while read -r what key group; do
  rest=
  for one in $alive; do
    case $one in "$key":*) ;; *) rest="$rest $one" ;; esac
  done
  alive=$rest
  [ "$what" = + ] && alive="$alive $key:$group"
done
[ -z "$alive" ] && exit 0
for round in 1 2 3 4 5 6 7 8 9 10; do
  for one in $alive; do
    group=\${one#*:}
    [ -n "$group" ] && [ $round -lt 3 ] && kill -9 -- "-$group" 2>/dev/null
    for file in $(grep -l -s -a "${ATTEMPT_KEY}=\${one%%:*}" /proc/[0-9]*/environ 2>/dev/null); do
      pid=\${file#/proc/}
      kill -9 "\${pid%/environ}" 2>/dev/null
    done
  done
  sleep 0.2
done
`;

const alive = new Map<string, number | null>();
let guard: ChildProcess | null = null;

/** watchOver tells the guard of an attempt: first its key alone, before the process exists, then with the process's group. */
export function watchOver(key: string, group: number | null): void {
  alive.set(key, group);
  if (!guard) return start();
  tell(`+ ${key} ${group ?? ''}\n`);
  // it has to know the key before there is a process; the rest may be told with what others have to tell
  if (group === null) flush();
}

/** letGo tells the guard that nothing of the attempt is left. */
export function letGo(key: string): void {
  alive.delete(key);
  tell(`- ${key}\n`);
}

function start(): void {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'penstock-guard'], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: exactly({ PATH: process.env.PATH ?? '/usr/bin:/bin' }),
    cwd: '/',
  });
  guard = child;
  const lost = () => {
    if (guard !== child) return;
    guard = null;
    if (alive.size > 0) start();
  };
  child.on('error', lost);
  child.on('exit', lost);
  child.stdin?.on('error', () => undefined);
  child.unref();
  // a pipe to a child is a socket or pipe handle that would keep an otherwise finished process running
  (child.stdin as unknown as { unref?: () => void }).unref?.();
  untold = [...alive].map(([key, group]) => `+ ${key} ${group ?? ''}\n`).join('');
  flush();
}

let untold = '';
let telling: NodeJS.Immediate | undefined;

function tell(line: string): void {
  untold += line;
  telling ??= setImmediate(flush);
}

function flush(): void {
  clearImmediate(telling);
  telling = undefined;
  guard?.stdin?.write(untold);
  untold = '';
}
