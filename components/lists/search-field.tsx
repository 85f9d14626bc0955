'use client';

import { Search } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { useEffect, useRef, useState } from 'react';
import { useCommands } from '@/components/shell/commands';
import { Input } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';

/** SearchField writes `q` into the address a moment after typing stops; "/" jumps into it, Escape empties it. */
export function SearchField({ label, className }: { label: string; className?: string }) {
  const [q, setQ] = useQueryState(
    'q',
    parseAsString.withDefault('').withOptions({ shallow: false, throttleMs: 250 }),
  );
  const [text, setText] = useState(q);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (document.activeElement !== input.current) setText(q);
  }, [q]);
  useCommands('search field', [
    { id: 'search field', label, group: 'This page', keys: '/', run: () => input.current?.focus() },
  ]);
  const write = (next: string) => {
    setText(next);
    void setQ(next === '' ? null : next);
  };
  return (
    <span className={className}>
      <Input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(e) => write(e.target.value)}
        onKeyDown={(e) => {
          if (e.key !== 'Escape') return;
          write('');
          input.current?.blur();
        }}
        start={<Search size={16} aria-hidden />}
        end={<Kbd className="max-md:hidden">/</Kbd>}
        className="[&::-webkit-search-cancel-button]:hidden"
      />
    </span>
  );
}
