'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from './icon-button';

/** Pagination walks a counted list: "1 to 50 of 1,204". */
export function Pagination({
  offset,
  limit,
  total,
  onChange,
}: {
  offset: number;
  limit: number;
  total: number;
  onChange: (offset: number) => void;
}) {
  const n = (x: number) => x.toLocaleString('en');
  return (
    <nav aria-label="Pages" className="flex items-center gap-1 text-12 text-ink-2">
      <span className="num mr-1">
        {total === 0 ? 'none' : `${n(offset + 1)} to ${n(Math.min(offset + limit, total))} of ${n(total)}`}
      </span>
      <IconButton
        label="Previous page"
        size="sm"
        disabled={offset === 0}
        onClick={() => onChange(Math.max(0, offset - limit))}
      >
        <ChevronLeft size={14} aria-hidden />
      </IconButton>
      <IconButton
        label="Next page"
        size="sm"
        disabled={offset + limit >= total}
        onClick={() => onChange(offset + limit)}
      >
        <ChevronRight size={14} aria-hidden />
      </IconButton>
    </nav>
  );
}
