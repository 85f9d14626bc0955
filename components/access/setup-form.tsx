'use client';

import { useState } from 'react';
import { createOwner } from '@/app/(auth)/actions';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { PasswordField } from './password-field';
import { fieldError, generalError, type FormProblem } from './problem';
import { signInWithPassword } from './sign-in-call';

/** SetupForm makes the first owner's account and signs in. */
export function SetupForm() {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<FormProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    const made = await createOwner({ email, name, password });
    if (!made.ok) {
      setProblem(made.problem);
      return setBusy(false);
    }
    const refused = await signInWithPassword(email, password);
    window.location.assign(refused === null ? '/welcome' : '/sign-in');
  };
  const general = generalError(problem, ['email', 'name', 'password']);
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
      <Field label="E-mail" error={fieldError(problem, 'email')}>
        <Input
          type="email"
          name="email"
          value={email}
          onChange={(e) => setEmail(e.target.value)}
          autoComplete="username"
          placeholder="name@example.com"
          autoFocus
        />
      </Field>
      <Field
        label="Name"
        hint="Shown to colleagues beside what you change."
        error={fieldError(problem, 'name')}
      >
        <Input name="name" value={name} onChange={(e) => setName(e.target.value)} autoComplete="name" />
      </Field>
      <PasswordField
        value={password}
        onChange={setPassword}
        error={fieldError(problem, 'password')}
        about={{ email, name }}
      />
      <Button type="submit" look="primary" busy={busy}>
        Create account
      </Button>
    </form>
  );
}
