import type { Notice } from '@/lib/db/notify';
import { hearNotices, noticesWithin } from './notices';

/** Proxies cut silent connections; a comment this often keeps them open, in milliseconds. */
const BEAT_MS = 15_000;
/** Changes go out together, equal ones once, at most this often, in milliseconds, `hello` counted: a page reads again at each. */
const GATHER_MS = 250;

/** A page's `ago` was true when it asked; on a busy machine the request may be this long on its way, in milliseconds. */
const TRAVEL_MS = 3_000;
const READ_AGAIN = 'event: reconnected\ndata: {}\n\n';

/**
 * eventStream answers with server-sent events made from the database's notices. The first event is `hello`; `reconnected` says
 * that something may have been missed and the page should read again. A stream that must end does so by itself. A page says with
 * `?ago=` how many milliseconds ago it began to be drawn: what changed since then is sent first.
 * @param pick what to send for a notice, or null for nothing
 */
export function eventStream(request: Request, pick: (notice: Notice) => unknown): Response {
  const encoder = new TextEncoder();
  let close = () => undefined as void;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => {
        try {
          controller.enqueue(encoder.encode(text));
        } catch {
          close();
        }
      };
      const changes = new Set<string>();
      let sentAt = performance.now();
      let gathering: NodeJS.Timeout | undefined;
      const sendChanges = () => {
        gathering = undefined;
        sentAt = performance.now();
        for (const change of changes) send(change);
        changes.clear();
      };
      const hear = (notice: Notice | 'reconnected') => {
        if (notice === 'reconnected') return send(READ_AGAIN);
        const data = pick(notice);
        if (data === null) return;
        changes.add(`event: change\ndata: ${JSON.stringify(data)}\n\n`);
        gathering ??= setTimeout(sendChanges, Math.max(0, sentAt + GATHER_MS - performance.now()));
      };
      const silence = hearNotices(hear);
      const beat = setInterval(() => send(': still here\n\n'), BEAT_MS);
      close = () => {
        clearInterval(beat);
        clearTimeout(gathering);
        silence();
        request.signal.removeEventListener('abort', close);
        try {
          controller.close();
        } catch {
          // closed by the other side
        }
      };
      request.signal.addEventListener('abort', close, { once: true });
      send('retry: 1000\nevent: hello\ndata: {}\n\n');
      const ago = Number(new URL(request.url).searchParams.get('ago') ?? Number.NaN);
      if (ago >= 0) (noticesWithin(ago + TRAVEL_MS) ?? (['reconnected'] as const)).forEach(hear);
    },
    cancel: () => close(),
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}
