import { prisma } from '@/lib/db/client';
import { countOwners } from './store';

let seen = false;

/** ownerExists tells whether the installation has been set up; once true it stays true. */
export async function ownerExists(): Promise<boolean> {
  seen ||= (await countOwners(prisma())) > 0;
  return seen;
}
