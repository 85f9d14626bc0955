'use client';

import { Cable } from 'lucide-react';
import { useState } from 'react';
import { request, workspaceUrl } from '@/components/api/request';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { toast } from '@/components/ui/toast';
import { NamedDialog } from './named-dialog';
import { NamedList, type Named } from './named-list';
import { useCall } from './use-call';

type Connection = Named & { kind: string; config: Record<string, unknown>; secretsSet: string[] };
type Kind = 'postgres' | 's3' | 'http';
type Line = {
  key: string;
  label: string;
  secret?: true;
  number?: true;
  choices?: readonly string[];
  optional?: true;
  start?: string;
};

const KINDS = [
  { value: 'postgres', label: 'PostgreSQL' },
  { value: 's3', label: 'S3 bucket' },
  { value: 'http', label: 'HTTP service' },
] as const;

const LINES: Record<Kind, readonly Line[]> = {
  postgres: [
    { key: 'host', label: 'Host' },
    { key: 'port', label: 'Port', number: true, start: '5432' },
    { key: 'database', label: 'Database' },
    { key: 'user', label: 'User' },
    { key: 'tls', label: 'TLS', choices: ['require', 'verify', 'disable'], start: 'require' },
    { key: 'password', label: 'Password', secret: true },
  ],
  s3: [
    { key: 'bucket', label: 'Bucket' },
    { key: 'region', label: 'Region', start: 'us-east-1' },
    { key: 'endpoint', label: 'Endpoint, when not Amazon', optional: true },
    { key: 'prefix', label: 'Prefix', optional: true },
    { key: 'accessKeyId', label: 'Access key id', secret: true },
    { key: 'secretAccessKey', label: 'Secret access key', secret: true },
  ],
  http: [
    { key: 'baseUrl', label: 'Address' },
    { key: 'auth', label: 'Sign-in', choices: ['none', 'bearer', 'basic'], start: 'none' },
    { key: 'user', label: 'User, for basic', optional: true },
    { key: 'token', label: 'Token, for bearer', secret: true },
    { key: 'password', label: 'Password, for basic', secret: true },
  ],
};

/** ConnectionsPanel lists the outside systems that pipelines reach, and tries them. */
export function ConnectionsPanel({
  workspace,
  connections,
  mayWrite,
}: {
  workspace: string;
  connections: Connection[];
  mayWrite: boolean;
}) {
  const call = useCall();
  const trial = (name: string) =>
    call.run(
      () =>
        request<{ ok: boolean; message: string }>(workspaceUrl(workspace, `/connections/${name}/test`), {
          method: 'POST',
        }),
      (result) =>
        result.ok
          ? toast(`${name}: ${result.message}`)
          : toast.error(`${name} cannot be reached`, { description: result.message }),
    );
  return (
    <NamedList
      workspace={workspace}
      path="/connections"
      title="Connections"
      one="connection"
      remark="outside systems with their secrets"
      empty="A connection keeps address and secret of a database, bucket or service in one place; pipelines name it."
      icon={<Cable size={18} aria-hidden />}
      items={connections}
      columns={[
        { head: 'Kind', cell: (c) => KINDS.find((k) => k.value === c.kind)?.label ?? c.kind },
        {
          head: 'Reaches',
          cell: (c) => (
            <span className="block max-w-[40ch] truncate">
              {String(c.config.host ?? c.config.baseUrl ?? c.config.bucket ?? '')}
            </span>
          ),
        },
      ]}
      mayWrite={mayWrite}
      removal="Pipelines that use it fail from their next run on."
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
      form={(item, close) => <ConnectionForm workspace={workspace} item={item} onClose={close} />}
    />
  );
}

function ConnectionForm({
  workspace,
  item,
  onClose,
}: {
  workspace: string;
  item: Connection | null;
  onClose: () => void;
}) {
  const [kind, setKind] = useState<Kind>((item?.kind as Kind | undefined) ?? 'postgres');
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(Object.entries(item?.config ?? {}).map(([key, v]) => [key, String(v)])),
  );
  const valueOf = (line: Line) => values[line.key] ?? line.start ?? '';
  const body = () => {
    const given = LINES[kind].filter((line) => valueOf(line) !== '' || (!line.secret && !line.optional));
    const part = (secret: boolean) =>
      Object.fromEntries(
        given
          .filter((line) => Boolean(line.secret) === secret)
          .map((line) => [line.key, line.number ? Number(valueOf(line)) : valueOf(line)]),
      );
    return { kind, config: part(false), secrets: part(true) };
  };
  const fields = LINES[kind].map((line) => `${line.secret ? 'secrets' : 'config'}.${line.key}`);
  return (
    <NamedDialog
      workspace={workspace}
      path="/connections"
      one="connection"
      name={item?.name ?? null}
      fields={fields}
      body={body}
      onClose={onClose}
    >
      {(at) => (
        <>
          <Field label="Kind">
            <Select<Kind> value={kind} onChange={setKind} options={KINDS} />
          </Field>
          {LINES[kind].map((line) => {
            const stored = line.secret && item?.kind === kind && item.secretsSet.includes(line.key);
            const set = (value: string) => setValues({ ...values, [line.key]: value });
            return (
              <Field
                key={`${kind} ${line.key}`}
                label={line.label}
                error={at(`${line.secret ? 'secrets' : 'config'}.${line.key}`)}
                {...(stored ? { hint: 'Stored. Leave empty to keep it.' } : {})}
              >
                {line.choices ? (
                  <Select
                    value={valueOf(line)}
                    onChange={set}
                    options={line.choices.map((value) => ({ value, label: value }))}
                  />
                ) : (
                  <Input
                    type={line.secret ? 'password' : 'text'}
                    value={valueOf(line)}
                    onChange={(e) => set(e.target.value)}
                    autoComplete="off"
                    spellCheck={false}
                    {...(line.number ? { inputMode: 'numeric' as const } : {})}
                  />
                )}
              </Field>
            );
          })}
        </>
      )}
    </NamedDialog>
  );
}
