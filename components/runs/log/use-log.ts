'use client';

import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { LogPage } from '@/lib/observability';
import { sentenceOf } from '@/components/api/request';
import { useLive } from '@/components/live';
import { useWorkspace } from '@/components/shell/workspace';
import { LogPages, PAGE_LINES } from './log-pages';

/** Which log: of a task's attempt. */
export type LogOf = { run: string; taskId: string; attempt: number; mapIndex: number };

/** A log that grows is read again at most this often, in milliseconds. */
const TAIL_MS = 250;
/** What only flies past is not read: the sight must rest this long, in milliseconds. */
const REST_MS = 60;

/** logPath is where a task's log is read. */
export const logPath = ({ run, taskId }: LogOf) => `/runs/${run}/tasks/${encodeURIComponent(taskId)}/logs`;

/**
 * useLog reads a log as far as it is in sight. `show(from, to)` says which lines are; while `growing` the end is followed.
 */
export function useLog(of: LogOf, growing: boolean) {
  const { call } = useWorkspace();
  const [pages] = useState(() => new LogPages());
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const [total, setTotal] = useState<number | null>(null);
  const [firstError, setFirstError] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const busy = useRef(new Set<number>());
  const sight = useRef({ from: 1, to: 60 });
  const size = useRef(0);
  const latest = useRef({ call, of });
  useEffect(() => {
    latest.current = { call, of };
  });

  const read = useCallback(
    async (after: number, limit: number) => {
      if (busy.current.has(after)) return;
      busy.current.add(after);
      const { call: ask, of: log } = latest.current;
      try {
        const page = await ask<LogPage>(logPath(log), {
          query: { attempt: log.attempt, mapIndex: log.mapIndex, after, limit },
        });
        pages.put(page.items);
        size.current = Math.max(size.current, page.lines);
        setTotal(size.current);
        setFirstError(page.firstError);
        setProblem(null);
        draw();
      } catch (error) {
        setProblem(sentenceOf(error));
      } finally {
        busy.current.delete(after);
      }
    },
    [pages],
  );
  const fill = useCallback(() => {
    for (const gap of pages.gaps(sight.current.from, sight.current.to, size.current))
      void read(gap.after, gap.limit);
  }, [pages, read]);
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const show = useCallback(
    (from: number, to: number) => {
      sight.current = { from, to };
      clearTimeout(resting.current);
      resting.current = setTimeout(fill, REST_MS);
    },
    [fill],
  );
  useEffect(() => () => clearTimeout(resting.current), []);
  /** tail asks for what came after the last known line. */
  const tail = useCallback(() => read(size.current, PAGE_LINES), [read]);

  useEffect(() => {
    void read(0, PAGE_LINES);
  }, [read]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive(['log', 'run'], (event) => {
    if (event.topic !== 'reconnect' && event.id !== undefined && !event.id.startsWith(of.run)) return;
    if (!growing && event.topic !== 'reconnect') return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void tail();
    }, TAIL_MS);
  });
  // the last lines may come after the task's end
  const grew = useRef(growing);
  useEffect(() => {
    if (grew.current && !growing) void tail();
    grew.current = growing;
  }, [growing, tail]);

  return { pages, total, firstError, problem, show, tail };
}
