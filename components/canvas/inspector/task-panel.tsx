'use client';

import { Copy, MoreHorizontal, Play, Plus, Spline, Trash2, X } from 'lucide-react';
import { useMemo } from 'react';
import { Button } from '@/components/ui/button';
import { CodeEditor } from '@/components/ui/code-editor';
import { Chip } from '@/components/ui/chip';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { formFields, nodeDefinition, type DraftTask } from '@/lib/pipeline/index';
import type { InspectorTab } from '../canvas-store';
import { tablesAt } from '../commands';
import { useDraft, useEditor } from '../editor-context';
import { downstreamOf } from '../graph';
import { lookOf } from '../nodes/table';
import { errorLookup } from '../problems';
import { NOTHING } from '../canvas-store';
import { useModKey } from '../use-mod-key';
import { ChecksField } from './checks-field';
import { FieldsContext, type FieldContext } from './field-context';
import { RunSettings } from './run-settings';
import { lineOf, SchemaForm } from './schema-form';
import { TextLine } from './text-line';
import { useColumns } from './use-columns';

/** TaskPanel configures the one selected node: form, code at full height, checks on its output, run settings. */
export function TaskPanel({ task, index, onTry, onConnect, onAdd }: {
  task: DraftTask;
  index: number;
  onTry: (upTo: boolean) => void;
  /** offers the nodes that this one can be connected to */
  onConnect: () => void;
  /** offers the kinds of node to add after this one */
  onAdd: () => void;
}) {
  const { acts, store, workspace, readOnly } = useEditor();
  const spec = useDraft((state) => state.spec);
  const problems = useDraft((state) => state.problems);
  const tab = useDraft((state) => state.inspectorTab);
  const mod = useModKey();
  const definition = nodeDefinition(task.kind);
  const fields = useMemo(() => (definition ? formFields(definition.configSchema) : []), [definition]);
  const code = fields.find((field) => field.widget === 'code' && !field.advanced);
  const own = errorLookup(problems, `tasks[${index}]`);
  const inConfig = errorLookup(problems, `tasks[${index}].config`);
  const tables = useColumns(spec, task.id);
  const look = lookOf(task.kind);
  const Icon = look.icon(task.config);
  const checks = Array.isArray(task.checks) ? task.checks.length : 0;
  const shown: InspectorTab = tab === 'code' && !code ? 'form' : tab;

  const context: FieldContext = useMemo(
    () => ({
      workspace,
      tables,
      names: namesOf(spec, task.id),
      downstream: downstreamOf(spec, task.id).map((id) => ({ id, label: acts.label(id) })),
      readOnly,
      onTry: () => onTry(false),
    }),
    [workspace, tables, spec, task.id, readOnly, acts, onTry],
  );

  return (
    <FieldsContext value={context}>
      <header className="flex items-center gap-2 py-2.5 pr-3 pl-4">
        <span className="cv-kind self-center max-md:hidden">
          <Icon size={14} strokeWidth={2} aria-hidden />
        </span>
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-14 font-semibold max-md:hidden">{acts.label(task.id)}</h2>
          <p className="truncate text-12 text-ink-3">{definition ? `${definition.label} · ${definition.what}` : `Unknown kind “${task.kind}”`}</p>
        </div>
        {!readOnly && (
          <Menu trigger={<IconButton label="More" size="sm"><MoreHorizontal size={16} aria-hidden /></IconButton>}>
            <MenuItem icon={<Plus size={14} aria-hidden />} keys="Tab" onClick={onAdd}>Add a node after this one…</MenuItem>
            <MenuItem icon={<Spline size={14} aria-hidden />} keys="C" onClick={onConnect}>Connect to…</MenuItem>
            <MenuItem icon={<Copy size={14} aria-hidden />} keys={`${mod}D`} onClick={() => acts.duplicate()}>Duplicate</MenuItem>
            <MenuSeparator />
            <MenuItem icon={<Trash2 size={14} aria-hidden />} keys="Del" tone="danger" onClick={() => acts.remove()}>Delete</MenuItem>
          </Menu>
        )}
        <IconButton label="Close" size="sm" className="max-md:hidden" onClick={() => store.select(NOTHING)}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <Tabs
        value={shown}
        onChange={(next) => store.setState({ inspectorTab: next as InspectorTab })}
        className="min-h-0 flex-1"
        listClassName="px-4"
        tabs={[
          { value: 'form', label: 'Form' },
          ...(code ? [{ value: 'code', label: 'Code' }] : []),
          { value: 'checks', label: 'Checks', ...(checks > 0 ? { count: checks } : {}) },
          { value: 'run', label: 'Run settings' },
        ]}
      >
        <TabPanel value="form" className="overflow-y-auto">
          <div className="flex flex-col gap-4 p-4">
            <div className="grid grid-cols-2 gap-3">
              <div data-field="name">
                <Field label="Name" error={own('name')}>
                  <TextLine key={task.id} value={task.name ?? ''} placeholder={task.id} readOnly={readOnly} commit={(name) => acts.rename(task.id, name)} />
                </Field>
              </div>
              <div data-field="id">
                <Field label="Id" error={own('id')}>
                  <TextLine key={task.id} mono value={task.id} readOnly={readOnly} commit={(id) => acts.setId(task.id, id)} />
                </Field>
              </div>
            </div>
            <Inputs task={task} />
            <SchemaForm key={task.id} fields={fields} values={task.config} onChange={(name, value) => acts.setConfig(task.id, name, value)} errorAt={inConfig} />
            {own('') !== null && <p className="text-12 text-failed">{own('')}</p>}
            {inConfig('') !== null && <p className="text-12 text-failed">{inConfig('')}</p>}
            {definition?.provides && <Writes task={task} error={own('writes') ?? own('writes.dataset')} />}
          </div>
        </TabPanel>
        {code && (
          <TabPanel value="code" className="flex flex-col p-2">
            <CodeEditor
              key={task.id}
              label={`${code.label} of ${acts.label(task.id)}`}
              language={code.language ?? 'text'}
              value={typeof task.config[code.name] === 'string' ? (task.config[code.name] as string) : ''}
              schema={tables}
              completions={context.names.map((name) => ({ label: name, type: 'variable' }))}
              readOnly={readOnly}
              problems={lineOf(inConfig(code.name))}
              invalid={inConfig(code.name) !== null}
              onChange={(value) => acts.setConfig(task.id, code.name, value)}
              onSubmit={() => onTry(false)}
              minLines={20}
              maxLines={60}
            />
            {inConfig(code.name) !== null && <p className="px-1 pt-2 text-12 text-failed">{inConfig(code.name)}</p>}
          </TabPanel>
        )}
        <TabPanel value="checks" className="overflow-y-auto p-4">
          <p className="pb-3 text-12 text-ink-3">Checks on what this node makes. A blocking check fails the node and quarantines the dataset version.</p>
          <div data-field="checks">
            <ChecksField value={task.checks} onChange={(list) => acts.setTask(task.id, { checks: list.length > 0 ? list : undefined })} errorAt={(path) => own(`checks${path}`)} />
          </div>
        </TabPanel>
        <TabPanel value="run" className="overflow-y-auto p-4">
          <RunSettings key={task.id} task={task} errorAt={own} />
        </TabPanel>
      </Tabs>
      {!readOnly && (
        <footer className="flex gap-2 border-t border-line px-4 py-3">
          <Button onClick={() => onTry(false)}>
            <Play size={14} aria-hidden /> Try this node <Kbd className="max-md:hidden">{mod}⏎</Kbd>
          </Button>
          <Button look="ghost" onClick={() => onTry(true)}>
            Try up to here
          </Button>
        </footer>
      )}
    </FieldsContext>
  );
}

