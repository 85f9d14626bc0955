'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { useLive } from '@/components/live';
import { useWorkspace } from '@/components/shell/workspace';
import type { TimelineData } from '../gantt/gantt-rows';
import { isOver, type AttemptData, type MapGridData, type RunData, type TaskData, type WaitingData } from './run-data';

/** Changes of a run are read at most this often, in milliseconds. */
const EVERY_MS = 200;

/** useRun reads a run and keeps it true: every hint reads it again, several within a moment once, and a lost connection too. */
export function useRun(initial: RunData) {
  const { slug, call } = useWorkspace();
  const queries = useQueryClient();
  const { id } = initial;
  const { data } = useQuery({
    queryKey: [slug, 'run-page', id],
    queryFn: ({ signal }) => call<RunData>(`/runs/${id}`, { signal }),
    initialData: initial,
    staleTime: 1000,
    // What happened between the server's reading and this page's first hint is read now.
    refetchOnMount: isOver(initial.state) ? true : 'always',
  });
  // one reading at a time: hints during it are answered by one more, so that a slow server is not asked in vain
  const reading = useRef({ busy: false, again: false });
  const refresh = useCallback(() => {
    const state = reading.current;
    if (state.busy) {
      state.again = true;
      return;
    }
    const read = async (): Promise<void> => {
      state.busy = true;
      state.again = false;
      await queries.invalidateQueries({ queryKey: [slug, 'run-page', id] }, { cancelRefetch: false });
      state.busy = false;
      // `again` may have been set while this waited
      if (reading.current.again) await read();
    };
    void read();
  }, [queries, slug, id]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive(['run'], (event) => {
    if (event.topic !== 'reconnect' && event.id !== id) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      requestAnimationFrame(refresh);
    }, EVERY_MS);
  });
  return { run: data, refresh };
}

/** useAttempts reads the attempts of a task; they are read again with the run. */
export function useAttempts(run: RunData, taskId: string | null, mapIndex: number | null) {
  const { slug, call } = useWorkspace();
  return useQuery({
    queryKey: [slug, 'run-page', run.id, 'attempts', taskId, mapIndex],
    enabled: taskId !== null,
    queryFn: async ({ signal }) =>
      (
        await call<{ items: AttemptData[] }>(
          `/runs/${run.id}/tasks/${encodeURIComponent(taskId ?? '')}/attempts`,
          { query: { mapIndex }, signal },
        )
      ).items,
    refetchInterval: isOver(run.state) ? false : 3000,
  });
}

/** useTimeline reads when every task of a run waited and worked; it is read again with the run. */
export function useTimeline(run: string, wanted: boolean) {
  const { slug, call } = useWorkspace();
  return useQuery({
    queryKey: [slug, 'run-page', run, 'timeline'],
    enabled: wanted,
    queryFn: ({ signal }) => call<TimelineData>(`/runs/${run}/timeline`, { signal }),
  });
}

/** useMapGrid reads the parts of a mapped task; they are read again with the run. */
export function useMapGrid(run: RunData, taskId: string | null) {
  const { slug, call } = useWorkspace();
  return useQuery({
    queryKey: [slug, 'run-page', run.id, 'parts', taskId],
    enabled: taskId !== null,
    queryFn: ({ signal }) => call<MapGridData>(`/runs/${run.id}/tasks/${encodeURIComponent(taskId ?? '')}/parts`, { signal }),
  });
}

/** usePart reads one part of a mapped task that is not among the tasks a run's page was given. */
export function usePart(run: RunData, taskId: string | null, mapIndex: number | null) {
  const { slug, call } = useWorkspace();
  return useQuery({
    queryKey: [slug, 'run-page', run.id, 'part', taskId, mapIndex],
    enabled: taskId !== null && mapIndex !== null,
    queryFn: ({ signal }) => call<TaskData>(`/runs/${run.id}/tasks/${encodeURIComponent(taskId ?? '')}`, { query: { mapIndex }, signal }),
  });
}

/** useWaiting reads why the waiting tasks of a live run wait. */
export function useWaiting(run: RunData) {
  const { slug, call } = useWorkspace();
  return useQuery({
    queryKey: [slug, 'run-page', run.id, 'why'],
    enabled: !isOver(run.state),
    queryFn: async ({ signal }) =>
      (await call<{ items: WaitingData[] }>(`/runs/${run.id}/why`, { signal })).items,
    refetchInterval: 5000,
  });
}
