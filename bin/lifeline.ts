import { log } from '@/lib/core/log';

/**
 * obeyLifeline ends this process properly: `stop` is called once when we are told to end (SIGTERM, Ctrl-C) or when the
 * process that started us is gone and its pipe closed. After `stop`, or 20 s, the process exits.
 */
export function obeyLifeline(stop: () => Promise<void>): void {
  let ending = false;
  const end = (why: string) => {
    if (ending) return;
    ending = true;
    log.info({ why }, 'stopping');
    setTimeout(() => process.exit(1), 20_000).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end('asked to'));
  process.on('SIGINT', () => end('asked to'));
  if (process.send) process.on('disconnect', () => end('the process that started this one is gone'));
  if (process.send && !process.connected) end('the process that started this one is gone');
}

/** reportReady tells the process that started us that we work, and on which port. */
export function reportReady(port: number): void {
  process.send?.({ ready: true, port });
}
