export type LiveTopic = 'run' | 'work' | 'pipeline' | 'dataset' | 'log' | 'cancel' | 'outbox' | 'schedule' | 'backfill' | 'model' | 'endpoint' | 'rollout' | 'drift' | 'cluster' | 'event';

/** LiveEvent says that a thing changed; who cares reads it again. */
export type LiveEvent = { topic: LiveTopic | 'reconnect'; id?: string };

/** StreamSource is the part of EventSource that the bus uses. */
export type StreamSource = Pick<EventSource, 'close'> & {
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
  addEventListener(name: 'change' | 'reconnected', hear: (event: MessageEvent<string>) => void): void;
};

const parse = (text: string): LiveEvent | null => {
  try {
    const event = JSON.parse(text) as LiveEvent;
    return typeof event.topic === 'string' ? event : null;
  } catch {
    return null;
  }
};

/**
 * LiveBus hands events of one stream to many listeners and tells them `reconnect` when the stream came back after a loss,
 * because events in between are gone.
 */
export class LiveBus {
  connected = true;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  readonly #statusListeners = new Set<() => void>();
  readonly #heard = new Map<string, number>();

  /**
   * connect opens the stream and keeps it; a browser's EventSource reconnects by itself, except after a refusal (then a new
   * one is opened after a pause that doubles up to 30 s). Returns the way to stop.
   */
  connect(open: () => StreamSource, later: (run: () => void, ms: number) => () => void = wait): () => void {
    let source = open();
    let lost = false;
    let pause = 1000;
    let cancel: () => void = () => undefined;
    const attach = () => {
      source.onopen = () => {
        pause = 1000;
        this.#status(true);
        if (lost) this.#emit({ topic: 'reconnect' });
        lost = false;
      };
      source.onerror = () => {
        lost = true;
        this.#status(false);
        source.close();
        cancel();
        cancel = later(() => {
          source = open();
          attach();
        }, pause);
        pause = Math.min(30_000, pause * 2);
      };
      source.addEventListener('change', (message) => {
        const event = parse(message.data);
        if (event !== null) this.#emit(event);
      });
      // The server lost its own connection to the database for a while.
      source.addEventListener('reconnected', () => this.#emit({ topic: 'reconnect' }));
    };
    attach();
    return () => {
      cancel();
      source.close();
    };
  }

  /** subscribe hears every event; returns the way out. */
  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** onStatus hears when the stream is lost or back; returns the way out. */
  onStatus(listener: () => void): () => void {
    this.#statusListeners.add(listener);
    return () => void this.#statusListeners.delete(listener);
  }

  /** heardWithin tells whether one of the topics changed in the last `ms`: a page that was drawn meanwhile may not show it. */
  heardWithin(topics: readonly LiveTopic[], ms: number): boolean {
    return (['reconnect', ...topics] as const).some((topic) => performance.now() - (this.#heard.get(topic) ?? -Infinity) < ms);
  }

  #emit(event: LiveEvent) {
    this.#heard.set(event.topic, performance.now());
    for (const listener of [...this.#listeners]) listener(event);
  }

  #status(connected: boolean) {
    if (connected === this.connected) return;
    this.connected = connected;
    for (const listener of [...this.#statusListeners]) listener();
  }
}

const wait = (run: () => void, ms: number) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
