import { describe, expect, it } from 'vitest';
import { LiveBus, type LiveEvent, type StreamSource } from './bus';

const event = new Event('x');

function harness() {
  const sources: (StreamSource & { closed: boolean })[] = [];
  const waits: { run: () => void; ms: number }[] = [];
  const bus = new LiveBus();
  const heard: LiveEvent[] = [];
  bus.subscribe((e) => heard.push(e));
  const stop = bus.connect(
    () => {
      const source = {
        onopen: null,
        onerror: null,
        onmessage: null,
        closed: false,
        close: () => void (source.closed = true),
      } as (typeof sources)[number];
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
  it('hands events on and ignores what it cannot read', () => {
    const { heard, sources } = harness();
    sources[0]?.onmessage?.({ data: '{"topic":"run","id":"r1"}' } as MessageEvent<string>);
    sources[0]?.onmessage?.({ data: 'nonsense' } as MessageEvent<string>);
    expect(heard).toEqual([{ topic: 'run', id: 'r1' }]);
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
