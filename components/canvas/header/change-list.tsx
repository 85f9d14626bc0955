'use client';

import { useState } from 'react';
import type { Change } from '../changes';
import { TextDiff } from './text-diff';

const TONE = { '+': 'text-good', '−': 'text-failed', '~': 'text-warn' } as const;

/** ChangeList writes differences as sentences; a changed text opens line by line. */
export function ChangeList({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p className="text-ink-3">Nothing behaves differently. Moved boxes make no new version.</p>;
  return (
    <ul className="flex flex-col rounded border border-line">
      {changes.map((change, i) => (
        <ChangeRow key={i} change={change} />
      ))}
    </ul>
  );
}

function ChangeRow({ change }: { change: Change }) {
  const comparable = change.before !== undefined && change.after !== undefined;
  const [open, setOpen] = useState(comparable && /\n/.test(`${change.before}${change.after}`) && `${change.before}${change.after}`.length < 4000);
  return (
    <li className="flex flex-col gap-2 border-b border-line px-3 py-2 last:border-0">
      <span className="flex items-center gap-2">
        <span aria-hidden className={`mono w-3 font-medium ${TONE[change.sign]}`}>{change.sign}</span>
        <b className="font-medium">{change.what}</b>
        <span className="text-ink-3">{change.detail}</span>
        {comparable && (
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="ml-auto text-12 text-accent-text hover:underline">
            {open ? 'Hide' : 'Compare'}
          </button>
        )}
      </span>
      {open && <TextDiff label={`${change.what} ${change.detail}`} before={change.before ?? ''} after={change.after ?? ''} />}
    </li>
  );
}
