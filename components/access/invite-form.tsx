'use client';

import { useState } from 'react';
import { acceptInvite, acceptInviteAsMe } from '@/app/(auth)/actions';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { PasswordField } from './password-field';
import { fieldError, generalError, type FormProblem } from './problem';
import { signInWithPassword } from './sign-in-call';

/** InviteForm lets an invited person choose name and password and joins the workspace. */
export function InviteForm({ token, email }: { token: string; email: string }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<FormProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    const joined = await acceptInvite({ token, name, password });
    if (!joined.ok) {
      setProblem(joined.problem);
      return setBusy(false);
    }
    const refused = await signInWithPassword(email, password);
    window.location.assign(refused === null ? `/w/${joined.data.workspaceSlug}` : '/sign-in');
  };
  const general = generalError(problem, ['name', 'password']);
  return (
    <form
      noValidate
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(e) => {
        e.preventDefault();
        void submit();
      }}
    >
      {general !== null && <Banner tone="error" title={general} />}
      <Field label="E-mail">
        <Input type="email" value={email} readOnly autoComplete="username" />
      </Field>
      <Field label="Name" error={fieldError(problem, 'name')}>
        <Input value={name} onChange={(e) => setName(e.target.value)} autoComplete="name" autoFocus />
      </Field>
      <PasswordField
        value={password}
        onChange={setPassword}
        error={fieldError(problem, 'password')}
        about={{ email, name }}
      />
      <Button type="submit" look="primary" busy={busy}>
        Join the workspace
      </Button>
    </form>
  );
}

/** AcceptButton joins the workspace as the person who is signed in. */
export function AcceptButton({ token }: { token: string }) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const accept = async () => {
    setBusy(true);
    const joined = await acceptInviteAsMe({ token });
    if (joined.ok) return window.location.assign(`/w/${joined.data.workspaceSlug}`);
    setError(joined.problem.detail);
    setBusy(false);
  };
  return (
    <>
      {error !== null && <Banner tone="error" title={error} />}
      <Button look="primary" busy={busy} onClick={() => void accept()}>
        Join the workspace
      </Button>
    </>
  );
}
