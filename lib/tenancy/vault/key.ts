import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { env } from '@/lib/core/env';
import { AppError } from '@/lib/core/errors';
import { log } from '@/lib/core/log';

const FILE = 'secret.key';
const BYTES = 32;

let cached: Buffer | undefined;

/**
 * secretKey is the installation's key: PENSTOCK_SECRET_KEY, or the file `secret.key` (mode 600) in PENSTOCK_HOME, made at
 * the first use.
 * @throws AppError unavailable when the key is not 32 bytes of base64
 */
export function secretKey(): Buffer {
  cached ??= readKey(env().PENSTOCK_SECRET_KEY, env().PENSTOCK_HOME);
  return cached;
}

/** keyId names a key without telling it: the first four bytes of its sha-256. */
export const keyId = (key: Buffer): Buffer => createHash('sha256').update(key).digest().subarray(0, 4);

/** derivedSecret gives a text for one purpose only (for example signing sessions), from the installation's key. */
export const derivedSecret = (purpose: string): string =>
  Buffer.from(hkdfSync('sha256', secretKey(), Buffer.alloc(0), `penstock ${purpose}`, BYTES)).toString(
    'base64url',
  );

/** readKey reads or makes the key. Two processes that start at once end up with one key. */
export function readKey(given: string | undefined, home: string): Buffer {
  if (given) return decode(given, 'PENSTOCK_SECRET_KEY');
  const file = path.join(home, FILE);
  if (!existsSync(file)) {
    mkdirSync(home, { recursive: true });
    const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
    writeFileSync(draft, `${randomBytes(BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    log.warn({ file }, 'the secret key can be read by other users of this machine; run chmod 600 on it');
  }
  return decode(readFileSync(file, 'utf8').trim(), file);
}

function decode(text: string, where: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length !== BYTES) {
    throw new AppError(
      'unavailable',
      `${where} must hold 32 bytes as base64 (44 characters); it holds ${key.length} bytes. Make one with: openssl rand -base64 32`,
    );
  }
  return key;
}
