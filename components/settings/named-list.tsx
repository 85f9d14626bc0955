'use client';

import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { request, workspaceUrl } from '@/components/api/request';
import { Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { CountPill } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import { RemoveButton } from './parts';
import { useCall } from './use-call';

export type Named = { name: string; updatedAt?: string };

/**
 * NamedList lists what has a name in a workspace (secrets, variables, connections, channels) and leads to its form.
 * @param form the dialog; `item` null means a new one
 */
export function NamedList<T extends Named>({
  workspace,
  path,
  title,
  one,
  remark,
  empty,
  icon,
  items,
  columns,
  mayWrite,
  removal,
  form,
  extra,
}: {
  workspace: string;
  path: string;
  title: string;
  one: string;
  remark: string;
  empty: string;
  icon: ReactNode;
  items: T[];
  columns: readonly { head: string; cell: (item: T) => ReactNode }[];
  mayWrite: boolean;
  removal: string;
  form: (item: T | null, close: () => void) => ReactNode;
  extra?: (item: T) => ReactNode;
}) {
  const dated = items.some((item) => item.updatedAt !== undefined);
  const [editing, setEditing] = useState<{ item: T | null } | null>(null);
  const call = useCall();
  return (
    <>
      {call.error !== null && <Banner tone="error" title={call.error} />}
      {editing !== null && form(editing.item, () => setEditing(null))}
      <Panel>
        <PanelHead title={title} count={<CountPill>{items.length}</CountPill>} remark={remark}>
          {mayWrite && (
            <Button size="sm" onClick={() => setEditing({ item: null })}>
              <Plus size={14} aria-hidden />
              New {one}
            </Button>
          )}
        </PanelHead>
        {items.length === 0 ? (
          <EmptyState icon={icon} title={`No ${title.toLowerCase()} yet`}>
            {empty}
          </EmptyState>
        ) : (
          <Table label={title} className="stack">
            <thead>
              <tr>
                <Th>Name</Th>
                {columns.map((c) => (
                  <Th key={c.head}>{c.head}</Th>
                ))}
                {dated && <Th>Changed</Th>}
                <Th aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.name}>
                  <Td className="mono">{item.name}</Td>
                  {columns.map((c) => (
                    <Td key={c.head}>{c.cell(item)}</Td>
                  ))}
                  {dated && <Td>{item.updatedAt !== undefined && <Time at={item.updatedAt} />}</Td>}
                  <Td className="right">
                    {mayWrite && (
                      <span className="inline-flex items-center gap-1">
                        {extra?.(item)}
                        <Button
                          size="sm"
                          look="ghost"
                          onClick={() => setEditing({ item })}
                          aria-label={`Change ${item.name}`}
                        >
                          Change
                        </Button>
                        <RemoveButton
                          what={item.name}
                          busy={call.busy}
                          onConfirm={() =>
                            void call.run(() =>
                              request(workspaceUrl(workspace, `${path}/${item.name}`), { method: 'DELETE' }),
                            )
                          }
                        >
                          {removal}
                        </RemoveButton>
                      </span>
                    )}
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
    </>
  );
}
