import { env } from '@/lib/core/env';
import { migrate } from '@/lib/db/migrate';
import { closePool, setDatabaseUrl } from '@/lib/db/pool';
import { resetPassword, verifyAllAudits } from '@/lib/tenancy/server';
import { Failure } from '../client/failure';
import { type Print } from '../client/print';
import { MIGRATIONS } from '../root';
import { withDatabase } from '../up/database';

/** migrateNow brings the database to this version and says what was applied. */
export async function migrateNow(print: Print): Promise<void> {
  const applied = await withDatabase((url) => migrate(url, MIGRATIONS));
  print.answer({ applied }, applied.length === 0 ? 'The database is at this version already.' : `Applied ${applied.join(', ')}.`);
}

/** Lends a command the domain services: a migrated database behind `prisma()`. */
async function withServices<T>(work: () => Promise<T>): Promise<T> {
  return withDatabase(async (url) => {
    await migrate(url, MIGRATIONS);
    setDatabaseUrl(url);
    try {
      return await work();
    } finally {
      await closePool();
    }
  });
}

/** verifyAuditNow recomputes the chains of the organization and all workspaces. @throws Failure when a row was edited or is gone, or nothing was recorded */
export async function verifyAuditNow(print: Print): Promise<void> {
  const items = await withServices(verifyAllAudits);
  if (items.every((chain) => chain.rows === 0)) {
    throw new Failure(`Nothing was ever recorded in this database (${env().DATABASE_URL ? 'DATABASE_URL' : env().PENSTOCK_HOME}), so there is nothing to verify. Set PENSTOCK_HOME or DATABASE_URL to those of the product, or PENSTOCK_URL and PENSTOCK_TOKEN.`);
  }
  const broken = items.filter((chain) => chain.breaches.length > 0);
  const lines = items.map(
    (chain) =>
      `${chain.workspace ?? 'organization'}: ${chain.rows} entries, ${chain.breaches.length === 0 ? 'the chain is whole' : `${chain.breaches.length} breaches`}`,
  );
  print.answer({ items }, lines.join('\n'));
  if (broken.length > 0) throw new Failure('The audit was changed from outside.');
}

/** resetPasswordNow gives a person a new password and ends their sessions. */
export async function resetPasswordNow(print: Print, email: string, password: string | undefined): Promise<void> {
  const reset = await withServices(() => resetPassword(email, password, new Date()));
  const ended = reset.signedOut === 1 ? 'one session was ended' : `${reset.signedOut} sessions were ended`;
  print.answer(reset, password ? `The password of ${reset.email} is changed; ${ended}.` : `The new password of ${reset.email} is ${reset.password} ; ${ended}.`);
}
