import { useContext, useMemo } from 'react';
import type { CodeSchema } from '@/components/ui/code-language';
import type { DraftSpec } from '@/lib/pipeline/index';
import { tablesAt } from '../commands';
import { ColumnsContext } from '../columns';

/** useColumns gives the tables that reach a task, each with the columns that a trial, a run or the server has seen. */
export function useColumns(spec: DraftSpec, id: string): CodeSchema {
  const known = useContext(ColumnsContext);
  return useMemo(() => Object.fromEntries(tablesAt(spec, id).map(({ name, provider }) => [name, known.get(provider) ?? []])), [spec, id, known]);
}
