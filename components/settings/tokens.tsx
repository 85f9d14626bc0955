'use client';

import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { request, workspaceUrl } from '@/components/api/request';
import { Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { CountPill, Tag } from '@/components/ui/chip';
import { Dialog } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { Table, Td, Th } from '@/components/ui/table';
import type { Role } from '@/lib/tenancy';
import { RemoveButton, ROLE_OPTIONS, ShownOnce } from './parts';
import { useCall } from './use-call';

type Token = {
  id: string;
  name: string;
  role: string;
  prefix: string;
  createdAt: string;
  expiresAt: string | null;
  expired: boolean;
  lastUsedAt: string | null;
};

const LIFETIMES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'never', label: 'Never' },
] as const;
type Lifetime = (typeof LIFETIMES)[number]['value'];

/** TokensPanel lists the workspace's API tokens, makes new ones and revokes them. */
export function TokensPanel({ workspace, tokens }: { workspace: string; tokens: Token[] }) {
  const [made, setMade] = useState<{ name: string; token: string } | null>(null);
  const call = useCall();
  return (
    <>
      {call.error !== null && <Banner tone="error" title={call.error} />}
      {made !== null && (
        <ShownOnce
          title={`Token "${made.name}". Copy it now; it is not shown again.`}
          text={made.token}
          onDone={() => setMade(null)}
        />
      )}
      <Panel>
        <PanelHead
          title="API tokens"
          count={<CountPill>{tokens.length}</CountPill>}
          remark="for scripts, the command line and other programs"
        >
          <TokenDialog workspace={workspace} onMade={setMade} />
        </PanelHead>
        {tokens.length === 0 ? (
          <EmptyState icon={<KeyRound size={18} aria-hidden />} title="No tokens yet">
            A token lets a program act in this workspace with one role, until it expires or you revoke it.
          </EmptyState>
        ) : (
          <Table label="API tokens" className="stack">
            <thead>
              <tr>
                <Th>Name</Th>
                <Th>Role</Th>
                <Th>Created</Th>
                <Th>Last used</Th>
                <Th>Expires</Th>
                <Th aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {tokens.map((t) => (
                <tr key={t.id}>
                  <Td>
                    <span className="font-medium">{t.name}</span>{' '}
                    <span className="mono text-ink-3">{t.prefix}…</span>
                  </Td>
                  <Td>{t.role}</Td>
                  <Td className="max-md:hidden">
                    <Time at={t.createdAt} />
                  </Td>
                  <Td>
                    <span className="text-ink-3 md:hidden">used: </span>
                    {t.lastUsedAt === null ? 'never' : <Time at={t.lastUsedAt} />}
                  </Td>
                  <Td>
                    <span className="text-ink-3 md:hidden">expires: </span>
                    {t.expired ? (
                      <Tag>expired</Tag>
                    ) : t.expiresAt === null ? (
                      'never'
                    ) : (
                      <Time at={t.expiresAt} />
                    )}
                  </Td>
                  <Td className="right">
                    <RemoveButton
                      what={t.name}
                      verb="Revoke"
                      busy={call.busy}
                      onConfirm={() =>
                        void call.run(() =>
                          request(workspaceUrl(workspace, `/tokens/${t.id}`), { method: 'DELETE' }),
                        )
                      }
                    >
                      Programs that use it are refused at once.
                    </RemoveButton>
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

function TokenDialog({
  workspace,
  onMade,
}: {
  workspace: string;
  onMade: (made: { name: string; token: string }) => void;
}) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('editor');
  const [days, setDays] = useState<Lifetime>('90');
  const call = useCall(['name', 'role', 'expiresAt']);
  const create = () => {
    const expiresAt =
      days === 'never' ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString();
    return call.run(
      () =>
        request<{ name: string; token: string }>(workspaceUrl(workspace, '/tokens'), {
          body: { name, role, expiresAt },
        }),
      (made) => {
        onMade(made);
        setOpen(false);
        setName('');
      },
    );
  };
  return (
    <Dialog
      title="New API token"
      width="sm"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm">
          <Plus size={14} aria-hidden />
          New token
        </Button>
      }
      footer={
        <Button look="primary" busy={call.busy} disabled={name.trim() === ''} onClick={() => void create()}>
          Create token
        </Button>
      }
    >
      {call.error !== null && <Banner tone="error" title={call.error} />}
      <Field label="Name" hint="What uses it, so that you know later." error={call.at('name')}>
        <Input value={name} onChange={(e) => setName(e.target.value)} placeholder="nightly import" />
      </Field>
      <Field label="Role" error={call.at('role')}>
        <Select value={role} onChange={setRole} options={ROLE_OPTIONS} />
      </Field>
      <Field label="Expires after" error={call.at('expiresAt')}>
        <Select<Lifetime> value={days} onChange={setDays} options={LIFETIMES} />
      </Field>
    </Dialog>
  );
}
