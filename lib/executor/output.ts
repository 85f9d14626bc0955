import type { Readable } from 'node:stream';
import { resolvers, type Resolvers } from './resolvers';

/** Takes what a command writes. */
export type Sink = { /** @returns resolves when it can take more; undefined: at once */ push(chunk: Buffer): Promise<void> | undefined; end(): void };

/** A pipe that commands write to. With a mark it is cut into the outputs of one command after another; without, it is one command's. */
export class Output {
  private readonly mark: Buffer | null;
  private sink: Sink | undefined;
  private ended: Resolvers<void> | undefined;
  private held: Buffer | undefined;
  /** settles when the sink has taken what it was given */
  private taking: Promise<void> | undefined;

  constructor(
    private readonly source: Readable,
    mark: string | null,
  ) {
    this.mark = mark === null ? null : Buffer.from(`\0${mark}\0`);
    source.on('data', (chunk: Buffer) => this.take(chunk));
    source.on('error', () => undefined);
    source.once('close', () => this.cut());
  }

  /** open gives what comes from now on to `sink`; resolves when all of the command has been taken. */
  open(sink: Sink): Promise<void> {
    this.sink = sink;
    this.ended = resolvers();
    if (this.source.destroyed) this.cut();
    return this.ended.promise;
  }

  /** isOpen tells whether there is more of the command to come or to be taken. */
  isOpen(): boolean {
    return this.ended !== undefined;
  }

  /** isBehind tells whether something that was read is not in the sink yet. */
  isBehind(): boolean {
    return this.taking !== undefined || this.source.readableLength > 0;
  }

  close(): void {
    this.cut();
    this.source.destroy();
  }

  private take(chunk: Buffer): void {
    if (!this.sink) return;
    if (!this.mark) return this.give(chunk);
    const data = this.held ? Buffer.concat([this.held, chunk]) : chunk;
    this.held = undefined;
    const at = data.indexOf(this.mark);
    if (at < 0) {
      const begun = beginsAt(data, this.mark);
      if (begun < data.length) this.held = data.subarray(begun);
      if (begun > 0) this.give(data.subarray(0, begun));
      return;
    }
    if (at > 0) this.give(data.subarray(0, at));
    this.cut();
  }

  private give(data: Buffer): void {
    const taking = this.sink?.push(data);
    if (!taking) return;
    this.source.pause();
    this.taking = taking;
    void taking.finally(() => {
      if (this.taking !== taking) return;
      this.taking = undefined;
      this.source.resume();
    });
  }

  /** cut ends the command's output. */
  cut(): void {
    const { sink, ended, taking } = this;
    if (!sink) return;
    if (this.held) void sink.push(this.held);
    this.held = undefined;
    this.sink = undefined;
    sink.end();
    const close = () => {
      this.ended = undefined;
      ended?.resolve();
    };
    if (taking) void taking.then(close);
    else close();
  }
}

/** beginsAt is where a mark that is not whole yet may begin at the end of the data; its length when none does. */
function beginsAt(data: Buffer, mark: Buffer): number {
  const at = data.indexOf(0, Math.max(0, data.length - mark.length + 1));
  if (at < 0) return data.length;
  if (data.subarray(at).equals(mark.subarray(0, data.length - at))) return at;
  return at + 1 + beginsAt(data.subarray(at + 1), mark);
}
