import { describe, expect, it } from 'vitest';
import { LiveBus, type LiveEvent, type StreamSource } from './bus';

const event = new Event('x');

function harness() {
  const sources: (StreamSource & { closed: boolean; say(name: string, data: string): void })[] = [];
  const waits: { run: () => void; ms: number }[] = [];
  const bus = new LiveBus();
  const heard: LiveEvent[] = [];
  bus.subscribe((e) => heard.push(e));
  const stop = bus.connect(
    () => {
      const source = {
        onopen: null,
        onerror: null,
        closed: false,
        hearers: new Map<string, (event: MessageEvent<string>) => void>(),
        addEventListener(name: string, hear: (event: MessageEvent<string>) => void) {
          source.hearers.set(name, hear);
        },
        say: (name: string, data: string) => source.hearers.get(name)?.({ data } as MessageEvent<string>),
        close: () => void (source.closed = true),
      };
      sources.push(source);
      return source;
    },
    (run, ms) => {
      waits.push({ run, ms });
      return () => undefined;
    },
  );
  return { bus, heard, sources, waits, stop };
}

describe('the live bus', () => {
  it('knows what changed a moment ago, for a page that was on its way', () => {
    const { bus, sources } = harness();
    expect(bus.heardWithin(['endpoint'], 1_000)).toBe(false);
    sources[0]?.say('change', '{"topic":"endpoint"}');
    expect(bus.heardWithin(['run', 'endpoint'], 1_000)).toBe(true);
    expect(bus.heardWithin(['run'], 1_000)).toBe(false);
    expect(bus.heardWithin(['endpoint'], 0)).toBe(false);
  });

  it('hands events on and ignores what it cannot read', () => {
    const { heard, sources } = harness();
    sources[0]?.say('change', '{"topic":"run","id":"r1"}');
    sources[0]?.say('change', 'nonsense');
    sources[0]?.say('hello', '{}');
    expect(heard).toEqual([{ topic: 'run', id: 'r1' }]);
    sources[0]?.say('reconnected', '{}');
    expect(heard.at(-1)).toEqual({ topic: 'reconnect' });
  });

  it('opens a new stream after a loss, with growing pauses, and then says reconnect once', () => {
    const { bus, heard, sources, waits } = harness();
    sources[0]?.onopen?.(event);
    expect(heard).toEqual([]);
    sources[0]?.onerror?.(event);
    expect(bus.connected).toBe(false);
    expect(sources[0]?.closed).toBe(true);
    waits[0]?.run();
    sources[1]?.onerror?.(event);
    waits[1]?.run();
    expect(waits.map((w) => w.ms)).toEqual([1000, 2000]);
    sources[2]?.onopen?.(event);
    expect(bus.connected).toBe(true);
    expect(heard).toEqual([{ topic: 'reconnect' }]);
  });
});
