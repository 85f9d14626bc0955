import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '@/lib/core/errors';
import { keyId } from './key';

const ALGORITHM = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;
const ID = 4;

/**
 * seal encrypts a text: key id, nonce, tag, cipher text. `place` (workspace and name) is authenticated with it, so that a
 * sealed value copied into another row does not open.
 */
export function seal(key: Buffer, place: string, text: string): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return new Uint8Array(Buffer.concat([keyId(key), nonce, cipher.getAuthTag(), body]));
}

/**
 * open decrypts what `seal` made.
 * @throws AppError unavailable when it was sealed with another key, at another place, or was changed
 */
export function open(key: Buffer, place: string, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed);
  if (!bytes.subarray(0, ID).equals(keyId(key))) {
    throw new AppError(
      'unavailable',
      'This secret was encrypted with another key. Restore the secret key that this installation had, or enter the secret again.',
    );
  }
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(ID, ID + NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(ID + NONCE, ID + NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(ID + NONCE + TAG)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    throw new AppError(
      'unavailable',
      'This secret is damaged: its stored form was changed. Enter the secret again.',
    );
  }
}
