import { statfs } from 'node:fs/promises';
import { AppError } from '@/lib/core/errors';
import { env } from '@/lib/core/env';

/** Below this much free space no new run starts and no file is taken: the database needs room to stay up. */
const FLOOR_BYTES = 512 * 1024 * 1024;
/** The answer may be this old, in milliseconds; a run a millisecond must not ask the disk each time. */
const FRESH_MS = 1000;

let asked: { at: number; free: number } | undefined;

/** The floor in bytes; PENSTOCK_DISK_FLOOR_BYTES sets another one. */
function floorBytes(): number {
  const given = Number(process.env.PENSTOCK_DISK_FLOOR_BYTES || Number.NaN);
  return given >= 0 ? given : FLOOR_BYTES;
}

/**
 * refuseWhenDiskFull refuses new work while the disk that holds PENSTOCK_HOME is nearly full; what runs goes on.
 * @param outcome what is refused, as the end of a sentence, and what to do after there is room
 * @throws AppError unavailable
 */
export async function refuseWhenDiskFull(outcome = { refused: 'no new run starts', then: 'run again' }): Promise<void> {
  if (!asked || Date.now() - asked.at > FRESH_MS) {
    const stat = await statfs(env().PENSTOCK_HOME).catch(() => null);
    asked = { at: Date.now(), free: stat ? stat.bavail * stat.bsize : Number.POSITIVE_INFINITY };
  }
  const floor = floorBytes();
  if (asked.free < floor) {
    const megabytes = Math.floor(asked.free / 1024 / 1024);
    throw new AppError(
      'unavailable',
      `The disk is nearly full (${megabytes} MB free, ${Math.ceil(floor / 1024 / 1024)} MB are kept for the database), so ${outcome.refused}. Free some space, then ${outcome.then}.`,
      [],
      { reason: 'disk_full' },
    );
  }
}
