'use client';

import { useState } from 'react';
import { toast } from '@/components/ui/toast';

type Answer<T> = { ok: true; data: T } | { ok: false; problem: { detail?: string; title: string } };

/** useAct runs a server action once at a time; a refusal is shown as its sentence. */
export function useAct() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const act = async <T>(work: () => Promise<Answer<T>>, done: (data: T) => void) => {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await work();
      if (answer.ok) done(answer.data);
      else {
        setProblem(answer.problem.detail ?? answer.problem.title);
        toast.error(answer.problem.detail ?? answer.problem.title);
      }
    } catch {
      setProblem(
        'Penstock does not answer. Check that it is running and that you are online, then try again.',
      );
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, act };
}
