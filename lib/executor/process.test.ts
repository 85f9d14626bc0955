import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { listProcesses } from './proc-table';
import { runProcess, type ProcessSpec } from './process';

const linux = process.platform === 'linux';
const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Line = { stream: string; text: string; cutBytes: number };

async function run(script: string, more: Partial<ProcessSpec> = {}) {
  const lines: Line[] = [];
  const end = await runProcess({
    command: ['/bin/sh', '-c', script],
    cwd: folder,
    env: { PATH: process.env.PATH ?? '' },
    memoryMb: 512,
    graceMs: 300,
    signal: new AbortController().signal,
    onLine: (stream, text, cutBytes) => lines.push({ stream, text, cutBytes }),
    ...more,
  });
  return { end, lines, texts: lines.map((line) => line.text) };
}

const isAlive = (pid: number) => listProcesses().some((row) => row.pid === pid && !row.zombie);

/** aborts when the script says `go`; answers the process id it has written to the file */
async function abortWhenWritten(script: string, file: string, graceMs = 300) {
  const controller = new AbortController();
  const result = await run(script, {
    graceMs,
    signal: controller.signal,
    onLine: (_, text) => {
      if (text === 'go') controller.abort();
    },
  });
  return { ...result, pid: Number(readFileSync(file, 'utf8')) };
}

