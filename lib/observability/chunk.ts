import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { LogLine, LogStream } from './schema';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

const LETTER: Record<LogStream, string> = { stdout: 'o', stderr: 'e', system: 's' };
const STREAM: Record<string, LogStream> = { o: 'stdout', e: 'stderr', s: 'system' };

/** encodeLine is a line as it lies in a chunk: milliseconds, the stream's letter, the text. */
export function encodeLine(at: number, stream: LogStream, text: string): string {
  return `${at}${LETTER[stream]}${text}\n`;
}

/** packChunk compresses encoded lines (gzip, fastest level). */
export function packChunk(encoded: string): Promise<Buffer> {
  return pack(Buffer.from(encoded), { level: 1 });
}

/** unpackChunk reads a chunk back; its lines are numbered from `firstLine`. */
export async function unpackChunk(body: Uint8Array, firstLine: number): Promise<LogLine[]> {
  const text = (await unpack(body)).toString();
  const lines = text.split('\n');
  lines.pop();
  return lines.map((line, i) => {
    const split = line.search(/[oes]/);
    const stream = STREAM[line[split] ?? ''] ?? 'system';
    return { n: firstLine + i, at: new Date(Number(line.slice(0, split))).toISOString(), stream, text: line.slice(split + 1) };
  });
}
