'use client';

import { useState } from 'react';
import { Input } from '@/components/ui/input';

/** TextLine is a text that counts once it is left or confirmed by Enter; Escape takes it back. */
export function TextLine({ value, commit, placeholder, mono, readOnly, label }: { value: string; commit: (value: string) => void; placeholder?: string; mono?: boolean; readOnly?: boolean; label?: string }) {
  const [text, setText] = useState(value);
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    setShown(value);
    setText(value);
  }
  return (
    <Input
      aria-label={label}
      className={mono ? 'mono' : undefined}
      value={text}
      placeholder={placeholder}
      readOnly={readOnly}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => text !== value && commit(text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && text !== value) commit(text);
        if (event.key === 'Escape') setText(value);
      }}
    />
  );
}
