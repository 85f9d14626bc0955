'use client';

import { Megaphone } from 'lucide-react';
import { useState } from 'react';
import { request, workspaceUrl } from '@/components/api/request';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { toast } from '@/components/ui/toast';
import { NamedDialog } from './named-dialog';
import { NamedList, type Named } from './named-list';
import { ShownOnce } from './parts';
import { useCall } from './use-call';

type Channel = Named & { kind: string; config: Record<string, unknown> };
type Kind = 'email' | 'webhook' | 'slack';
const KINDS = [
  { value: 'email', label: 'E-mail' },
  { value: 'webhook', label: 'Webhook', hint: 'signed by Standard Webhooks' },
  { value: 'slack', label: 'Slack', hint: 'an incoming webhook of Slack' },
] as const;

const addressOf = ({ config }: Channel): string =>
  Array.isArray(config.to) ? config.to.join(', ') : String(config.url ?? config.host ?? '');

/** ChannelsPanel lists where notifications go. */
export function ChannelsPanel({
  workspace,
  channels,
  mayWrite,
}: {
  workspace: string;
  channels: Channel[];
  mayWrite: boolean;
}) {
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null);
  const call = useCall();
  const trial = (name: string) =>
    call.run(
      () => request(workspaceUrl(workspace, `/channels/${name}/test`), { method: 'POST' }),
      () => toast(`A trial message to ${name} is on its way`),
    );
  return (
    <>
      {made !== null && (
        <ShownOnce
          title={`Signing secret of "${made.name}". Copy it now; it is not shown again.`}
          text={made.secret}
          onDone={() => setMade(null)}
        >
          The receiver checks the header webhook-signature with it.
        </ShownOnce>
      )}
      <NamedList
        workspace={workspace}
        path="/channels"
        title="Channels"
        one="channel"
        remark="where notifications go"
        empty="A channel is an e-mail list, a webhook or a Slack room. Pipelines and alerts name it."
        icon={<Megaphone size={18} aria-hidden />}
        items={channels}
        columns={[
          { head: 'Kind', cell: (c) => KINDS.find((k) => k.value === c.kind)?.label ?? c.kind },
          {
            head: 'Goes to',
            cell: (c) => <span className="block max-w-[48ch] truncate">{addressOf(c)}</span>,
          },
        ]}
        mayWrite={mayWrite}
        removal="Messages that still wait for it are given up."
        extra={(c) => (
          <Button
            size="sm"
            look="ghost"
            disabled={call.busy}
            onClick={() => void trial(c.name)}
            aria-label={`Try ${c.name}`}
          >
            Try
          </Button>
        )}
        form={(item, close) => (
          <ChannelForm
            workspace={workspace}
            item={item}
            onClose={close}
            onSaved={(c) => c.secret !== undefined && setMade({ name: c.name, secret: c.secret })}
          />
        )}
      />
    </>
  );
}

function ChannelForm({
  workspace,
  item,
  onClose,
  onSaved,
}: {
  workspace: string;
  item: Channel | null;
  onClose: () => void;
  onSaved: (c: { name: string; secret?: string }) => void;
}) {
  const [kind, setKind] = useState<Kind>((item?.kind as Kind | undefined) ?? 'email');
  const [address, setAddress] = useState(item && item.kind !== 'slack' ? addressOf(item) : '');
  const body = () =>
    kind === 'email'
      ? { kind, config: { to: address.split(/[\s,;]+/).filter(Boolean) } }
      : { kind, config: { url: address.trim() } };
  const field = (at: (path: string) => string | null) =>
    at('config.to') ??
    at('config.url') ??
    Array.from({ length: 50 }, (_, i) => at(`config.to[${i}]`)).find((e) => e !== null) ??
    null;
  return (
    <NamedDialog
      workspace={workspace}
      path="/channels"
      one="channel"
      name={item?.name ?? null}
      fields={['config.to', 'config.to[0]', 'config.url']}
      body={body}
      onSaved={onSaved}
      onClose={onClose}
    >
      {(at) => (
        <>
          <Field label="Kind">
            <Select<Kind> value={kind} onChange={setKind} options={KINDS} />
          </Field>
          <Field
            label={kind === 'email' ? 'Addresses' : 'Address'}
            hint={kind === 'email' ? 'Several are separated by commas.' : 'Starts with https://'}
            error={field(at)}
          >
            <Input value={address} onChange={(e) => setAddress(e.target.value)} spellCheck={false} />
          </Field>
        </>
      )}
    </NamedDialog>
  );
}
