import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Output } from './output';

const MARK = 'a-mark';
const whole = `\0${MARK}\0`;
const turn = () => new Promise((resolve) => setImmediate(resolve));

function sink(ready?: () => Promise<void> | undefined) {
  const got = { text: '', ended: 0 };
  return { got, push: (chunk: Buffer) => ((got.text += chunk.toString('latin1')), ready?.()), end: () => (got.ended += 1) };
}

async function write(source: PassThrough, ...chunks: string[]): Promise<void> {
  for (const chunk of chunks) {
    source.write(Buffer.from(chunk, 'latin1'));
    await turn();
  }
}

describe('the output of one command after another', () => {
  it.each<[string, string[], string]>([
    ['nothing', [whole], ''],
    ['a line and the mark at once', [`line\n${whole}`], 'line\n'],
    ['the mark byte by byte', ['line\n', ...whole], 'line\n'],
    ['what begins like the mark', [`\0${MARK}`, '!\0', `\0\0${MARK}`.slice(0, 3), 'x', whole], `\0${MARK}!\0\0\0ax`],
    ['NULs before the mark', ['\0\0\0', `\0${whole.slice(0, 4)}`, whole.slice(4)], '\0\0\0\0'],
  ])('ends at its mark: %s', async (_, chunks, expected) => {
    const source = new PassThrough();
    const output = new Output(source, MARK);
    const first = sink();
    const done = output.open(first);
    await write(source, ...chunks);
    await done;
    expect(first.got).toEqual({ text: expected, ended: 1 });
    const second = sink();
    const doneToo = output.open(second);
    await write(source, 'next', whole);
    await doneToo;
    expect(second.got).toEqual({ text: 'next', ended: 1 });
  });

  it('hands on at once what cannot be the mark', async () => {
    const source = new PassThrough();
    const taker = sink();
    void new Output(source, MARK).open(taker);
    await write(source, 'ready? ');
    expect(taker.got.text).toBe('ready? ');
  });

  it('waits for a reader that has no room, and is over when all has been taken', async () => {
    const source = new PassThrough();
    let room: () => void = () => undefined;
    const taker = sink(() => new Promise<void>((resolve) => (room = resolve)));
    let over = false;
    void new Output(source, MARK).open(taker).then(() => (over = true));
    await write(source, 'one', `two${whole}`);
    expect(taker.got.text).toBe('one');
    room();
    await turn();
    await turn();
    expect([taker.got.text, over]).toEqual(['onetwo', false]);
    room();
    await turn();
    expect(over).toBe(true);
  });

  it('without a mark ends with its pipe, with all that was written', async () => {
    const source = new PassThrough();
    const taker = sink();
    const done = new Output(source, null).open(taker);
    await write(source, `a${whole}b\0`);
    source.end();
    await done;
    expect(taker.got).toEqual({ text: `a${whole}b\0`, ended: 1 });
  });

  it('whose pipe breaks hands on what it had', async () => {
    const source = new PassThrough();
    const taker = sink();
    const done = new Output(source, MARK).open(taker);
    await write(source, `a${whole.slice(0, 3)}`);
    source.destroy();
    await done;
    expect(taker.got.text).toBe(`a${whole.slice(0, 3)}`);
  });
});
