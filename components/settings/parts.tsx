'use client';

import { Check, Copy, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/dialog';
import { IconButton } from '@/components/ui/icon-button';
import type { Option } from '@/components/ui/select';
import { ROLES, type Role } from '@/lib/tenancy';

const MEANING: Record<Role, string> = {
  viewer: 'reads everything, changes nothing',
  editor: 'draws, publishes and runs pipelines',
  approver: 'also approves and releases',
  admin: 'also members, tokens, secrets and settings',
};

/** ROLE_OPTIONS are the roles with what each may do. */
export const ROLE_OPTIONS: readonly Option<Role>[] = ROLES.map((value) => ({
  value,
  label: value[0]!.toUpperCase() + value.slice(1),
  hint: MEANING[value],
}));

/** ShownOnce shows a text that is never shown again, with a button that copies it. */
export function ShownOnce({
  title,
  text,
  children,
  onDone,
}: {
  title: string;
  text: string;
  children?: ReactNode;
  onDone: () => void;
}) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <Banner
      title={title}
      actions={
        <>
          <Button size="sm" onClick={() => void copy()}>
            {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
            {copied ? 'Copied' : 'Copy'}
          </Button>
          <Button size="sm" onClick={onDone}>
            Done
          </Button>
        </>
      }
    >
      <code className="mono block break-all text-ink select-all">{text}</code>
      {children}
    </Banner>
  );
}

/** RemoveButton asks before it removes a thing of a list. */
export const RemoveButton = ({
  what,
  verb = 'Remove',
  children,
  onConfirm,
  busy,
}: {
  what: string;
  verb?: string;
  children: ReactNode;
  onConfirm: () => void;
  busy: boolean;
}) => (
  <ConfirmDialog
    title={`${verb} ${what}?`}
    confirm={verb}
    onConfirm={onConfirm}
    busy={busy}
    trigger={
      <IconButton label={`${verb} ${what}`} size="sm">
        <Trash2 size={14} aria-hidden />
      </IconButton>
    }
  >
    {children}
  </ConfirmDialog>
);
