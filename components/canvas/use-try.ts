import { useCallback, useRef, useState } from 'react';
import { ProblemError, sentenceOf } from '@/components/api/request';
import type { CanvasStore } from './canvas-store';
import type { Column } from './columns';
import type { Marks } from './marks';
import { followRun, isOver, marksOfRun, readPreview, startTry, type TrySession } from './try-session';

const RUN_FIELDS = ['state', 'durationMs', 'rows', 'columns', 'note', 'progress'] as const;

/**
 * useTry runs nodes of the open draft on a sample and keeps the newest trial. A trial started later replaces one that is
 * still on its way.
 */
export function useTry(store: CanvasStore, marks: Marks, workspace: string, slug: string) {
  const [session, setSession] = useState<TrySession | null>(null);
  const [columns, setColumns] = useState<ReadonlyMap<string, readonly Column[]>>(new Map());
  const turn = useRef(0);

  const start = useCallback(
    async (taskId: string, upTo: boolean) => {
      const mine = ++turn.current;
      const startedAt = performance.now();
      const stale = () => mine !== turn.current;
      let now: TrySession = { taskId, upTo, run: null, preview: null, error: null, busy: true, startedAt, tookMs: null };
      const put = (change: Partial<TrySession>) => {
        now = { ...now, ...change };
        if (!stale()) setSession(now);
      };
      put({});
      store.setState({ drawer: 'preview' });
      try {
        let run = await startTry(workspace, slug, { spec: store.getState().spec, taskId, upTo });
        while (!isOver(run) && !stale()) {
          run = await followRun(workspace, run.id);
          if (stale()) return;
          marks.update(new Map([...marksOfRun(run)].map(([id, mark]) => [id, { ...Object.fromEntries(RUN_FIELDS.map((field) => [field, undefined])), ...mark }])));
          put({ run });
        }
        if (stale()) return;
        marks.update(marksOfRun(run));
        const tookMs = performance.now() - startedAt;
        const target = run.tasks.find((task) => task.taskId === taskId);
        if (run.state !== 'succeeded') {
          const failed = run.tasks.find((task) => task.state === 'failed') ?? target;
          put({ run, busy: false, tookMs, error: failed?.reason?.text ?? 'The trial did not finish. The log says why.' });
          store.setState({ drawer: 'log' });
          return;
        }
        const preview = await readPreview(workspace, run.id, taskId).catch((error: unknown) => {
          // A task without a table of its own (a branch, a notification) has nothing to show.
          if (error instanceof ProblemError && error.status === 404) return null;
          throw error;
        });
        if (preview) {
          marks.update(new Map([[taskId, { rows: preview.rowCount, columns: preview.schema.length }]]));
          if (!stale()) setColumns((known) => new Map([...known, [taskId, preview.schema]]));
        }
        put({ run, preview, busy: false, tookMs: performance.now() - startedAt });
        void learnColumns(run.id, run.tasks.map((task) => task.taskId).filter((id) => id !== taskId));
      } catch (error) {
        put({ busy: false, error: error instanceof ProblemError && error.issues[0] ? error.issues[0].message : sentenceOf(error) });
      }
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- learnColumns reads nothing that changes
    [store, marks, workspace, slug],
  );

  /** the columns of the tables on the way complete code in what comes after */
  const learnColumns = async (run: string, ids: string[]) => {
    for (const id of ids) {
      const preview = await readPreview(workspace, run, id).catch(() => null);
      if (preview) setColumns((known) => new Map([...known, [id, preview.schema]]));
    }
  };

  return { session, start, columns };
}
