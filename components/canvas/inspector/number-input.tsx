'use client';

import { useState } from 'react';
import { Input } from '@/components/ui/input';

/** NumberInput is a number or nothing; what is no number yet stays in the box and is not handed on. */
export function NumberInput({
  value,
  onChange,
  readOnly,
  unit,
  placeholder,
  label,
}: {
  value: unknown;
  onChange: (value: number | undefined) => void;
  readOnly?: boolean;
  unit?: string;
  placeholder?: string;
  label?: string;
}) {
  const written = typeof value === 'number' ? String(value) : '';
  const [text, setText] = useState(written);
  const parsed = text.trim() === '' ? undefined : Number(text);
  if (parsed !== value && !(Number.isNaN(parsed) || (value !== undefined && typeof value !== 'number'))) setText(written);
  return (
    <Input
      inputMode="decimal"
      aria-label={label}
      className="num"
      value={text}
      readOnly={readOnly}
      placeholder={placeholder}
      end={unit}
      onChange={(event) => {
        setText(event.target.value);
        const next = event.target.value.trim() === '' ? undefined : Number(event.target.value);
        if (next === undefined || !Number.isNaN(next)) onChange(next);
      }}
    />
  );
}
