'use client';

import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { request, workspaceUrl } from '@/components/api/request';
import { Input } from '@/components/ui/input';
import { useFields } from './field-context';

const LISTS = { file: '/files', dataset: '/datasets', channel: '/channels', pipeline: '/pipelines', connection: '/connections', secret: '/secrets', calendar: '/calendars' } as const;
export type SuggestKind = keyof typeof LISTS;

/** useNames asks the workspace for the names of one sort of thing; an empty list while it is not known. */
export function useNames(kind: SuggestKind): readonly string[] {
  const { workspace } = useFields();
  const { data } = useQuery({
    queryKey: [workspace, kind === 'dataset' || kind === 'pipeline' ? kind : `names-${kind}`, 'names'],
    enabled: workspace !== '',
    queryFn: async ({ signal }) => {
      const { items } = await request<{ items: ({ path?: string; name?: string; slug?: string } | string)[] }>(
        workspaceUrl(workspace, LISTS[kind], kind === 'file' ? {} : { limit: 200 }),
        { signal },
      );
      return items.map((item) => (typeof item === 'string' ? item : kind === 'pipeline' ? (item.slug ?? item.name ?? '') : (item.path ?? item.name ?? '')));
    },
  });
  return data ?? [];
}

/** Suggest is a line of text that offers the names that exist; any other name may be typed. */
export function Suggest({ kind, value, onChange, placeholder }: { kind: SuggestKind; value: string; onChange: (value: string) => void; placeholder?: string }) {
  const id = useId();
  const names = useNames(kind);
  const { readOnly } = useFields();
  return (
    <>
      <Input list={id} value={value} onChange={(event) => onChange(event.target.value)} placeholder={placeholder} autoComplete="off" spellCheck={false} readOnly={readOnly} />
      <datalist id={id}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
