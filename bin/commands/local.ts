import { migrate } from '@/lib/db/migrate';
import { closePool, setDatabaseUrl } from '@/lib/db/pool';
import { prisma } from '@/lib/db/client';
import { systemContext, verifyAudit } from '@/lib/tenancy/server';
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

/** verifyAuditNow recomputes the chains of all workspaces. @throws Failure when a row was edited or is gone */
export async function verifyAuditNow(print: Print): Promise<void> {
  const results = await withServices(async () => {
    const workspaces = await prisma().workspace.findMany({ orderBy: { slug: 'asc' } });
    return Promise.all(workspaces.map(async (w) => ({ workspace: w.slug, ...(await verifyAudit(systemContext(w, new Date()))) })));
  });
  const broken = results.filter((r) => r.breaches.length > 0);
  const lines = results.map((r) => `${r.workspace}: ${r.rows} entries, ${r.breaches.length === 0 ? 'the chain is whole' : `${r.breaches.length} breaches`}`);
  print.answer({ items: results }, lines.join('\n') || 'There are no workspaces yet.');
  if (broken.length > 0) throw new Failure('The audit was changed from outside.');
}
