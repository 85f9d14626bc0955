import { describe, expect, it } from 'vitest';
import { splitLines } from './lines';
import { parseStat, type ProcessRow } from './proc-table';
import { treeOf } from './process-tree';
import { readProtocolLine } from './protocol';

const row = (pid: number, parent: number, session: number, group = session, started = 1): ProcessRow => ({ pid, parent, group, session, started, ticks: 0, zombie: false });
const pids = (rows: ProcessRow[]) => rows.map((each) => each.pid).sort((a, b) => a - b);

describe('the processes of an attempt', () => {
  const root = 100;
  const worker = row(50, 1, 50);
  const first = row(100, 50, 100);

  it.each<[string, ProcessRow[], Map<number, number>, number[], number[]]>([
    ['its first process alone', [worker, first], new Map(), [], [100]],
    ['children and grandchildren', [worker, first, row(101, 100, 100), row(102, 101, 100)], new Map(), [], [100, 101, 102]],
    ['a child in a session of its own', [worker, first, row(101, 100, 101)], new Map(), [], [100, 101]],
    ['the session when its parent is gone', [worker, row(101, 1, 100)], new Map(), [], [101]],
    ['a daemon that was seen before', [worker, first, row(101, 1, 101)], new Map([[101, 1]]), [], [100, 101]],
    ['not a stranger who got the number of one seen before', [worker, first, row(101, 1, 101, 101, 9)], new Map([[101, 1]]), [], [100]],
    ['a daemon that carries the key, and its children', [worker, first, row(101, 1, 101), row(102, 101, 102)], new Map(), [101], [100, 101, 102]],
    ['nothing of others', [worker, first, row(60, 50, 60), row(70, 1, 70)], new Map(), [], [100]],
  ])('are %s', (_, rows, known, carriers, expected) => {
    expect(pids(treeOf(rows, root, known, (each) => carriers.includes(each.pid)))).toEqual(expected);
  });

  it('are read from /proc also when a name holds brackets and spaces', () => {
    const text = '42 (a) b (c)) S 1 40 39 0 -1 4194304 1 0 0 0 5 6 70 80 20 0 1 0 777 1000 10';
    expect(parseStat(text)).toEqual({ pid: 42, parent: 1, group: 40, session: 39, started: 777, ticks: 161, zombie: false });
    expect(parseStat('nonsense')).toBeNull();
  });
});

describe('lines of a command', () => {
  const split = (...chunks: string[]): [string, number][] => {
    const lines: [string, number][] = [];
    const splitter = splitLines((text, cut) => lines.push([text, cut]));
    for (const chunk of chunks) splitter.push(Buffer.from(chunk, 'latin1'));
    splitter.end();
    return lines;
  };

  it.each<[string, string[], string[]]>([
    ['split anywhere', ['on', 'e\ntw', 'o\n\nthr', 'ee'], ['one', 'two', '', 'three']],
    ['with Windows line ends', ['a\r\nb\r\n'], ['a', 'b']],
    ['of progress bars show what a terminal would', ['10%\r50%\r100%\n', 'x\r\n'], ['100%', 'x']],
    ['with an umlaut across two chunks', ['\xc3', '\xa4\n'], ['ä']],
    ['that are not UTF-8', ['\xff\xfe\n'], ['\uFFFD\uFFFD']],
    ['that are none', [''], []],
  ])('%s', (_, chunks, expected) => {
    expect(split(...chunks).map(([text]) => text)).toEqual(expected);
  });

  it('hold at most 80 kB and say what was dropped', () => {
    const [first, second] = split('x'.repeat(50_000), 'x'.repeat(50_000), '\nnext');
    expect([first?.[0].length, first?.[1]]).toEqual([81_920, 100_000 - 81_920]);
    expect(second).toEqual(['next', 0]);
  });
});

describe('a line of the task protocol', () => {
  it.each<[string, unknown]>([
    ['hello', { kind: 'log' }],
    [' ::penstock {"progress":1}', { kind: 'log' }],
    ['::penstock {"progress":0.5,"message":"x"}', { kind: 'report', report: { progress: 0.5, message: 'x' } }],
    ['::penstock {"output":null}', { kind: 'report', report: { output: null } }],
    ['::penstock {"external":{"system":"spark","id":7}}', { kind: 'report', report: { external: { system: 'spark', id: 7 } } }],
    ['::penstock {"artifact":{"name":"a","path":"b"}}', { kind: 'report', report: { artifact: { name: 'a', path: 'b', type: '' } } }],
  ])('%s', (text, expected) => expect(readProtocolLine(text)).toEqual(expected));

  it.each(['::penstock ', '::penstock {', '::penstock []', '::penstock {"progress":2}', '::penstock {"progres":0.2}', '::penstock {"metrics":{"a":"b"}}'])('is broken: %s', (text) =>
    expect(readProtocolLine(text).kind).toBe('broken'),
  );
});
