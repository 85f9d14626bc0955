'use client';

import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { request, workspaceUrl } from '@/components/api/request';
import { Time } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { CountPill, Tag } from '@/components/ui/chip';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { Table, Td, Th } from '@/components/ui/table';
import type { Role } from '@/lib/tenancy';
import { RemoveButton, ROLE_OPTIONS, ShownOnce } from './parts';
import { useCall } from './use-call';

type Member = { id: string; email: string; name: string; role: string; isOwner: boolean; createdAt: string };
type Invite = { id: string; email: string; role: string; expiresAt: string; expired: boolean };

/** MembersPanel lists members and open invitations; admins change roles, remove and invite. */
export function MembersPanel({
  workspace,
  members,
  invites,
  mayWrite,
}: {
  workspace: string;
  members: Member[];
  invites: Invite[];
  mayWrite: boolean;
}) {
  const [link, setLink] = useState<{ email: string; link: string } | null>(null);
  const call = useCall();
  const url = (path: string) => workspaceUrl(workspace, path);
  return (
    <>
      {call.error !== null && <Banner tone="error" title={call.error} />}
      {link !== null && (
        <ShownOnce
          title={`Send this link to ${link.email}. It is valid for 7 days and shown only now.`}
          text={link.link}
          onDone={() => setLink(null)}
        />
      )}
      <Panel>
        <PanelHead title="Members" count={<CountPill>{members.length}</CountPill>}>
          {mayWrite && <InviteDialog workspace={workspace} onMade={setLink} />}
        </PanelHead>
        <Table label="Members" className="stack">
          <thead>
            <tr>
              <Th>Person</Th>
              <Th>Role</Th>
              <Th>Since</Th>
              <Th aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {members.map((m) => (
              <tr key={m.id}>
                <Td>
                  <span className="font-medium">{m.name}</span> <span className="text-ink-3">{m.email}</span>{' '}
                  {m.isOwner && <Tag>owner</Tag>}
                </Td>
                <Td>
                  {mayWrite ? (
                    <Select
                      label={`Role of ${m.email}`}
                      size="sm"
                      className="w-32"
                      value={m.role as Role}
                      options={ROLE_OPTIONS}
                      disabled={call.busy}
                      onChange={(role) =>
                        void call.run(() =>
                          request(url(`/members/${m.id}`), { method: 'PATCH', body: { role } }),
                        )
                      }
                    />
                  ) : (
                    m.role
                  )}
                </Td>
                <Td>
                  <Time at={m.createdAt} />
                </Td>
                <Td className="right">
                  {mayWrite && (
                    <RemoveButton
                      what={m.email}
                      busy={call.busy}
                      onConfirm={() =>
                        void call.run(() => request(url(`/members/${m.id}`), { method: 'DELETE' }))
                      }
                    >
                      They lose access to this workspace at once. What they made stays.
                    </RemoveButton>
                  )}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Panel>
      {invites.length > 0 && (
        <Panel>
          <PanelHead title="Open invitations" count={<CountPill>{invites.length}</CountPill>} />
          <Table label="Open invitations" className="stack">
            <thead>
              <tr>
                <Th>E-mail</Th>
                <Th>Role</Th>
                <Th>Valid until</Th>
                <Th aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {invites.map((i) => (
                <tr key={i.id}>
                  <Td>{i.email}</Td>
                  <Td>{i.role}</Td>
                  <Td>{i.expired ? <Tag>expired</Tag> : <Time at={i.expiresAt} />}</Td>
                  <Td className="right">
                    <RemoveButton
                      what={`the invitation of ${i.email}`}
                      verb="Withdraw"
                      busy={call.busy}
                      onConfirm={() =>
                        void call.run(() => request(url(`/invites/${i.id}`), { method: 'DELETE' }))
                      }
                    >
                      The link stops working.
                    </RemoveButton>
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Panel>
      )}
    </>
  );
}

function InviteDialog({
  workspace,
  onMade,
}: {
  workspace: string;
  onMade: (made: { email: string; link: string }) => void;
}) {
  const [open, setOpen] = useState(false);
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('editor');
  const call = useCall(['email', 'role']);
  const send = () =>
    call.run(
      () =>
        request<{ email: string; link: string }>(workspaceUrl(workspace, '/invites'), {
          body: { email, role },
        }),
      (made) => {
        onMade(made);
        setOpen(false);
        setEmail('');
      },
    );
  return (
    <Dialog
      title="Invite a colleague"
      description="You get a link to send. Where mail is set up, it is mailed too."
      width="sm"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm">
          <UserPlus size={14} aria-hidden />
          Invite
        </Button>
      }
      footer={
        <Button look="primary" busy={call.busy} disabled={email.trim() === ''} onClick={() => void send()}>
          Make invitation link
        </Button>
      }
    >
      {call.error !== null && <Banner tone="error" title={call.error} />}
      <Field label="E-mail" error={call.at('email')}>
        <Input
          type="email"
          value={email}
          onChange={(e) => setEmail(e.target.value)}
          placeholder="name@example.com"
        />
      </Field>
      <Field label="Role" error={call.at('role')}>
        <Select value={role} onChange={setRole} options={ROLE_OPTIONS} />
      </Field>
    </Dialog>
  );
}
