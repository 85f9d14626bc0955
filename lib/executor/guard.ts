import { spawn, type ChildProcess } from 'node:child_process';
import { exactly } from './environment';
import { ATTEMPT_KEY, OWN_KEYS } from './process-tree';

/**
 * The guard is one small shell beside the worker. It learns over a pipe which processes start commands and which groups are commands; when
 * the pipe closes, the worker has ended, and the guard kills what it left behind: groups, and whatever carries a key of this worker, again
 * and again until nothing was found three times, since a process may be forking at that very moment.
 */
const SCRIPT = `
trap '' INT TERM HUP
alive=
while read -r what who; do
  rest=
  for one in $alive; do
    [ "$one" = "$who" ] || rest="$rest $one"
  done
  alive=$rest
  [ "$what" = + ] && alive="$alive $who"
done
quiet=0
round=0
while [ $quiet -lt 3 ] && [ $round -lt 20 ]; do
  quiet=$((quiet + 1))
  round=$((round + 1))
  for one in $alive; do
    case $one in
      group:*) [ $round -lt 3 ] && kill -s KILL -- "-\${one#group:}" 2>/dev/null && quiet=0 ;;
      starter:*)
        for file in $(grep -l -s -a -E "\\) [A-Za-z] \${one#starter:} " /proc/[0-9]*/stat); do
          pid=\${file#/proc/}
          kill -s KILL -- "-\${pid%/stat}" 2>/dev/null && quiet=0
        done ;;
    esac
  done
  for file in $(grep -l -s -a "${ATTEMPT_KEY}=$1" /proc/[0-9]*/environ 2>/dev/null); do
    pid=\${file#/proc/}
    kill -s KILL "\${pid%/environ}" 2>/dev/null && quiet=0
  done
  sleep 0.2
done
`;

/** A command's group, or a process whose children are commands. */
export type Watched = `group:${number}` | `starter:${number}`;

const alive = new Set<Watched>();
let guard: ChildProcess | null = null;

/** startGuard makes sure that there is one; a command is started only under guard. */
export function startGuard(): void {
  if (!guard) start();
}

/** watchOver tells the guard of a group or a starter of commands. */
export function watchOver(who: Watched): void {
  alive.add(who);
  guard?.stdin?.write(`+ ${who}\n`);
}

/** letGo tells the guard that nothing of it is left. */
export function letGo(who: Watched): void {
  if (alive.delete(who)) guard?.stdin?.write(`- ${who}\n`);
}

function start(): void {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'penstock-guard', OWN_KEYS], {
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
  child.stdin?.write([...alive].map((who) => `+ ${who}\n`).join(''));
}
