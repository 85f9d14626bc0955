import { createContext, useContext } from 'react';
import type { CodeSchema } from '@/components/ui/code-language';

/** What the fields of the inspector may offer: names that the server or the graph knows. */
export type FieldContext = {
  workspace: string;
  /** tables that reach the task, with their columns where known */
  tables: CodeSchema;
  /** names for expressions: params.month, tasks.late.output … */
  names: readonly string[];
  /** tasks directly after this one */
  downstream: readonly { id: string; label: string }[];
  readOnly: boolean;
  /** mod+Enter inside code */
  onTry?: () => void;
};

export const FieldsContext = createContext<FieldContext>({ workspace: '', tables: {}, names: [], downstream: [], readOnly: false });

/** useFields reads what the fields around may offer. */
export const useFields = (): FieldContext => useContext(FieldsContext);
