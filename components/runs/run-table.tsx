'use client';

import type { RunSummary } from '@/lib/runs';
import { RowsTable } from '@/components/lists/rows-table';
import { chosenColumns } from '@/components/lists/list-column';
import { useWorkspace } from '@/components/shell/workspace';
import { runColumns } from './run-columns';

/** RunTable is a short list of one pipeline's runs: state, when, how long, what started them. On a phone each run is a card. */
export function RunTable({ runs }: { runs: readonly RunSummary[] }) {
  const { href } = useWorkspace();
  return <RowsTable what="run" rows={runs} keyOf={(run) => run.id} columns={chosenColumns(runColumns(href, true), [])} />;
}
