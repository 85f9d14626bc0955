'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ProblemError } from '@/components/api/request';

/** A call of the API from a form: whether it runs, why it was refused, and the sentence for a field. */
export type Call = {
  busy: boolean;
  error: string | null;
  at: (path: string) => string | null;
  run: <T>(work: () => Promise<T>, then?: (answer: T) => void) => Promise<void>;
  reset: () => void;
};

/**
 * useCall runs API calls for a form and reads the page's data again when one has worked.
 * @param paths fields of the form; what belongs to none of them is `error`
 */
export function useCall(paths: readonly string[] = []): Call {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const run: Call['run'] = async (work, then) => {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await work();
      then?.(answer);
      router.refresh();
    } catch (error) {
      setProblem(
        error instanceof ProblemError
          ? error
          : new ProblemError(0, error instanceof Error ? error.message : String(error)),
      );
    } finally {
      setBusy(false);
    }
  };
  const own = problem?.issues.some((issue) => paths.some((path) => issue.path === path)) ?? false;
  return {
    busy,
    error:
      problem && !own
        ? [
            problem.message,
            ...problem.issues.map((i) => i.message).filter((m) => !problem.message.includes(m)),
          ].join(' ')
        : null,
    at: (path) => problem?.issues.find((issue) => issue.path === path)?.message ?? null,
    run,
    reset: () => setProblem(null),
  };
}
