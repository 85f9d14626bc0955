import { createHash } from 'node:crypto';
import { AppError } from '@/lib/core/errors';
import type { Json } from '@/lib/core/json';
import { openText, sealText } from '@/lib/tenancy/server';
import { claimKey, keepAnswer, reclaimKey, releaseKey } from './store';

/** A call that has not ended after this time died with its process; a repetition may try again. */
const ABANDONED_MS = 60_000;

export type Answer = { status: number; json: string };
type Call = { workspaceId: string; key: string; call: string; body: Buffer; now: Date };

/** readKey takes the header Idempotency-Key. @throws AppError invalid when it is too long */
export function readIdempotencyKey(headers: Headers): string | null {
  const key = headers.get('idempotency-key');
  if (key !== null && (key.length === 0 || key.length > 255))
    throw new AppError('invalid', 'The header Idempotency-Key has 1 to 255 characters.');
  return key;
}

/**
 * once runs a call at most once for its key and gives repetitions the first answer. Answers are stored encrypted, since one
 * may hold a token that is shown only once. A failed call is forgotten, so that it can be corrected and repeated.
 * @throws AppError invalid when the key was used for another call, conflict while the first one still runs
 */
export async function once(call: Call, work: () => Promise<Answer>): Promise<Answer & { replayed: boolean }> {
  const { workspaceId, key, now } = call;
  const bodyHash = createHash('sha256').update(call.body).digest('hex');
  const place = `idempotency ${workspaceId} ${key}`;
  const earlier = await claimKey(workspaceId, key, call.call, bodyHash, now);
  if (earlier) {
    if (earlier.call !== call.call || earlier.bodyHash !== bodyHash) {
      throw new AppError(
        'invalid',
        'This Idempotency-Key was used for a different call. Use a new key for a new call.',
      );
    }
    if (earlier.status !== null)
      return { status: earlier.status, json: openText(place, sealedOf(earlier.response)), replayed: true };
    const abandoned = now.getTime() - earlier.createdAt.getTime() > ABANDONED_MS;
    if (!abandoned || !(await reclaimKey(workspaceId, key, earlier.createdAt, now))) {
      throw new AppError(
        'conflict',
        'The first call with this Idempotency-Key still runs. Try again in a moment.',
        [],
        { retryAfterSeconds: 1 },
      );
    }
  }
  try {
    const answer = await work();
    await keepAnswer(workspaceId, key, answer.status, { sealed: sealText(place, answer.json) });
    return { ...answer, replayed: false };
  } catch (error) {
    await releaseKey(workspaceId, key);
    throw error;
  }
}

function sealedOf(response: Json): string {
  const sealed =
    typeof response === 'object' && response !== null && !Array.isArray(response)
      ? response.sealed
      : undefined;
  return typeof sealed === 'string' ? sealed : '';
}
