import { startDuckdb, type DuckdbProcess } from './process';

/** A spare that nobody used for this long is ended. */
const IDLE_MS = 10 * 60_000;

let spare: Promise<DuckdbProcess> | undefined;
let idle: NodeJS.Timeout | undefined;

/**
 * takeDuckdb gives a fresh process for one piece of work; the taker kills it afterwards. The next one is started ahead, so
 * that a caller rarely waits for a start.
 */
export async function takeDuckdb(): Promise<DuckdbProcess> {
  const taken = spare;
  spare = undefined;
  const ready = taken ? await taken.catch(() => startDuckdb()) : await startDuckdb();
  return ready;
}

/** warmDuckdb starts a spare if there is none. Call it when work is likely, or when a process was given back. */
export function warmDuckdb(): void {
  clearTimeout(idle);
  idle = setTimeout(() => void coolDuckdb(), IDLE_MS);
  idle.unref();
  if (spare) return;
  const starting = startDuckdb();
  spare = starting;
  const forget = () => {
    if (spare === starting) spare = undefined;
  };
  starting.then(({ ended }) => ended.then(forget), forget);
}

/** coolDuckdb ends the spare, if there is one. */
export async function coolDuckdb(): Promise<void> {
  clearTimeout(idle);
  const last = spare;
  spare = undefined;
  const process = await last?.catch(() => undefined);
  process?.kill();
  await process?.ended;
}
