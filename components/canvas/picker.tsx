'use client';

import { Search } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

export type Choice = { key: string; label: string; hint?: string; icon?: ReactNode; words?: string; disabled?: string };

/**
 * Picker is a small list with a search box, opened over the canvas by a key: arrows choose, Enter takes, Escape leaves. What
 * cannot be chosen stays listed with the reason.
 */
export function Picker({
  label,
  placeholder,
  choices,
  at,
  onPick,
  onClose,
}: {
  label: string;
  placeholder: string;
  choices: (text: string) => Choice[];
  /** top-left corner inside the canvas, px; the middle when not given */
  at?: { x: number; y: number } | null;
  onPick: (key: string) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const list = choices(text);
  const index = Math.min(chosen, list.length - 1);
  useEffect(() => input.current?.focus(), []);

  const box = useRef<HTMLDivElement>(null);
  const leave = useRef(onClose);
  useEffect(() => {
    leave.current = onClose;
  });
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) leave.current();
    };
    window.addEventListener('pointerdown', outside, true);
    return () => window.removeEventListener('pointerdown', outside, true);
  }, []);

  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      onClose();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (list.length > 0) setChosen((index + step + list.length) % list.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const choice = list[index];
      if (choice && choice.disabled === undefined) onPick(choice.key);
    }
  };
  useEffect(() => {
    document.getElementById(`${id}-${index}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, index]);

  return (
    <div
      ref={box}
      role="dialog"
      aria-label={label}
      className="float absolute z-20 flex max-h-80 w-72 flex-col"
      style={at ? { left: at.x, top: at.y } : { left: 'calc(50% - 144px)', top: 72 }}
      onKeyDown={press}
    >
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search size={14} aria-hidden className="text-ink-3" />
        <input
          ref={input}
          role="combobox"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={list.length > 0 ? `${id}-${index}` : undefined}
          aria-label={label}
          value={text}
          placeholder={placeholder}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          className="h-9 min-w-0 flex-1 bg-transparent text-14 text-ink outline-none placeholder:text-ink-3"
        />
      </div>
      <ul id={id} role="listbox" aria-label={label} className="overflow-y-auto p-1">
        {list.length === 0 && <li className="px-2 py-2 text-12 text-ink-3">Nothing matches “{text}”.</li>}
        {list.map((choice, i) => (
          <li
            key={choice.key}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === index}
            aria-disabled={choice.disabled !== undefined || undefined}
            data-selected={i === index}
            className={`float-item ${choice.disabled === undefined ? '' : 'text-ink-3'}`}
            onMouseEnter={() => setChosen(i)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choice.disabled === undefined && onPick(choice.key)}
          >
            {choice.icon}
            <span className="flex min-w-0 flex-1 flex-col">
              <span className="truncate">{choice.label}</span>
              {(choice.disabled ?? choice.hint) !== undefined && <span className="text-12 text-ink-3">{choice.disabled ?? choice.hint}</span>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
