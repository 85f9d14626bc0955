import pg from 'pg';
import { env } from '@/lib/core/env';

type Found = { owners: number; demo: { id: string; slug: string; name: string; state: string } | null; server: unknown };

/**
 * firstStart does what the environment asks of a first start (owner, workspace `main`, token, demo), and keeps the demo
 * server's address true in the demo workspace. A start with nothing to do costs one query here: the domain's modules are
 * loaded only when needed, so that this process stays small.
 * @param demoUrl address of the demo's own web service
 */
export async function firstStart(databaseUrl: string, demoUrl: string): Promise<void> {
  const found = await look(databaseUrl);
  const { PENSTOCK_OWNER_EMAIL, PENSTOCK_OWNER_PASSWORD, PENSTOCK_DEMO } = env();
  const wantsOwner = found.owners === 0 && (PENSTOCK_OWNER_EMAIL || PENSTOCK_OWNER_PASSWORD);
  const wantsDemo = found.demo?.state === 'pending' || (PENSTOCK_DEMO === '1' && !found.demo && found.owners === 0);
  const moved = found.demo?.state === 'ready' && found.server !== demoUrl;
  if (!wantsOwner && !wantsDemo && !moved) return;

  process.env.PENSTOCK_DEMO_URL = demoUrl;
  const { prepareTenants } = await import('./tenants');
  await prepareTenants(found.demo?.state === 'ready' ? found.demo : null);
}

async function look(databaseUrl: string): Promise<Found> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Found>(`select
      (select count(*)::int from user_account where is_owner) as owners,
      (select json_build_object('id', id, 'slug', slug, 'name', name, 'state', settings->>'demo') from workspace where settings ? 'demo' limit 1) as demo,
      (select v.value from variable v join workspace w on w.id = v.workspace_id where w.settings ? 'demo' and v.name = 'demo_server') as server`);
    const [found] = rows;
    if (!found) throw new Error('The database gave no answer.');
    return found;
  } finally {
    await client.end();
  }
}
