import { connect } from 'node:net';

/** What callers without a pause saw: answers a second, and how long answers took, in milliseconds. */
export type LoadResult = { perSecond: number; p50: number; p95: number; p99: number; answers: number; failed: number };

/**
 * httpLoad keeps `connections` connections busy for a while, each with one request at a time, as cheaply as it can: the
 * generator shares the machine with what it measures.
 * @param given.seconds how long, after `warmSeconds` that are not counted
 */
export async function httpLoad(given: { port: number; path: string; headers: Record<string, string>; body: string; connections: number; seconds: number; warmSeconds: number }): Promise<LoadResult> {
  const head = [`POST ${given.path} HTTP/1.1`, `host: 127.0.0.1:${given.port}`, ...Object.entries(given.headers).map(([name, value]) => `${name}: ${value}`), `content-length: ${Buffer.byteLength(given.body)}`];
  const request = Buffer.from(`${head.join('\r\n')}\r\n\r\n${given.body}`);
  const times: number[] = [];
  let failed = 0;
  let counting = false;
  let on = true;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(given.port, '127.0.0.1');
      let began = 0;
      let answer = '';
      const send = () => {
        if (!on) {
          socket.destroy();
          return resolve();
        }
        answer = '';
        began = performance.now();
        socket.write(request);
      };
      socket.setEncoding('latin1');
      socket.setNoDelay(true);
      socket.on('connect', send);
      socket.on('data', (chunk: string) => {
        answer += chunk;
        const end = answer.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0);
        if (answer.length < end + 4 + length) return;
        if (counting) {
          times.push(performance.now() - began);
          if (!answer.startsWith('HTTP/1.1 200')) failed += 1;
        }
        send();
      });
      socket.on('error', reject);
      socket.on('close', () => (on ? reject(new Error('A connection was closed.')) : resolve()));
    });
  const callers = Promise.all(Array.from({ length: given.connections }, one));
  await pause(given.warmSeconds);
  counting = true;
  const began = performance.now();
  await pause(given.seconds);
  counting = false;
  const seconds = (performance.now() - began) / 1000;
  on = false;
  await callers;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { perSecond: times.length / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99), answers: times.length, failed };
}

const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
