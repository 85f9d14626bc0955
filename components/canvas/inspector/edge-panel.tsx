'use client';

import { ArrowDown, Plus, Trash2, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Switch } from '@/components/ui/switch';
import type { DraftEdge } from '@/lib/pipeline/index';
import { NOTHING } from '../canvas-store';
import { useDraft, useEditor } from '../editor-context';
import { errorLookup } from '../problems';
import { edgeId } from '../spec-to-flow';
import { ChecksField } from './checks-field';
import { FieldsContext } from './field-context';
import { TextLine } from './text-line';
import { useColumns } from './use-columns';

/** EdgePanel configures the selected edge: the table's name at the receiver, whether data flows, and checks on it. */
export function EdgePanel({ edge, index, onInsert }: { edge: DraftEdge; index: number; onInsert: () => void }) {
  const { acts, store, workspace, readOnly } = useEditor();
  const problems = useDraft((state) => state.problems);
  const spec = useDraft((state) => state.spec);
  const tables = useColumns(spec, edge.to);
  const errorAt = errorLookup(problems, `edges[${index}]`);
  const id = edgeId(edge);
  return (
    <FieldsContext value={{ workspace, tables, names: [], downstream: [], readOnly }}>
      <header className="flex items-center gap-2 border-b border-line py-2.5 pr-3 pl-4">
        <ArrowDown size={16} aria-hidden className="text-ink-3" />
        <h2 className="min-w-0 flex-1 truncate text-14 font-semibold">
          {acts.label(edge.from)} → {acts.label(edge.to)}
        </h2>
        <IconButton label="Close" size="sm" onClick={() => store.select(NOTHING)}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4">
        <Switch
          label="Data flows here"
          hint="Off: the edge says only what comes first."
          disabled={readOnly}
          checked={edge.data !== false}
          onCheckedChange={(on: boolean) => acts.setEdge(id, { data: on ? undefined : false })}
        />
        {edge.data !== false && (
          <div data-field="as">
            <Field label="Table name there" hint={`The name of the table in “${acts.label(edge.to)}”.`} error={errorAt('as')}>
              <TextLine key={id} mono value={edge.as ?? ''} placeholder={edge.from} readOnly={readOnly} commit={(as) => acts.setEdge(id, { as: as.trim() === '' ? undefined : as.trim() })} />
            </Field>
          </div>
        )}
        {edge.data !== false && (
          <section className="flex flex-col gap-2" data-field="checks">
            <h3 className="text-12 font-medium text-ink-2">Checks on this edge</h3>
            <ChecksField value={edge.checks} onChange={(checks) => acts.setEdge(id, { checks: checks.length > 0 ? checks : undefined })} errorAt={(path) => errorAt(`checks${path}`)} />
          </section>
        )}
        {errorAt('') !== null && <p className="text-12 text-failed">{errorAt('')}</p>}
      </div>
      {!readOnly && (
        <footer className="flex gap-2 border-t border-line px-4 py-3">
          <Button onClick={onInsert}>
            <Plus size={14} aria-hidden /> Insert node
          </Button>
          <Button look="danger" onClick={() => acts.remove()}>
            <Trash2 size={14} aria-hidden /> Delete edge
          </Button>
        </footer>
      )}
    </FieldsContext>
  );
}
