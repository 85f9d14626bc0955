import pg from 'pg';
import { log } from '@/lib/core/log';
import { databaseUrl, onPoolClose, pool } from './pool';

/** Where every notice goes. */
export const CHANNEL = 'penstock';
const WINDOW_MS = 50;
const URGENT_WINDOW_MS = 5;
/** PostgreSQL refuses payloads of 8000 bytes and more. */
const MAX_PAYLOAD = 7_500;

const TOPICS = ['run', 'work', 'pipeline', 'dataset', 'log', 'cancel', 'outbox', 'schedule', 'backfill', 'model', 'endpoint', 'rollout', 'drift', 'cluster', 'event'] as const;

/** A hint that something changed; the database stays the truth and whoever listens reads it again. */
export type Notice = { topic: (typeof TOPICS)[number]; id?: string; workspaceId?: string };

let waiting = new Map<string, Notice>();
let timer: NodeJS.Timeout | undefined;
let timerAt = Infinity;
let sentAt = -Infinity;
let urgentAt = -Infinity;
let hurried = false;
let sending: Promise<void> = Promise.resolve();

/**
 * notify tells every listening process that something changed. The first notice goes out at once, later ones are gathered
 * (equal ones merged) until 50 ms after the one before, `urgent` ones (somebody waits for exactly that) until 5 ms after the urgent one before.
 * Never call it inside claim or finish: NOTIFY takes a database-wide lock at commit.
 * It does not fail; a lost hint is made good by polling.
 */
export function notify(notice: Notice, { urgent = false } = {}): void {
  waiting.set(`${notice.topic} ${notice.id ?? ''} ${notice.workspaceId ?? ''}`, notice);
  const now = performance.now();
  hurried ||= urgent;
  const at = urgent ? urgentAt + URGENT_WINDOW_MS : sentAt + WINDOW_MS;
  // after this turn, so that what one change tells goes in one notice
  if (at <= now) queueMicrotask(flush);
  else if (at < timerAt) {
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(flush, at - now);
    timer.unref();
  }
}

function flush(): void {
  clearTimeout(timer);
  timerAt = Infinity;
  if (waiting.size === 0) return;
  const batch = [...waiting.values()];
  waiting = new Map();
  sentAt = performance.now();
  if (hurried) urgentAt = sentAt;
  hurried = false;
  sending = sending.then(() => send(batch)).catch((error: unknown) => log.debug({ err: error }, 'a notice was not sent'));
}

async function send(batch: Notice[]): Promise<void> {
  for (const payload of payloads(batch)) await pool().query({ name: 'penstock_notify', text: 'select pg_notify($1, $2)', values: [CHANNEL, payload] });
}

/** payloads packs notices into as few texts as PostgreSQL's limit allows. */
export function payloads(batch: Notice[]): string[] {
  const texts: string[] = [];
  let part: string[] = [];
  let size = 2;
  for (const notice of batch) {
    const text = JSON.stringify(notice);
    if (part.length > 0 && size + Buffer.byteLength(text) + 1 > MAX_PAYLOAD) {
      texts.push(`[${part.join(',')}]`);
      part = [];
      size = 2;
    }
    part.push(text);
    size += Buffer.byteLength(text) + 1;
  }
  if (part.length > 0) texts.push(`[${part.join(',')}]`);
  return texts;
}

/**
 * noticeWithin gives the text of urgent notices for a statement that tells them itself as it commits (`pg_notify(CHANNEL, …)`), which saves a
 * round trip; null when others went out within the last 5 ms: then they are for `notify`. Only for statements that nobody makes in floods
 * side by side, since their commits wait for each other.
 */
export function noticeWithin(notices: Notice[]): string | null {
  const now = performance.now();
  if (urgentAt + URGENT_WINDOW_MS > now) return null;
  sentAt = now;
  urgentAt = now;
  return JSON.stringify(notices);
}

/** settleNotices waits until the notices given so far have been sent or dropped. */
export async function settleNotices(): Promise<void> {
  flush();
  await sending;
}

/** noticesOut resolves when the notices that wait for no delay are with the database, for a caller whose other work may come after them. */
export async function noticesOut(): Promise<void> {
  await Promise.resolve();
  await sending;
}

onPoolClose(settleNotices);

type Handler = (notice: Notice) => void;
type Listening = { handlers: Set<Handler>; reconnects: Set<() => void>; client: pg.Client | undefined; stopped: boolean; ready: Promise<void> };

let listening: Listening | undefined;

/**
 * listen hands every notice to `handler`, over one connection for all listeners of the process. After a lost connection it
 * reconnects with backoff and calls `onReconnect`, so that the listener reads what it missed.
 */
export async function listen(handler: Handler, onReconnect: () => void): Promise<{ stop(): Promise<void> }> {
  const state = (listening ??= open());
  state.handlers.add(handler);
  state.reconnects.add(onReconnect);
  await state.ready;
  return {
    stop: async () => {
      state.handlers.delete(handler);
      state.reconnects.delete(onReconnect);
      if (state.handlers.size > 0 || state.stopped) return;
      state.stopped = true;
      if (listening === state) listening = undefined;
      await state.client?.end().catch(() => undefined);
    },
  };
}

function open(): Listening {
  const state: Listening = { handlers: new Set(), reconnects: new Set(), client: undefined, stopped: false, ready: Promise.resolve() };
  state.ready = connect(state);
  // A first connection that fails is reported to the caller of listen(); the next caller tries again.
  state.ready.catch(() => {
    if (listening === state) listening = undefined;
  });
  return state;
}

async function connect(state: Listening): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl(), application_name: 'penstock listen', keepAlive: true });
  let lost = false;
  const onLost = () => {
    if (lost) return;
    lost = true;
    state.client = undefined;
    if (!state.stopped && listening === state) reconnect(state, 100);
  };
  client.on('notification', (message) => {
    for (const notice of parse(message.payload)) for (const handler of state.handlers) handler(notice);
  });
  client.on('error', onLost);
  await client.connect();
  await client.query(`listen ${CHANNEL}`);
  client.on('end', onLost);
  state.client = client;
}

function reconnect(state: Listening, delayMs: number): void {
  const again = setTimeout(() => {
    if (state.stopped) return;
    connect(state).then(
      () => state.reconnects.forEach((call) => call()),
      () => reconnect(state, Math.min(delayMs * 2, 5_000)),
    );
  }, delayMs);
  again.unref();
}

function parse(payload: string | undefined): Notice[] {
  try {
    const said: unknown = JSON.parse(payload ?? '[]');
    return Array.isArray(said) && said.every(isNotice) ? said : [];
  } catch {
    return [];
  }
}

/** Every process judges every notice, so this is by hand: a schema takes ten times as long. */
function isNotice(said: unknown): said is Notice {
  if (typeof said !== 'object' || said === null) return false;
  const { topic, id, workspaceId } = said as Record<string, unknown>;
  return (TOPICS as readonly unknown[]).includes(topic) && isTextIfAny(id) && isTextIfAny(workspaceId);
}

const isTextIfAny = (value: unknown): boolean => value === undefined || typeof value === 'string';
