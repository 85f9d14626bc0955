'use client';

import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { codeTheme } from '@/components/ui/code-theme';
import { useNonce } from '@/components/ui/nonce';

/** TextDiff shows how a text changed, line by line, in one column. */
export function TextDiff({ label, before, after }: { label: string; before: string; after: string }) {
  const host = useRef<HTMLDivElement>(null);
  const nonce = useNonce();
  useEffect(() => {
    if (!host.current) return;
    const view = new EditorView({
      parent: host.current,
      doc: after,
      extensions: [
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, role: 'document', tabindex: '0' }),
        codeTheme,
        ...(nonce === undefined ? [] : [EditorView.cspNonce.of(nonce)]),
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 2, minSize: 6 } }),
      ],
    });
    return () => view.destroy();
  }, [label, before, after, nonce]);
  return <div ref={host} className="overflow-hidden rounded border border-line text-12" />;
}
