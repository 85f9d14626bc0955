'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { cx } from '@/components/ui/class-names';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { passwordStrength } from '@/lib/tenancy';

const BAR = ['bg-failed-line', 'bg-failed-line', 'bg-warn-line', 'bg-good-line', 'bg-good-line'];

/** PasswordField takes a password and can show it. With `about` it judges a new one while it is typed, in words. */
export function PasswordField({
  label = 'Password',
  value,
  onChange,
  error,
  about,
  autoFocus,
}: {
  label?: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | null;
  /** The person's e-mail and name: given for a new password, which must not contain them. */
  about?: { email?: string; name?: string };
  autoFocus?: boolean;
}) {
  const [shown, setShown] = useState(false);
  const judged = about && value !== '' ? passwordStrength(value, about) : null;
  const hint = judged ? (
    <Strength {...judged} />
  ) : about ? (
    'At least 10 characters. Four unrelated words are strong and easy to remember.'
  ) : undefined;
  return (
    <Field label={label} error={error ?? null} hint={hint}>
      <Input
        type={shown ? 'text' : 'password'}
        value={value}
        onChange={(e) => onChange(e.target.value)}
        autoComplete={about ? 'new-password' : 'current-password'}
        autoFocus={autoFocus}
        spellCheck={false}
        required
        className="pr-16"
        end={
          <Button
            size="sm"
            look="ghost"
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
            aria-label={shown ? 'Hide password' : 'Show password'}
          >
            {shown ? 'Hide' : 'Show'}
          </Button>
        }
      />
    </Field>
  );
}

function Strength({ score, word, problems, advice }: ReturnType<typeof passwordStrength>) {
  return (
    <span className="flex flex-col gap-1" aria-live="polite">
      <span className="flex items-center gap-2">
        <span className="flex flex-1 gap-1" aria-hidden>
          {[1, 2, 3, 4].map((step) => (
            <span
              key={step}
              className={cx('h-1 flex-1 rounded-full', step <= Math.max(1, score) ? BAR[score] : 'bg-line')}
            />
          ))}
        </span>
        <b className="font-medium text-ink-2">{word}</b>
      </span>
      {problems.length > 0 ? <span className="text-ink-2">{problems.join(' ')}</span> : advice}
    </span>
  );
}
