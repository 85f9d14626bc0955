/**
 * The program of a launcher, in Python: it starts commands, each in a session of its own, several at a time. It starts them by posix_spawn,
 * which copies nothing of the launcher; a fork, even of a small process, costs half as much as a whole `sh`. Argument: how many places it has.
 * Fd 3 is the worker's; a place has two more, what its commands write to. The worker says `<place> <bytes>` in a line and then so many bytes
 * (folder, number of words, words, names and values of variables, with NUL between them); 0 bytes ask for the mark. It is told
 * `pid <place> <id>`, `end <place> <wait status> <alone> <taken>`, or `fail <place>` when the folder is missing or no process can be had.
 * When the worker is gone they are killed. An id is told only once the command has run for a moment: most have ended by then, and are told of once.
 *
 * Nothing of a command is left (`alone`) when no process with a younger id lives that can be its descendant: those have a parent that is
 * younger than the command too, or lost theirs and were given to a process above this one. Ids go up, so that only those given out since are
 * looked at; when they began again at the end, or the command took long, it is not known. Ids given out during the look are looked at as well.
 * All that it wrote is `taken` when the worker has read both of its outputs empty. Otherwise the mark ends them, at once where it is alone, else
 * when it is asked for.
 */
export const PROGRAM = String.raw`
import os, sys, time, select, signal, fcntl, termios

PLACES = int(sys.argv[1])
WORKER = 3
MOMENT = 0.02
outputs = [(4 + 2 * place, 5 + 2 * place) for place in range(PLACES)]
for fd in range(WORKER, 4 + 2 * PLACES):
    os.set_inheritable(fd, False)
woken, wake = os.pipe()
os.set_blocking(woken, False)
os.set_blocking(wake, False)
signal.set_wakeup_fd(wake)
signal.signal(signal.SIGCHLD, lambda *_: None)
# Python ignores both, which commands are not to inherit
IGNORED = (signal.SIGPIPE, signal.SIGXFSZ)
loads = os.open('/proc/loadavg', os.O_RDONLY)
commands = {}
untold = {}
said = []
full = set()
poll = select.poll()


def stat_of(id):
    try:
        file = os.open('/proc/%d/stat' % id, os.O_RDONLY)
    except OSError:
        return None
    try:
        state, parent = os.read(file, 1024).rpartition(b')')[2].split(None, 2)[:2]
        return state, int(parent)
    except (OSError, ValueError):
        return None
    finally:
        os.close(file)


above = {1}
id = os.getppid()
while id > 1 and id not in above:
    above.add(id)
    id = (stat_of(id) or (b'', 1))[1]


def is_alone(first):
    seen = first
    for _ in range(5):
        newest = int(os.pread(loads, 128, 0).split()[-1])
        if newest < seen or newest - first > 300:
            return False
        if newest == seen:
            return True
        for id in range(seen + 1, newest + 1):
            if id in commands:
                continue
            state, parent = stat_of(id) or (b'X', 0)
            if state not in b'ZX' and (parent == first or parent in above):
                return False
        seen = newest
    return False


def is_taken(place):
    return all(fcntl.ioctl(fd, termios.TIOCOUTQ, b'\0\0\0\0') == b'\0\0\0\0' for fd in outputs[place])


def write_mark(place):
    for fd in outputs[place]:
        full.add(fd)
        poll.register(fd, select.POLLOUT)


def end_output(fd):
    full.discard(fd)
    poll.unregister(fd)
    write(fd, mark)


def write(fd, text):
    try:
        while text:
            text = text[os.write(fd, text):]
    except OSError:
        pass


def programs(word, path):
    return [word] if b'/' in word else [os.path.join(folder or b'.', word) for folder in path.split(b':')]


def spawn(place, words, variables):
    out, err = outputs[place]
    actions = ((os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, err, 2))
    problem = FileNotFoundError()
    for program in programs(words[0], variables.get(b'PATH', b'/bin:/usr/bin')):
        try:
            return os.posix_spawn(program, words, variables, file_actions=actions, setsid=True, setsigdef=IGNORED)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError as error:
            problem = error
        except OSError as error:
            if error.errno == 8:
                return os.posix_spawn(b'/bin/sh', [b'sh', program, *words[1:]], variables, file_actions=actions, setsid=True, setsigdef=IGNORED)
            if error.errno in (11, 12):
                raise
            problem = error
            break
    missing = isinstance(problem, FileNotFoundError)
    write(err, b'sh: %s: %s\n' % (words[0], b'not found' if missing else problem.strerror.encode()))
    return -127 if missing else -126


def start(place, told):
    folder, count, *rest = told.split(b'\0')
    words, rest = rest[:int(count)], rest[int(count):]
    try:
        os.chdir(folder)
        pid = spawn(place, words, dict(zip(rest[::2], rest[1::2])))
    except OSError:
        said.append('fail %d\n' % place)
        return
    if pid < 0:
        end(place, -pid << 8, True)
        return
    commands[pid] = place, time.monotonic()
    untold[pid] = place


def end(place, status, alone):
    taken = alone and is_taken(place)
    if alone and not taken:
        write_mark(place)
    said.append('end %d %d %d %d\n' % (place, status, alone, taken))


def reap():
    while commands:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        place, began = commands.pop(pid)
        if untold.pop(pid, None) is not None:
            said.append('pid %d %d\n' % (place, pid))
        end(place, status, time.monotonic() - began < 2 and is_alone(pid))


def tell():
    for pid, place in list(untold.items()):
        if time.monotonic() - commands[pid][1] < MOMENT:
            break
        del untold[pid]
        said.append('pid %d %d\n' % (place, pid))
    if said:
        write(WORKER, ''.join(said).encode())
        said.clear()


held = b''


def requests():
    global held
    while True:
        line, found, rest = held.partition(b'\n')
        if not found:
            return
        place, length = map(int, line.split())
        if len(rest) < length:
            return
        held = rest[length:]
        yield place, rest[:length]


def hear():
    global held
    told = os.read(WORKER, 65536)
    if not told:
        for pid in commands:
            try:
                os.killpg(pid, signal.SIGKILL)
            except OSError:
                pass
        sys.exit()
    held += told


while b'\n' not in held:
    hear()
secret, _, held = held.partition(b'\n')
mark = b'\0' + secret + b'\0'
poll.register(WORKER, select.POLLIN)
poll.register(woken, select.POLLIN)
while True:
    for place, told in requests():
        if told:
            start(place, told)
        else:
            write_mark(place)
    tell()
    for fd, _ in poll.poll(MOMENT * 1000 if untold else None):
        if fd == woken:
            os.read(fd, 4096)
            reap()
        elif fd == WORKER:
            hear()
        elif fd in full:
            end_output(fd)
`;
