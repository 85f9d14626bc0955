import { AppError } from '@/lib/core/errors';

/** readBytes reads a request's body up to a limit. @throws AppError too_large, before the rest is read */
export async function readBytes(request: Request, limitBytes: number): Promise<Buffer> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  while (reader) {
    const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
    if (done || !value) break;
    size += value.byteLength;
    if (size > limitBytes) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(limitBytes);
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

/**
 * parseJson reads a body's JSON; an empty body is `{}`.
 * @throws AppError invalid with the place of the mistake
 */
export function parseJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('invalid', 'The body is not UTF-8 text. Send JSON in UTF-8.');
  }
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError(
      'invalid',
      `The body is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  if (text.includes('\\u0000')) refuseNul(value, '');
  return value;
}

/**
 * toJson writes an answer: bigint as a number where it is exact, as text otherwise; dates as ISO 8601 UTC. Few answers hold a bigint, and
 * looking at every value takes several times as long as writing it: only what cannot be written plainly is looked at.
 */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, (_key, v: unknown) =>
      typeof v === 'bigint' ? (Number.isSafeInteger(Number(v)) ? Number(v) : v.toString()) : v,
    );
  }
}

function refuseNul(value: unknown, path: string): void {
  if (typeof value === 'string' && value.includes('\u0000')) {
    throw new AppError('invalid', 'A text contains the character NUL, which cannot be stored. Remove it.', [
      { path, message: 'Remove the character NUL (\\u0000).' },
    ]);
  }
  if (Array.isArray(value)) value.forEach((part, i) => refuseNul(part, `${path}[${i}]`));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      refuseNul(key, path);
      refuseNul(part, path ? `${path}.${key}` : key);
    }
  }
}

function tooLarge(limitBytes: number): AppError {
  const mb = limitBytes / 1024 / 1024;
  return new AppError(
    'too_large',
    `The request is larger than the ${mb >= 1 ? `${Math.floor(mb)} MB` : `${limitBytes} bytes`} that this call takes. Send less.`,
    [],
    { limitBytes },
  );
}
