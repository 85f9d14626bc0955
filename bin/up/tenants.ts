import { closePool } from '@/lib/db/pool';
import { refreshDemo, seedDemo } from '@/lib/demo/server';
import { bootstrap, markDemoSeeded, systemContext } from '@/lib/tenancy/server';

/**
 * prepareTenants makes the owner and the demo that the environment asks for.
 * @param demo the demo workspace when it is filled already: only its server's address is noted anew
 */
export async function prepareTenants(demo: { id: string; slug: string; name: string } | null): Promise<void> {
  const now = new Date();
  try {
    const made = await bootstrap(now);
    if (made.demo) {
      await seedDemo(systemContext(made.demo, now));
      await markDemoSeeded(made.demo.id);
    }
    if (demo) await refreshDemo(systemContext(demo, now));
  } finally {
    await closePool();
  }
}