/** Inputs shows under which names tables arrive here. */
function Inputs({ task }: { task: DraftTask }) {
  const spec = useDraft((state) => state.spec);
  const { acts } = useEditor();
  const tables = tablesAt(spec, task.id);
  if (tables.length === 0) return null;
  return (
    <div className="flex flex-col gap-1">
      <span className="text-12 font-medium text-ink-2">Inputs</span>
      <span className="flex flex-wrap gap-1">
        {tables.map(({ name, provider }) => (
          <Chip key={name} name={name === provider ? undefined : acts.label(provider)}>
            <span className="mono">{name === provider ? name : `as ${name}`}</span>
          </Chip>
        ))}
      </span>
    </div>
  );
}

/** Writes names the dataset that the output becomes a version of. */
function Writes({ task, error }: { task: DraftTask; error: string | null }) {
  const { acts, readOnly } = useEditor();
  const writes = task.writes as string | { dataset?: string; mode?: string } | undefined;
  const name = typeof writes === 'string' ? writes : (writes?.dataset ?? '');
  const mode = typeof writes === 'object' ? writes.mode : undefined;
  return (
    <div data-field="writes">
      <Field label="Output dataset" hint={name === '' ? 'Without a name the output is kept for this run only.' : 'A new version with each run.'} error={error}>
        <Input
          className="mono"
          value={name}
          readOnly={readOnly}
          placeholder="late_flights"
          spellCheck={false}
          onChange={(event) => {
            const dataset = event.target.value;
            acts.setTask(task.id, { writes: dataset === '' ? undefined : mode === undefined ? dataset : { dataset, mode } });
          }}
        />
      </Field>
    </div>
  );
}

/** namesOf lists what expressions at a task may say. */
function namesOf(spec: { params: readonly { name: string }[]; edges: readonly { from: string; to: string }[] }, id: string): string[] {
  const direct = spec.edges.filter((edge) => edge.to === id).map((edge) => edge.from);
  return [
    ...spec.params.map((param) => `params.${param.name}`),
    ...direct.flatMap((task) => ['succeeded', 'failed', 'skipped', 'output', 'rows'].map((field) => `tasks.${task}.${field}`)),
    'run.id', 'run.pipeline', 'run.version', 'run.logicalDate', 'run.intervalStart', 'run.intervalEnd',
  ];
}
