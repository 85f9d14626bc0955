'use client';

import { useTheme } from 'next-themes';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { changePassword, endOtherSessions, endSession } from '@/app/(auth)/actions';
import { browserZone, Time, useZone, ZoneProvider } from '@/components/time';
import { Banner } from '@/components/ui/banner';
import { Button, ButtonLink } from '@/components/ui/button';
import { Tag } from '@/components/ui/chip';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import { toast } from '@/components/ui/toast';
import { PasswordField } from './password-field';
import { fieldError, generalError, type FormProblem } from './problem';

type Session = {
  id: string;
  createdAt: string;
  lastSeenAt: string;
  userAgent: string | null;
  ip: string | null;
  current: boolean;
};
type Props = { email: string; name: string; hasPassword: boolean; sessions: Session[]; zone: string };

/** AccountPanels are the parts of the account page. */
export function AccountPanels({ email, name, hasPassword, sessions, zone }: Props) {
  return (
    <ZoneProvider initial={zone}>
      <div className="flex w-full max-w-[640px] flex-col gap-3">
        <div className="mb-2 flex items-start justify-between gap-3">
          <div>
            <h1>{name || email}</h1>
            <p className="text-ink-2">{email}</p>
          </div>
          <ButtonLink href="/">Back to the workspace</ButtonLink>
        </div>
        {hasPassword && <PasswordPanel about={{ email, name }} />}
        <SessionsPanel sessions={sessions} />
        <LookPanel />
      </div>
    </ZoneProvider>
  );
}

function PasswordPanel({ about }: { about: { email: string; name: string } }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [problem, setProblem] = useState<FormProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const router = useRouter();
  const save = async () => {
    setBusy(true);
    setProblem(null);
    const done = await changePassword({ current, next });
    setBusy(false);
    if (!done.ok) return setProblem(done.problem);
    setCurrent('');
    setNext('');
    const { signedOut } = done.data;
    toast(
      'Password changed',
      signedOut > 0
        ? {
            description: `${signedOut} other ${signedOut === 1 ? 'browser was' : 'browsers were'} signed out.`,
          }
        : {},
    );
    router.refresh();
  };
  const general = generalError(problem, ['current', 'next']);
  return (
    <Panel>
      <PanelHead title="Password" />
      <form
        noValidate
        method="post"
        className="flex flex-col gap-4 p-4"
        onSubmit={(e) => {
          e.preventDefault();
          void save();
        }}
      >
        {general !== null && <Banner tone="error" title={general} />}
        <PasswordField
          label="Current password"
          value={current}
          onChange={setCurrent}
          error={fieldError(problem, 'current')}
        />
        <PasswordField
          label="New password"
          value={next}
          onChange={setNext}
          error={fieldError(problem, 'next')}
          about={about}
        />
        <div>
          <Button type="submit" busy={busy} disabled={current === '' || next === ''}>
            Change password
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function SessionsPanel({ sessions }: { sessions: Session[] }) {
  const [busy, setBusy] = useState(false);
  const router = useRouter();
  const run = async (work: () => ReturnType<typeof endSession | typeof endOtherSessions>) => {
    setBusy(true);
    const done = await work();
    setBusy(false);
    if (!done.ok) toast.error(done.problem.detail);
    router.refresh();
  };
  return (
    <Panel>
      <PanelHead title="Where you are signed in">
        {sessions.length > 1 && (
          <Button size="sm" disabled={busy} onClick={() => void run(() => endOtherSessions({}))}>
            Sign out everywhere else
          </Button>
        )}
      </PanelHead>
      <ul>
        {sessions.map((s) => (
          <li
            key={s.id}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2 last:border-0"
          >
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{browserName(s.userAgent)}</span>
              <span className="text-12 text-ink-3">
                {s.ip ?? 'unknown address'}, signed in <Time at={s.createdAt} />, seen{' '}
                <Time at={s.lastSeenAt} show="ago" />
              </span>
            </span>
            {s.current ? (
              <Tag>this browser</Tag>
            ) : (
              <Button size="sm" disabled={busy} onClick={() => void run(() => endSession({ id: s.id }))}>
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function LookPanel() {
  const { theme = 'system', setTheme } = useTheme();
  const { zone, setZone } = useZone();
  const mine = browserZone();
  const zones = [
    { value: 'UTC', label: 'UTC' },
    ...[...new Set([mine, zone])].filter((z) => z !== 'UTC').map((value) => ({ value, label: value })),
  ];
  return (
    <Panel>
      <PanelHead title="Look" remark="kept in this browser" />
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3 p-4" suppressHydrationWarning>
        <Segmented
          label="Theme"
          value={theme}
          onChange={setTheme}
          options={[
            { value: 'system', label: 'As the system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
        <Segmented label="Times in" value={zone} onChange={setZone} options={zones} />
      </div>
    </Panel>
  );
}

function browserName(agent: string | null): string {
  if (agent === null) return 'Unknown browser';
  const browser = [/Edg\//, /Firefox\//, /Chrome\//, /Safari\//].findIndex((known) => known.test(agent));
  const system = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS', 'Linux'].find((name) =>
    agent.includes(name),
  );
  const name =
    ['Edge', 'Firefox', 'Chrome', 'Safari'][browser] ?? agent.split(/[ /]/)[0] ?? 'Unknown browser';
  return system ? `${name} on ${system}` : name;
}
