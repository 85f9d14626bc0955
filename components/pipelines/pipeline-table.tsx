'use client';

import { chosenColumns } from '@/components/lists/list-column';
import { RowsTable } from '@/components/lists/rows-table';
import { useWorkspace } from '@/components/shell/workspace';
import { pipelineColumns, type PipelineRow } from './pipeline-columns';

/** PipelineTable is a short list of pipelines with how each does: last runs, a sentence, and the switch. */
export function PipelineTable({ pipelines }: { pipelines: readonly PipelineRow[] }) {
  const { href } = useWorkspace();
  return <RowsTable what="pipeline" rows={pipelines} keyOf={(p) => p.slug} columns={chosenColumns(pipelineColumns(href), ['next'])} />;
}
