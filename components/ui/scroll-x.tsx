'use client';

import { useEffect, useRef, useState, type ReactNode } from 'react';

/** ScrollX lets wide content scroll sideways; while it is wider than its place, Tab reaches it and the arrow keys scroll it. */
export function ScrollX({ label, children }: { label: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => setWide(element.scrollWidth > element.clientWidth);
    const watch = new ResizeObserver(look);
    watch.observe(element);
    for (const child of element.children) watch.observe(child);
    return () => watch.disconnect();
  }, []);
  return (
    <div ref={box} className="overflow-x-auto" tabIndex={wide ? 0 : -1} {...(wide ? { role: 'group', 'aria-label': label } : {})}>
      {children}
    </div>
  );
}
