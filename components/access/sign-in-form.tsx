'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { PasswordField } from './password-field';
import { signInWithPassword } from './sign-in-call';

/**
 * SignInForm asks for e-mail and password and goes on to `to`.
 * @param notice why the person is here, when there is something to say
 */
export function SignInForm({
  to,
  oidc,
  notice,
  email: given = '',
}: {
  to: string;
  oidc: boolean;
  notice: string | null;
  email?: string;
}) {
  const [email, setEmail] = useState(given);
  const [password, setPassword] = useState('');
  const [error, setError] = useState(notice);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setError(null);
    const refused = await signInWithPassword(email, password);
    if (refused === null) return window.location.assign(to);
    setError(refused);
    setBusy(false);
  };
  return (
    <form
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(e) => {
        e.preventDefault();
        void submit();
      }}
    >
      {error !== null && <Banner tone="error" title={error} />}
      <Field label="E-mail">
        <Input
          type="email"
          name="email"
          value={email}
          onChange={(e) => setEmail(e.target.value)}
          autoComplete="username"
          autoFocus={given === ''}
          required
        />
      </Field>
      <PasswordField value={password} onChange={setPassword} autoFocus={given !== ''} />
      <Button type="submit" look="primary" busy={busy}>
        Sign in
      </Button>
      {oidc && (
        <Button onClick={() => void signIn('oidc', { callbackUrl: to })}>
          Sign in with your organization
        </Button>
      )}
      <p className="text-12 text-ink-3">
        Forgot the password? The operator of this installation can set a new one with{' '}
        <span className="mono">penstock reset-password</span>.
      </p>
    </form>
  );
}