describe('a command of an attempt', () => {
  it('hands on its lines by stream and its exit code', async () => {
    const { end, lines } = await run('echo one; echo two >&2; printf three; exit 7');
    expect(end.exitCode).toBe(7);
    expect(end.stopped).toBeNull();
    expect(lines.filter((l) => l.stream === 'stdout').map((l) => l.text)).toEqual(['one', 'three']);
    expect(lines.filter((l) => l.stream === 'stderr').map((l) => l.text)).toEqual(['two']);
  });

  it('inherits nothing of the environment', async () => {
    process.env.DATABASE_URL_FOR_TEST = 'postgresql://secret';
    const { texts } = await run('env');
    expect(texts.join('\n')).not.toContain('postgresql://secret');
    delete process.env.DATABASE_URL_FOR_TEST;
  });

  it('ends when its first process ends, and what it left in the background is killed', async () => {
    const file = path.join(folder, 'left');
    const { end } = await run(`sleep 300 & echo $! > ${file}; echo done`);
    expect(end.exitCode).toBe(0);
    expect(isAlive(Number(readFileSync(file, 'utf8')))).toBe(false);
  });

  it('is asked to stop first, and may end in order', async () => {
    const file = path.join(folder, 'asked');
    const { end } = await abortWhenWritten(`trap 'echo 42 > ${file}; exit 3' TERM; echo go; while :; do sleep 0.05; done`, file, 10_000);
    expect(end.stopped).toBe('abort');
    expect(end.exitCode).toBe(3);
    expect(readFileSync(file, 'utf8').trim()).toBe('42');
  });

  it.runIf(linux)('is killed whole on cancel: also a grandchild that left the session, ignores SIGTERM and lost its parents', async () => {
    const file = path.join(folder, 'grandchild');
    const script = `(setsid sh -c 'trap "" TERM; echo $$ > ${file}; while :; do sleep 1; done' >/dev/null 2>&1 &) ; while [ ! -s ${file} ]; do sleep 0.02; done; trap "" TERM; echo go; sleep 300`;
    const { end, pid } = await abortWhenWritten(script, file);
    expect(end.stopped).toBe('abort');
    expect(pid).toBeGreaterThan(1);
    expect(isAlive(pid)).toBe(false);
  });

  it.runIf(linux)('that starts too many processes is stopped, with all of them', async () => {
    // bounded by itself as well: at most 500 sleeps
    const { end } = await run('i=0; while [ $i -lt 500 ]; do sleep 60 & i=$((i+1)); done; wait', { maxProcesses: 50 });
    expect(end.stopped).toBe('processes');
    expect(end.peakProcesses).toBeGreaterThan(50);
    expect(listProcesses().filter((row) => environmentHas(row.pid)).length).toBe(0);
  });

  it.runIf(linux)('that uses more memory than it may, all processes together, is stopped', async () => {
    const hog = `import time
a = []
for i in range(40):
    a.append(bytearray(10_000_000)); time.sleep(0.02)
time.sleep(30)`;
    const { end } = await run(`python3 -c "${hog}" & python3 -c "${hog}" & wait`, { memoryMb: 200 });
    expect(end.stopped).toBe('memory');
    expect(end.peakBytes).toBeGreaterThan(200 * 1024 * 1024);
    expect(end.peakBytes).toBeLessThan(600 * 1024 * 1024);
  });

  it('says how much of an overlong line was dropped, and keeps memory bounded', async () => {
    const { lines } = await run(`head -c 10485760 /dev/zero | tr '\\0' x; echo; echo after`);
    expect(lines[0]?.text.length).toBe(80 * 1024);
    expect(lines[0]?.cutBytes).toBe(10485760 - 80 * 1024);
    expect(lines[1]?.text).toBe('after');
  });

  it('waits while the reader has no room, and loses no line', async () => {
    let inFlight = 0;
    let most = 0;
    const { lines } = await run('seq 1 50000', {
      ready: async () => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise((resolve) => setImmediate(resolve));
        inFlight -= 1;
      },
    });
    expect(lines.length).toBe(50000);
    expect(lines.at(-1)?.text).toBe('50000');
    expect(most).toBeLessThanOrEqual(2);
  });

  it.runIf(linux)('dies with its worker when the worker is killed', async () => {
    const file = path.join(folder, 'orphan');
    const source = fileURLToPath(new URL('./process.ts', import.meta.url));
    const worker = path.join(folder, 'worker.ts');
    const script = `(setsid sleep 300 & echo $! > ${file}); env -i /bin/sleep 300 & echo $! >> ${file}; echo $$ >> ${file}; echo $PPID >> ${file}; echo go; sleep 300`;
    writeFileSync(
      worker,
      `import { runProcess } from ${JSON.stringify(source)};
       void runProcess({ command: ['/bin/sh', '-c', ${JSON.stringify(script)}], cwd: ${JSON.stringify(folder)}, env: { PATH: process.env.PATH ?? '' },
         memoryMb: 512, signal: new AbortController().signal, onLine: (_, text) => process.stdout.write(text + '\\n') });`,
    );
    const child = spawn(process.execPath, ['--import', 'tsx', worker], { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const pids = readFileSync(file, 'utf8').trim().split('\n').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true, true, true]);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false, false, false]), { timeout: 5_000 });
  }, 20_000);

  it.each<[string, number | null, NodeJS.Signals | null]>([
    ['exit 137', 137, null],
    ['kill -9 $$', null, 'SIGKILL'],
    ['kill -TERM $$', null, 'SIGTERM'],
    ['exit 99', 99, null],
  ])('%s ends with code %s and signal %s', async (script, code, signal) => {
    const { end } = await run(script);
    expect([end.exitCode, end.signal]).toEqual([code, signal]);
  });

  it('cannot be started in a folder that is missing', async () => {
    await expect(run('true', { cwd: path.join(folder, 'missing') })).rejects.toThrow(/ENOENT|could not be started/);
  });

  it('gets its variables to the letter, and none of the command before it', async () => {
    const value = `it's "quoted" $HOME \`x\`\nüé\u0001 %s \\000`;
    await run('true', { env: { PATH: process.env.PATH ?? '', BEFORE: 'x' } });
    const { texts } = await run('printf "%s" "$VALUE"; echo; echo "[$BEFORE]"', { env: { PATH: process.env.PATH ?? '', VALUE: value } });
    expect(texts.join('\n')).toBe(`${value}\n[]`);
  });

  it.runIf(linux)('does not get the lines of a process that got away from the command before it', async () => {
    await run('(setsid env -i /bin/sh -c "sleep 0.2; echo stray; echo stray >&2" &)');
    const { texts } = await run('sleep 0.5; echo mine');
    expect(texts).toEqual(['mine']);
  });

  it.runIf(linux)('gets no line of the command before it, however late that was written and however short-lived its writer', async () => {
    const getsAway = (ms: number, text: string) => `(setsid env -i /bin/sh -c 'sleep ${ms / 1000}; echo ${text}; echo ${text} >&2' &)`;
    const all = await Promise.all(
      Array.from({ length: 8 }, async (_, place) => {
        const wrong: string[] = [];
        for (let i = 0; i < 12; i++) {
          const { texts } = await run(`${getsAway((i % 4) * 2, 'late')} ; (sleep 0.00${i % 5}; echo ${place}-${i}) & echo ${place}-${i}`);
          wrong.push(...texts.filter((text) => text !== `${place}-${i}` && text !== 'late'));
          wrong.push(...(await run('sleep 0.01')).texts);
        }
        return wrong;
      }),
    );
    expect(all.flat()).toEqual([]);
  }, 30_000);

  it.runIf(linux)('is started by a process that is used again when nothing is left of it, and holds no pipe of that one', async () => {
    const parents = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const { texts } = await run('echo $PPID; sleep 60 & readlink /proc/$PPID/fd/*; echo; readlink /proc/$$/fd/*');
      parents.add(texts[0]!);
      const [its, mine] = [texts.slice(1, texts.indexOf('')), texts.slice(texts.indexOf('') + 1)].map((links) => links.filter((link) => link.startsWith('socket:')));
      // what it writes to, and nothing else
      expect(its!.length).toBeGreaterThan(3);
      expect(new Set(mine!.filter((link) => its!.includes(link))).size).toBe(2);
    }
    expect(parents.size).toBe(1);
  });

  it.runIf(linux)('takes a daemon that it left with it, and its starter is used again; also after more processes than are worth looking at', async () => {
    const file = path.join(folder, 'daemon');
    const first = await run(`echo $PPID; (setsid sleep 300 </dev/null >/dev/null 2>&1 & echo $! > ${file})`);
    expect(isAlive(Number(readFileSync(file, 'utf8')))).toBe(false);
    const many = await run('echo $PPID; i=0; while [ $i -lt 400 ]; do /bin/true; i=$((i+1)); done');
    const last = await run('echo $PPID');
    expect([many.texts, last.texts]).toEqual([first.texts, first.texts]);
  }, 20_000);

  it.runIf(linux)('leads a session and a group of its own', async () => {
    const { texts } = await run('echo $$; read -r pid name state parent group session rest </proc/$$/stat; echo $group; echo $session');
    expect(new Set(texts).size).toBe(1);
  });

  it('may write what looks like the end of its output', async () => {
    const { end, lines } = await run(`printf 'a\\0b\\0\\0c\\n\\000'; printf '\\0x' >&2`);
    expect(end.exitCode).toBe(0);
    expect(lines.filter((l) => l.stream === 'stdout').map((l) => l.text)).toEqual(['a\0b\0\0c', '\0']);
    expect(lines.filter((l) => l.stream === 'stderr').map((l) => l.text)).toEqual(['\0x']);
  });

  it('that may not be run fails with code 126 and says why', async () => {
    const file = path.join(folder, 'not-executable');
    writeFileSync(file, 'true', { mode: 0o600 });
    const { end, texts } = await run('', { command: [file] });
    expect(end.exitCode).toBe(126);
    expect(texts.join(' ')).toMatch(/permission denied/i);
  });

  it('has an empty input, and ignores no signal that programs expect to end them', async () => {
    const { texts } = await run('cat; grep SigIgn /proc/self/status || echo SigIgn: 0');
    // but for the two that the system's library keeps for itself
    expect(texts.map((text) => BigInt(`0x${text.split(/\s+/)[1]}`) & ~(3n << 31n))).toEqual([0n]);
  });

  it('is found along its own PATH, past what may not be run; without a first line it is a script for sh', async () => {
    const [first, second] = ['first', 'second'].map((name) => mkdtempSync(path.join(folder, name)));
    writeFileSync(path.join(first!, 'penstock-tool'), 'echo wrong', { mode: 0o600 });
    writeFileSync(path.join(second!, 'penstock-tool'), 'echo "tool $1"', { mode: 0o700 });
    const { texts } = await run('', { command: ['penstock-tool', 'a b'], env: { PATH: `${first}:/nowhere:${second}:${process.env.PATH}` } });
    expect(texts).toEqual(['tool a b']);
  });

  it('that is larger than the system takes fails and says so', async () => {
    const { end, texts } = await run('', { command: ['/bin/true', 'x'.repeat(300_000)] });
    expect(end.exitCode).toBe(126);
    expect(texts.join(' ')).toMatch(/too long/i);
  });

  it.runIf(linux)('that kills the process that started it is ended, and the next one has another', async () => {
    const file = path.join(folder, 'killer');
    const parent = (await run('echo $PPID')).texts;
    const { end } = await run(`echo $$ > ${file}; kill -9 $PPID; sleep 60`);
    expect(end.signal).toBe('SIGKILL');
    expect(isAlive(Number(readFileSync(file, 'utf8')))).toBe(false);
    const { end: next, texts } = await run('echo $PPID');
    expect(next.exitCode).toBe(0);
    expect(texts).not.toEqual(parent);
  });

  it('says all of a large output however slowly it is read, and meanwhile others go on', async () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const slow = run('seq 1 60000', { ready: () => opened });
    for (let i = 0; i < 20; i++) expect((await run('echo quick')).texts).toEqual(['quick']);
    open();
    expect((await slow).texts.at(-1)).toBe('60000');
  });

  it('many at once and one after another keep their lines apart', async () => {
    const all = await Promise.all(Array.from({ length: 30 }, (_, i) => run(`echo ${i}; echo ${i} >&2; printf end-${i}`)));
    all.forEach(({ texts }, i) => expect(texts.sort()).toEqual([String(i), String(i), `end-${i}`]));
  });

  it('that does not exist fails with code 127 and says so', async () => {
    const { end, texts } = await run('', { command: ['penstock-no-such-command'] });
    expect(end.exitCode).toBe(127);
    expect(texts.join(' ')).toContain('not found');
  });
});

describe('without a process that starts commands', () => {
  it('the worker starts them itself', async () => {
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    try {
      const { end, lines } = await run('echo $PPID; echo "$X" >&2; exit 7', { env: { PATH: process.env.PATH ?? '', X: 'a b' } });
      expect(end).toMatchObject({ exitCode: 7, signal: null, stopped: null });
      expect(lines.map((line) => [line.stream, line.text]).sort()).toEqual([['stderr', 'a b'], ['stdout', String(process.pid)]]);
      const file = path.join(folder, 'direct');
      const stopped = await abortWhenWritten(`sleep 300 & echo $! > ${file}; echo go; wait`, file);
      expect(stopped.end.stopped).toBe('abort');
      expect(isAlive(stopped.pid)).toBe(false);
    } finally {
      platform.mockRestore();
    }
  });
});

function environmentHas(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`PWD=${folder}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep');
  } catch {
    return false;
  }
}
