'use client';

import { CirclePlay, Clock, Download, History, MoreHorizontal, PanelLeft, Play, Redo2, Undo2, Upload } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef } from 'react';
import { Button } from '@/components/ui/button';
import { Tag } from '@/components/ui/chip';
import { IconButton } from '@/components/ui/icon-button';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { Segmented } from '@/components/ui/segmented';
import { toast } from '@/components/ui/toast';
import type { Panel } from '../canvas-store';
import { useDraft, useEditor } from '../editor-context';
import { readSpecText, writeSpec, type SpecFormat } from '../spec-text';
import { useModKey } from '../use-mod-key';
import { SaveWord } from './save-word';

/** EditorHeader stands above the canvas: name, what is saved, undo, views, try, publish, import and export. */
export function EditorHeader({
  name,
  version,
  changes,
  onConflict,
  onRetry,
  onTry,
  onPublish,
  onRun,
  onPalette,
}: {
  name: string;
  /** the published version this draft stands on; null before the first */
  version: number | null;
  /** how many changes wait to be published; null before the first version */
  changes: number | null;
  onConflict: () => void;
  onRetry: () => void;
  onTry: () => void;
  onPublish: () => void;
  /** asks for the params of a run of the published version */
  onRun: () => void;
  onPalette: () => void;
}) {
  const { store, workspace, slug, readOnly } = useEditor();
  const panel = useDraft((state) => state.panel);
  const undo = useDraft((state) => state.undo.at(-1)?.label);
  const redo = useDraft((state) => state.redo.at(-1)?.label);
  const spec = useDraft((state) => state.spec);
  const router = useRouter();
  const file = useRef<HTMLInputElement>(null);
  const mod = useModKey();
  const schedule = spec.triggers.find((trigger) => trigger.kind === 'schedule' && trigger.enabled !== false);

  const download = (format: SpecFormat) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([writeSpec(spec, format)], { type: format === 'json' ? 'application/json' : 'application/yaml' }));
    link.download = `${slug}.${format}`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const load = async (chosen: File) => {
    const read = readSpecText(await chosen.text());
    if (!read.ok) return toast.error(`${chosen.name} was not imported`, { description: read.sentence });
    store.edit('Import', read.spec);
    toast(`Imported ${chosen.name}`, { action: { label: 'Undo', onClick: () => store.undo() } });
  };

  return (
    <div className="flex min-h-(--editor-bar) shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line bg-surface px-4 max-md:px-2 max-md:py-1">
      {!readOnly && panel !== 'spec' && (
        <IconButton label="Add a node" keys="Tab" onClick={onPalette} className="md:hidden">
          <PanelLeft size={16} aria-hidden />
        </IconButton>
      )}
      <h1 className="truncate text-14 font-semibold">{name}</h1>
      <Tag className="max-md:hidden">{version === null ? 'draft' : `draft on v${version}`}</Tag>
      {readOnly ? <span className="text-12 text-ink-3">Read-only: editors may change it</span> : <SaveWord onConflict={onConflict} onRetry={onRetry} />}
      {!readOnly && (
        <span className="ml-1 flex">
          <IconButton label={undo ? `Undo: ${undo.toLowerCase()}` : 'Undo'} keys={`${mod}Z`} disabled={undo === undefined} onClick={() => store.undo()}>
            <Undo2 size={16} aria-hidden />
          </IconButton>
          <IconButton label={redo ? `Redo: ${redo.toLowerCase()}` : 'Redo'} keys={`⇧${mod}Z`} disabled={redo === undefined} onClick={() => store.redo()}>
            <Redo2 size={16} aria-hidden />
          </IconButton>
        </span>
      )}
      <Segmented<Panel>
        label="View"
        size="sm"
        className="ml-auto"
        value={panel}
        onChange={(next) => store.setState({ panel: next })}
        options={[
          { value: 'canvas', label: 'Canvas' },
          { value: 'outline', label: 'Outline' },
          { value: 'spec', label: 'Spec' },
        ]}
      />
      {schedule && (
        <span className="flex items-center gap-1.5 text-12 whitespace-nowrap text-ink-2 max-lg:hidden">
          <Clock size={14} aria-hidden /> <span className="mono">{String(schedule.cron ?? schedule.every ?? '')}</span> {String(schedule.zone ?? 'UTC')}
        </span>
      )}
      <Menu trigger={<IconButton label="More"><MoreHorizontal size={16} aria-hidden /></IconButton>}>
        {!readOnly && version !== null && (
          <>
            <MenuItem icon={<CirclePlay size={14} aria-hidden />} onClick={onRun}>{`Run version ${version}`}</MenuItem>
            <MenuSeparator />
          </>
        )}
        <MenuItem icon={<Download size={14} aria-hidden />} onClick={() => download('json')}>Export as JSON</MenuItem>
        <MenuItem icon={<Download size={14} aria-hidden />} onClick={() => download('yaml')}>Export as YAML</MenuItem>
        {!readOnly && <MenuItem icon={<Upload size={14} aria-hidden />} onClick={() => file.current?.click()}>Import JSON or YAML</MenuItem>}
        <MenuSeparator />
        <MenuItem icon={<History size={14} aria-hidden />} onClick={() => router.push(`/w/${workspace}/pipelines/${slug}/versions`)}>Versions</MenuItem>
      </Menu>
      <input
        ref={file}
        type="file"
        hidden
        accept=".json,.yaml,.yml"
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          event.target.value = '';
          if (chosen) void load(chosen);
        }}
      />
      {!readOnly && (
        <>
          <Button onClick={onTry}>
            <Play size={14} aria-hidden /> <span className="max-md:sr-only">Try</span>
          </Button>
          <Button look="primary" onClick={onPublish} disabled={changes === 0}>
            {changes === null || changes === 0 ? 'Publish' : `Publish ${changes} ${changes === 1 ? 'change' : 'changes'}`}
          </Button>
        </>
      )}
    </div>
  );
}
