'use client';

import { useState } from 'react';
import { CodeEditor } from '@/components/ui/code-editor';
import { useFields } from './field-context';

const write = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2));

/**
 * JsonField edits a value as JSON text. Text that is no JSON stays in the box with a sentence and is not handed on; an empty
 * box takes the value away.
 */
export function JsonField({ label, value, onChange, orText = false }: { label: string; value: unknown; onChange: (value: unknown) => void; orText?: boolean }) {
  const { readOnly } = useFields();
  const [text, setText] = useState(() => (orText && typeof value === 'string' ? value : write(value)));
  const [sent, setSent] = useState<unknown>(value);
  const [error, setError] = useState('');
  if (JSON.stringify(sent) !== JSON.stringify(value)) {
    // Changed from outside (undo, the spec view): show that.
    setSent(value);
    setText(orText && typeof value === 'string' ? value : write(value));
    setError('');
  }
  const change = (next: string) => {
    setText(next);
    const send = (parsed: unknown) => {
      setError('');
      setSent(parsed);
      onChange(parsed);
    };
    if (next.trim() === '') return send(undefined);
    try {
      send(JSON.parse(next) as unknown);
    } catch (problem) {
      if (orText) send(next);
      else setError(`This is no JSON yet: ${problem instanceof Error ? problem.message : 'check brackets and quotes'}.`);
    }
  };
  return (
    <>
      <CodeEditor label={label} language="json" value={text} onChange={change} readOnly={readOnly} minLines={2} maxLines={10} invalid={error !== ''} />
      {error !== '' && <p className="text-12 text-failed">{error}</p>}
    </>
  );
}
