import { AppError } from '@/lib/core/errors';
import { log } from '@/lib/core/log';
import { identifyToken } from '@/lib/tenancy/server';
import { hashOf } from './holders';
import { type Holder } from './messages';

const FRESH_MS = 1_000;
/** A database that says nothing for so long is treated as gone. */
const DATABASE_MS = 1_500;
const MOST = 20_000;

/**
 * TokenLookup finds out who holds a token. While the database cannot be asked, what it said last stays true, so that known callers go
 * on getting answers.
 */
export class TokenLookup {
  private readonly known = new Map<string, { holder: Holder; at: number }>();
  private readonly asking = new Map<string, Promise<Holder>>();

  async holderOf(token: string): Promise<Holder> {
    const key = hashOf(token);
    const found = this.known.get(key);
    if (found && Date.now() - found.at < FRESH_MS) return found.holder;
    const under = this.asking.get(key) ?? this.look(key, token).finally(() => this.asking.delete(key));
    this.asking.set(key, under);
    return under;
  }

  private async look(key: string, token: string): Promise<Holder> {
    try {
      const holder = await inTime(ask(token));
      if (this.known.size >= MOST) this.known.clear();
      this.known.set(key, { holder, at: Date.now() });
      return holder;
    } catch (error) {
      log.debug({ err: error }, 'a token could not be looked up');
      return this.known.get(key)?.holder ?? { refused: 'The token cannot be looked up now: the database cannot be reached. Try again in a moment.', status: 503 };
    }
  }
}

async function ask(token: string): Promise<Holder> {
  try {
    const { token: held } = await identifyToken(token, { now: new Date() });
    return held ? { workspaceId: held.workspaceId, role: held.workspaceId === null ? 'admin' : held.role } : { refused: 'This is not an API token.', status: 401 };
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthorized') return { refused: error.message, status: 401 };
    throw error;
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The database did not answer in time.')), DATABASE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
