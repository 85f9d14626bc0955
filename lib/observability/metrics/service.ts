import { liveWorkers } from './store';

/** checkReady tells whether the database answers within two seconds, and how many workers live. */
export async function checkReady(): Promise<{ ready: boolean; database: 'ok' | 'unreachable'; workers: number }> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), 2_000).unref());
  try {
    return { ready: true, database: 'ok', workers: await Promise.race([liveWorkers(), late]) };
  } catch {
    return { ready: false, database: 'unreachable', workers: 0 };
  }
}
