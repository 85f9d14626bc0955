import { readdirSync, readlinkSync } from 'node:fs';
import { readText, type ProcessRow } from './proc-table';

/** Where the kernel lets a thread sleep that waits for bytes of a connection, or for one of several. */
const SLEEPS_ON_SOCKET = /^(wait_woken|sk_wait_data|inet_stream_connect|inet_wait_for_connect|poll_schedule_timeout|do_poll|do_select|do_epoll_wait|ep_poll)/;
/** A thread that sleeps for another thread or for a child does not speak against it. */
const SLEEPS_FOR_OTHERS = /^(futex_|do_wait|__do_wait|do_sigtimedwait|pipe_read|anon_pipe_read)/;

/** One line of /proc/<pid>/net/tcp: addresses as the kernel writes them. */
type Connection = { local: string; remote: string; inode: string };

/** parseConnections reads the connections that are being made or stand (states 02 and 01) from /proc/net/tcp or tcp6. */
export function parseConnections(text: string): Connection[] {
  return text.split('\n').slice(1).flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local, remote, state] = fields;
    const inode = fields[9];
    if (local === undefined || remote === undefined || inode === undefined || (state !== '01' && state !== '02')) return [];
    return [{ local, remote, inode }];
  });
}

/** outsideConnections are those of an attempt whose other end is not one of its own processes. Pure. @param inodes its sockets */
export function outsideConnections(all: readonly Connection[], inodes: ReadonlySet<string>): Connection[] {
  const own = all.filter((each) => inodes.has(each.inode));
  const ends = new Set(own.map((each) => each.local));
  return own.filter((each) => !ends.has(each.remote));
}

/** sleepsOnNetwork tells from where its threads sleep whether an attempt waits for a connection and does nothing else. Pure. */
export function sleepsOnNetwork(threads: readonly { state: string; wchan: string }[]): boolean {
  if (threads.some((t) => t.state !== 'S' || !(SLEEPS_ON_SOCKET.test(t.wchan) || SLEEPS_FOR_OTHERS.test(t.wchan)))) return false;
  return threads.some((t) => SLEEPS_ON_SOCKET.test(t.wchan));
}

/**
 * networkWait says which connection the processes of an attempt sleep on, all their threads together; null when they do not, or when the
 * kernel does not tell. It reads one file a thread and one a socket, so it is for processes that are quiet.
 */
export function networkWait(rows: readonly ProcessRow[]): string | null {
  if (rows.length === 0 || !sleepsOnNetwork(rows.flatMap(({ pid }) => threadsOf(pid)))) return null;
  const inodes = new Set(rows.flatMap(({ pid }) => socketsOf(pid)));
  const { pid } = rows[0]!;
  const all = ['tcp', 'tcp6'].flatMap((name) => parseConnections(readText(`/proc/${pid}/net/${name}`) ?? ''));
  const [first, ...more] = outsideConnections(all, inodes);
  if (!first) return null;
  return `asleep on a connection to ${addressOf(first.remote)}${more.length > 0 ? ` and ${more.length} more` : ''}`;
}

function threadsOf(pid: number): { state: string; wchan: string }[] {
  return entries(`/proc/${pid}/task`).map((tid) => {
    const stat = readText(`/proc/${pid}/task/${tid}/stat`) ?? '';
    return { state: stat.charAt(stat.lastIndexOf(')') + 2), wchan: readText(`/proc/${pid}/task/${tid}/wchan`) ?? '' };
  });
}

function socketsOf(pid: number): string[] {
  return entries(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** addressOf turns the kernel's hexadecimal words (each in the machine's byte order) into an address that people read. */
export function addressOf(hex: string): string {
  const [host = '', port = ''] = hex.split(':');
  const bytes = (host.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)));
  const mapped = bytes.length === 16 && bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 255 && bytes[11] === 255;
  const four = bytes.length === 4 ? bytes : mapped ? bytes.slice(12) : null;
  const six = () => Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16)).join(':');
  return `${four ? four.join('.') : `[${six()}]`}:${Number.parseInt(port, 16)}`;
}
