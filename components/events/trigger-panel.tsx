'use client';

import { Check, Copy, Database, FileInput, RefreshCw, Webhook, Workflow, type LucideIcon } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useCall } from '@/components/settings/use-call';
import { useWorkspace } from '@/components/shell/workspace';
import { StateChip } from '@/components/state';
import { Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { Tag } from '@/components/ui/chip';
import { ConfirmDialog } from '@/components/ui/dialog';
import { IconButton } from '@/components/ui/icon-button';
import { Panel, PanelHead } from '@/components/ui/panel';
import type { EventTriggerView } from '@/lib/scheduler';
import { DELIVERIES } from './words';

const ICONS: Record<EventTriggerView['kind'], LucideIcon> = { dataset: Database, webhook: Webhook, file: FileInput, run: Workflow };

/** TriggerPanel shows what starts a pipeline besides its schedules: what is awaited, addresses of webhooks, and the last event of each. */
export function TriggerPanel({ pipeline, triggers }: { pipeline: string; triggers: readonly EventTriggerView[] }) {
  const { href } = useWorkspace();
  return (
    <Panel>
      <PanelHead title="Started by events">
        <Link href={href(`/events?pipeline=${pipeline}`)} className="rounded-tile text-12 text-ink-2 hover:text-ink">
          All events
        </Link>
      </PanelHead>
      <ul className="flex flex-col">
        {triggers.map((trigger) => (
          <li key={trigger.id} className="flex flex-col gap-1.5 border-t border-line px-4 py-2.5 first:border-t-0">
            <Trigger pipeline={pipeline} trigger={trigger} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Trigger({ pipeline, trigger }: { pipeline: string; trigger: EventTriggerView }) {
  const { href } = useWorkspace();
  const Icon = ICONS[trigger.kind];
  const { hook, lastEvent } = trigger;
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Icon size={16} aria-hidden className="shrink-0 text-ink-3" />
        <span className="min-w-0 flex-1 basis-48">{trigger.words}</span>
        {!trigger.enabled && <Tag>off</Tag>}
        {lastEvent !== null && (
          <span className="flex items-center gap-2 text-12 text-ink-3">
            <Time at={lastEvent.at} />
            {lastEvent.runId !== null ? (
              <Link href={href(`/runs/${lastEvent.runId}`)} className="rounded-tile">
                <StateChip state={DELIVERIES[lastEvent.state].look}>{DELIVERIES[lastEvent.state].word}</StateChip>
              </Link>
            ) : (
              <StateChip state={DELIVERIES[lastEvent.state].look}>{DELIVERIES[lastEvent.state].word}</StateChip>
            )}
          </span>
        )}
      </span>
      {trigger.came.length > 0 && (
        <span className="pl-6 text-12 text-ink-2">
          Came already: <span className="mono">{trigger.came.join(', ')}</span>. Awaited: <span className="mono">{trigger.awaited.join(', ')}</span>.
        </span>
      )}
      {hook !== null && <Hook pipeline={pipeline} id={trigger.id} hook={hook} />}
    </>
  );
}

function Hook({ pipeline, id, hook }: { pipeline: string; id: string; hook: NonNullable<EventTriggerView['hook']> }) {
  const { call } = useWorkspace();
  const renewing = useCall();
  return (
    <span className="flex flex-col gap-1 pl-6">
      {renewing.error !== null && <Banner tone="error" title={renewing.error} />}
      <span className="flex items-center gap-1">
        <Copied label="Address of the webhook" text={hook.url} />
        <ConfirmDialog
          title="Give the webhook another address?"
          confirm="Renew the address"
          busy={renewing.busy}
          onConfirm={() => void renewing.run(() => call(`/pipelines/${pipeline}/triggers/${id}/renew`, { method: 'POST', body: {} }))}
          trigger={
            <IconButton label="Renew the address" size="sm">
              <RefreshCw size={14} aria-hidden />
            </IconButton>
          }
        >
          Whoever calls the present address is not heard any more until it has the new one.
        </ConfirmDialog>
      </span>
      {hook.signingSecret !== null && <Copied label="Sign with" text={hook.signingSecret} hidden />}
      {hook.secret !== null && (
        <span className="text-12 text-ink-3">
          Callers {hook.auth === 'hmac' ? 'sign with' : 'show'} the secret <span className="mono">{hook.secret}</span>.
        </span>
      )}
    </span>
  );
}

/** A text to take along; `hidden` shows only how it begins. */
function Copied({ label, text, hidden = false }: { label: string; text: string; hidden?: boolean }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));
  return (
    <span className="flex min-w-0 flex-1 items-center gap-1">
      <span className={hidden ? 'w-16 shrink-0 text-12 text-ink-3' : 'sr-only'}>{label}</span>
      <code className="mono min-w-0 flex-1 truncate rounded-dense bg-sunken px-2 py-1 text-12" title={hidden ? label : text}>
        {hidden ? `${text.slice(0, 10)}…` : text}
      </code>
      <IconButton label={copied ? 'Copied' : `Copy: ${label.toLowerCase()}`} size="sm" onClick={copy}>
        {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      </IconButton>
    </span>
  );
}
