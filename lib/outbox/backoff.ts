/** After this many tries a message is given up; with the delays below that is about 27 hours. */
export const MOST_ATTEMPTS = 12;
const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 6 * 3600;

/**
 * retryAt says when the next try is due: 5 s, 20 s, 80 s … at most 6 h, each shortened at random by up to a quarter so that
 * many messages do not come back at once.
 * @param attempts tries so far, 1 after the first
 * @param chance 0 to below 1
 * @param atLeastSeconds what the receiver asked for (Retry-After)
 * @returns null when the message is given up
 */
export function retryAt(now: Date, attempts: number, chance: number, atLeastSeconds = 0): Date | null {
  if (attempts >= MOST_ATTEMPTS) return null;
  const seconds = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 4 ** (attempts - 1)) * (1 - chance / 4);
  return new Date(now.getTime() + Math.max(seconds, atLeastSeconds) * 1000);
}
