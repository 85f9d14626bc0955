import { createHmac, timingSafeEqual } from 'node:crypto';
import { derivedSecret } from '@/lib/tenancy/server';

const MAC_BYTES = 18;
/** A signature may be this old or early, in seconds (Standard Webhooks). */
const TOLERANCE_SECONDS = 300;

/** What a webhook's address is made from: its trigger, and how often the address was renewed. */
export type Hook = { id: string; generation: number };

const sign = (purpose: string, { id, generation }: Hook): Buffer => createHmac('sha256', derivedSecret(purpose)).update(`${id} ${generation}`).digest();

/**
 * hookToken is what a webhook's address ends with: its trigger's id and a proof by the installation's key, so that nothing that opens it
 * is stored, and a renewal makes the one before invalid.
 */
export const hookToken = (hook: Hook): string =>
  Buffer.concat([Buffer.from(hook.id.replaceAll('-', ''), 'hex'), sign('webhook address', hook).subarray(0, MAC_BYTES)]).toString('base64url');

/** hookIdOf reads the trigger's id out of a token, unproved; null when it can be none. */
export function hookIdOf(token: string): string | null {
  if (!/^[\w-]{46}$/.test(token)) return null;
  const hex = Buffer.from(token, 'base64url').subarray(0, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** isTokenOf proves a token. */
export const isTokenOf = (hook: Hook, token: string): boolean => same(Buffer.from(hookToken(hook)), Buffer.from(token));

/** hookSecret is what a caller signs with when the trigger names no secret of the workspace: `whsec_` and base64 (Standard Webhooks). */
export const hookSecret = (hook: Hook): string => `whsec_${sign('webhook signature', hook).toString('base64')}`;

/** sameText compares two texts without telling by its time how far they agree. */
export const sameText = (one: string, other: string): boolean => same(Buffer.from(one), Buffer.from(other));

function same(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * isSigned checks a call's signature over its body: by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature), or as GitHub
 * and many others sign (x-hub-signature-256, x-signature-256: `sha256=` and hexadecimal).
 * @param secret `whsec_` with base64 stands for those bytes, anything else for itself
 */
export function isSigned(secret: string, headers: { get(name: string): string | null }, body: Buffer, now: Date): boolean {
  const hex = headers.get('x-hub-signature-256') ?? headers.get('x-signature-256');
  if (hex !== null) return [keyOf(secret), Buffer.from(secret)].some((key) => sameText(hex.replace(/^sha256=/i, '').toLowerCase(), createHmac('sha256', key).update(body).digest('hex')));
  const [id, at, given] = [headers.get('webhook-id'), headers.get('webhook-timestamp'), headers.get('webhook-signature')];
  if (id === null || at === null || given === null) return false;
  if (!(Math.abs(now.getTime() / 1000 - Number(at)) <= TOLERANCE_SECONDS)) return false;
  const right = createHmac('sha256', keyOf(secret)).update(`${id}.${at}.`).update(body).digest('base64');
  return given.split(' ').some((each) => each.startsWith('v1,') && sameText(each.slice(3), right));
}

const keyOf = (secret: string): Buffer => (secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret));
