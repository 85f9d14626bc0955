'use client';

import { useRef, type ReactNode } from 'react';
import { useWidth } from '@/components/charts/use-width';

/** The look of an axis' numbers. */
export const axis = { fontSize: 12, fill: 'var(--text-3)', fontFamily: 'var(--font-sans)' };

/** Hover of a chart: lines of text. */
export function HoverBox({ title, lines }: { title: string; lines: string[] }) {
  return (
    <div className="float px-2 py-1 text-12">
      {title}
      {lines.map((line) => (
        <span key={line} className="block text-ink-2">
          {line}
        </span>
      ))}
    </div>
  );
}

/** useDrawing measures the place of a chart and finds its drawing for downloads. */
export function useDrawing() {
  const host = useRef<HTMLDivElement>(null);
  return { host, width: useWidth(host), svg: () => host.current?.querySelector<SVGSVGElement>('svg.recharts-surface') ?? null };
}

/** Place holds a chart's room until its width is known. */
export function Place({ host, height, label, children }: { host: React.RefObject<HTMLDivElement | null>; height: number; label: string; children: ReactNode }) {
  return (
    <div ref={host} role="group" aria-label={label} className="mx-2 my-2 overflow-hidden" style={{ height }}>
      {children}
    </div>
  );
}
