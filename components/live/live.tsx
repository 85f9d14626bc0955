'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import { workspaceUrl } from '@/components/api/request';
import { LiveBus, type LiveEvent, type LiveTopic } from './bus';

/** How long a page may take from the server's reading to its first listening, in milliseconds. */
const DRAWN_MS = 3_000;

const LiveContext = createContext<LiveBus | null>(null);

/**
 * LiveProvider holds the one event stream of this tab to the workspace. Queries whose key starts with `[workspace, topic]` are
 * refetched when the topic changes, all of them after a lost connection.
 */
export function LiveProvider({ workspace, children }: { workspace: string; children: ReactNode }) {
  const queries = useQueryClient();
  const bus = useMemo(() => new LiveBus(), []);

  useEffect(() => {
    // what changed since the browser asked for this page may be missing from it
    const stop = bus.connect(() => new EventSource(workspaceUrl(workspace, `/live?ago=${Math.ceil(performance.now())}`)));
    const off = bus.subscribe((event) => {
      void queries.invalidateQueries({
        predicate: ({ queryKey }) =>
          queryKey[0] === workspace && (event.topic === 'reconnect' || queryKey[1] === event.topic),
      });
    });
    return () => {
      off();
      stop();
    };
  }, [bus, queries, workspace]);

  return <LiveContext value={bus}>{children}</LiveContext>;
}

/**
 * useLive calls `handler` for every event of the topics, and once with topic `reconnect` after a lost connection, when
 * everything has to be read again.
 */
export function useLive(topics: readonly LiveTopic[], handler: (event: LiveEvent) => void) {
  const bus = use(LiveContext);
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  const key = topics.join(' ');
  useEffect(() => {
    const wanted = new Set(key.split(' '));
    return bus?.subscribe((event) => {
      if (event.topic === 'reconnect' || wanted.has(event.topic)) latest.current(event);
    });
  }, [bus, key]);
}

/** useLiveRefresh renders the page's server parts again when a topic changes, at most once in `everyMs`. */
export function useLiveRefresh(topics: readonly LiveTopic[], everyMs = 1000) {
  const router = useRouter();
  const bus = use(LiveContext);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const soon = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      router.refresh();
    }, everyMs);
  }, [router, everyMs]);
  useLive(topics, soon);
  const key = topics.join(' ');
  useEffect(() => {
    // what changed while this page was on its way may be missing from it
    if (bus?.heardWithin(key.split(' ') as LiveTopic[], DRAWN_MS)) soon();
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [bus, key, soon]);
}

/** LiveRefresh is useLiveRefresh for a server page. */
export function LiveRefresh({ topics }: { topics: readonly LiveTopic[] }) {
  useLiveRefresh(topics);
  return null;
}

/** useConnected says whether the event stream stands; false for longer than a moment is worth a word to the person. */
export function useConnected(): boolean {
  const bus = use(LiveContext);
  const subscribe = useCallback((changed: () => void) => bus?.onStatus(changed) ?? (() => undefined), [bus]);
  return useSyncExternalStore(
    subscribe,
    () => bus?.connected ?? true,
    () => true,
  );
}
