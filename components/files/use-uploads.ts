'use client';

import { useCallback, useRef, useState } from 'react';
import { useWorkspace } from '@/components/shell/workspace';
import { sendFile } from './send-file';

export type Upload = { key: number; path: string; bytes: number; state: 'waits' | 'sends' | 'done' | 'refused'; share: number; problem: string | null; stop: () => void };

/** useUploads sends files one after the other and keeps how each went. @param onDone is called after each that arrived */
export function useUploads(onDone: () => void) {
  const { slug } = useWorkspace();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const next = useRef(0);
  const line = useRef<Promise<void>>(Promise.resolve());

  const change = useCallback(
    (key: number, part: Partial<Upload>) => setUploads((all) => all.map((u) => (u.key === key ? { ...u, ...part } : u))),
    [],
  );
  const add = useCallback(
    (folder: string, files: readonly File[]) => {
      for (const file of files) {
        const key = (next.current += 1);
        const path = `${folder}${file.name}`;
        const abort = new AbortController();
        setUploads((all) => [...all, { key, path, bytes: file.size, state: 'waits', share: 0, problem: null, stop: () => abort.abort() }]);
        line.current = line.current.then(async () => {
          change(key, { state: 'sends' });
          try {
            await sendFile(slug, path, file, (share) => change(key, { share }), abort.signal);
            change(key, { state: 'done', share: 1 });
            onDone();
          } catch (error) {
            change(key, { state: 'refused', problem: error instanceof Error ? error.message : String(error) });
          }
        });
      }
    },
    [slug, change, onDone],
  );
  const forget = useCallback(() => setUploads((all) => all.filter((u) => u.state === 'waits' || u.state === 'sends')), []);
  return { uploads, add, forget };
}
