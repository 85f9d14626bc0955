import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isRole, type Role } from '@/lib/tenancy';
import { type Holder } from './messages';

/** A holder is asked for again after this time while its calls go on, and waited for after the longer one, in milliseconds. */
const FRESH_MS = 1_000;
const STALE_MS = 3_000;
const MOST = 10_000;

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** What a routing process knows of tokens. The supervisor looks them up; what it answered is used for a moment. */
export class Holders {
  private readonly known = new Map<string, { holder: Holder; at: number; asking: boolean }>();

  /** @param ask asks the supervisor */
  constructor(private readonly ask: (token: string) => Promise<Holder>) {}

  /** holderOf says who holds a token. A revoked one is noticed within three seconds. */
  async holderOf(token: string): Promise<Holder> {
    const key = hashOf(token);
    const found = this.known.get(key);
    const age = found ? Date.now() - found.at : Infinity;
    if (!found || age > STALE_MS) return this.look(key, token);
    if (age > FRESH_MS && !found.asking) {
      found.asking = true;
      void this.look(key, token);
    }
    return found.holder;
  }

  private async look(key: string, token: string): Promise<Holder> {
    const holder = await this.ask(token);
    if (this.known.size >= MOST) this.known.clear();
    this.known.set(key, { holder, at: Date.now(), asking: false });
    return holder;
  }
}

/** The purpose that passes of the web process are signed for. */
export const PASS_PURPOSE = 'gateway pass';

/**
 * passFor makes a pass of a minute with which the web process calls the gateway for a person who has no token at hand.
 * @param secret known to both, derived from the installation's key
 */
export function passFor(secret: string, holder: { workspaceId: string; role: Role }, now: number): string {
  const body = Buffer.from(JSON.stringify({ ...holder, until: now + 60_000 })).toString('base64url');
  return `psp_${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

/** readPass gives the holder of a pass; null for anything else. */
export function readPass(secret: string, text: string, now: number): { workspaceId: string; role: Role } | null {
  const [, body, mark] = /^psp_([\w-]+)\.([\w-]+)$/.exec(text) ?? [];
  if (!body || !mark) return null;
  const right = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(mark, 'base64url');
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  const { workspaceId, role, until } = JSON.parse(Buffer.from(body, 'base64url').toString()) as { workspaceId: string; role: string; until: number };
  return until >= now && isRole(role) ? { workspaceId, role } : null;
}
