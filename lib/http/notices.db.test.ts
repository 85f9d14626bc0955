import { expect, it } from 'vitest';
import { notify } from '@/lib/db/notify';
import { testDatabase } from '@/lib/testing';
import { eventStream } from './event-stream';
import { hearNotices, noticesWithin } from './notices';

testDatabase();

/** Reads a stream until a text is in it. */
async function readUntil(response: Response, wanted: string): Promise<string> {
  const reader = response.body!.getReader();
  let heard = '';
  while (!heard.includes(wanted)) {
    const { done, value } = await reader.read();
    if (done) break;
    heard += new TextDecoder().decode(value);
  }
  await reader.cancel();
  return heard;
}

it('a page hears what changed between its drawing and its listening, or that it must read again when nobody listened then', async () => {
  expect(noticesWithin(1)).toBeNull();
  const began = performance.now();
  const page = (ago: number) => eventStream(new Request(`http://localhost/live?ago=${Math.ceil(ago)}`), (notice) => notice);
  expect(await readUntil(page(5_000), 'reconnected')).toContain('event: reconnected');
  await expect.poll(() => noticesWithin(0)).toEqual([]);

  const drawn = performance.now();
  const heard = new Promise<void>((resolve) => {
    const silence = hearNotices((notice) => {
      if (notice === 'reconnected' || notice.id !== 'one') return;
      silence();
      resolve();
    });
  });
  notify({ topic: 'run', id: 'one' });
  await heard;
  expect(noticesWithin(performance.now() - drawn)).toEqual([{ topic: 'run', id: 'one' }]);
  expect(noticesWithin(performance.now() - began)).toBeNull();
  expect(noticesWithin(60_000)).toBeNull();
});
