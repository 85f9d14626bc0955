'use client';

import { Search } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import { Input } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';
import { NODE_KINDS } from '@/lib/pipeline/index';
import { DRAG_TYPE } from './canvas';
import { lookOf } from './nodes/table';
import { DOMAINS, searchPalette, type PaletteEntry } from './palette-entries';

/** Palette stands left of the canvas: search, then the kinds by domain; drag one onto the canvas, click it, or press Enter. */
export function Palette({ onAdd }: { onAdd: (kind: string) => void }) {
  const [text, setText] = useState('');
  const found = searchPalette(text);
  const domains = (Object.keys(DOMAINS) as (keyof typeof DOMAINS)[]).map((domain) => ({
    domain,
    entries: found.filter((entry) => NODE_KINDS[entry.kind].domain === domain),
  }));
  const enter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !found[0]) return;
    onAdd(found[0].kind);
    setText('');
  };
  return (
    <aside
      aria-label="Nodes"
      className="flex w-(--palette) shrink-0 flex-col overflow-y-auto border-r border-line bg-surface p-3"
    >
      <div className="flex">
        <Input
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={enter}
          placeholder="Find a node"
          aria-label="Find a node"
          start={<Search size={14} aria-hidden />}
          end={<Kbd>Tab</Kbd>}
        />
      </div>
      {found.length === 0 && (
        <p className="px-1 pt-4 text-12 text-ink-3">
          No node matches “{text}”. Try “file”, “query” or “check”.
        </p>
      )}
      {domains
        .filter(({ entries }) => entries.length > 0)
        .map(({ domain, entries }) => (
          <section key={domain} aria-label={DOMAINS[domain]}>
            <h3 className="px-1 pt-4 pb-1 text-12 font-medium text-ink-3">{DOMAINS[domain]}</h3>
            <div className="grid grid-cols-2 gap-1">
              {entries.map((entry) => (
                <Entry key={entry.key} entry={entry} onAdd={onAdd} />
              ))}
            </div>
          </section>
        ))}
      <p className="mt-auto px-1 pt-4 text-12 text-ink-3">
        Drag, or press Enter to add after the selected node.
      </p>
    </aside>
  );
}

function Entry({ entry, onAdd }: { entry: PaletteEntry; onAdd: (kind: string) => void }) {
  const Icon = lookOf(entry.kind).icon({});
  return (
    <button
      type="button"
      draggable
      title={entry.what}
      data-kind={entry.kind}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAG_TYPE, entry.kind);
        event.dataTransfer.effectAllowed = 'copy';
      }}
      onClick={() => onAdd(entry.kind)}
      className={`flex h-8 cursor-grab items-center gap-1.5 overflow-hidden rounded-dense border border-line bg-surface px-1.5 text-left hover:border-line-2 hover:bg-hover active:cursor-grabbing ${entry.label.length > 8 ? 'col-span-2' : ''}`}
    >
      <Icon size={14} strokeWidth={2} aria-hidden className="shrink-0 text-ink-2" />
      <span className="truncate">{entry.label}</span>
    </button>
  );
}
