'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { CodeEditor } from '@/components/ui/code-editor';
import { Segmented } from '@/components/ui/segmented';
import { useDraft, useEditor } from './editor-context';
import { readSpecText, writeSpec, type SpecFormat } from './spec-text';

/** SpecView is the draft as text: edit it and apply. Text that cannot be read stays here with a sentence. */
export function SpecView() {
  const { store, readOnly } = useEditor();
  const spec = useDraft((state) => state.spec);
  const [format, setFormat] = useState<SpecFormat>('json');
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState('');
  const written = writeSpec(spec, format);
  const dirty = text !== null && text !== written;

  const apply = () => {
    const read = readSpecText(text ?? '');
    if (!read.ok) return setError(read.sentence);
    store.edit('Edit the spec', read.spec);
    setText(null);
    setError('');
  };
  return (
    <div className="flex h-full min-h-0 flex-col gap-2 p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Segmented
          label="Format"
          size="sm"
          value={format}
          onChange={(next) => {
            setFormat(next);
            setText(null);
            setError('');
          }}
          options={[{ value: 'json', label: 'JSON' }, { value: 'yaml', label: 'YAML' }]}
        />
        <span className="text-12 text-ink-3">{dirty ? 'Edited, not applied yet.' : 'The same document as the canvas.'}</span>
        {dirty && (
          <span className="ml-auto flex gap-2">
            <Button size="sm" onClick={() => { setText(null); setError(''); }}>Discard</Button>
            <Button size="sm" onClick={apply}>Apply</Button>
          </span>
        )}
      </div>
      {error !== '' && <p role="alert" className="text-failed">{error}</p>}
      <CodeEditor label="Spec" language={format} value={text ?? written} readOnly={readOnly} onChange={setText} onSubmit={apply} invalid={error !== ''} minLines={20} maxLines={200} className="min-h-0 flex-1 [&_.cm-editor]:h-full" />
    </div>
  );
}
