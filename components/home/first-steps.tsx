'use client';

import { Check, X } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { cx } from '@/components/ui/class-names';
import { IconButton } from '@/components/ui/icon-button';
import { Panel, PanelHead } from '@/components/ui/panel';
import { FIRST_STEPS_COOKIE } from './first-steps-cookie';

export type Step = { label: string; href: string; done: boolean };

/** FirstSteps shows a newcomer the way; each step is ticked when it has really happened in this workspace. */
export function FirstSteps({ steps }: { steps: readonly Step[] }) {
  const [hidden, setHidden] = useState(false);
  if (hidden) return null;
  const done = steps.filter((s) => s.done).length;
  const next = steps.find((s) => !s.done);
  return (
    <Panel>
      <PanelHead title="First steps" remark={`${done} of ${steps.length}`}>
        <IconButton
          label="Hide the first steps"
          size="sm"
          onClick={() => {
            document.cookie = `${FIRST_STEPS_COOKIE}=hidden; path=/; max-age=31536000; samesite=lax`;
            setHidden(true);
          }}
        >
          <X size={14} aria-hidden />
        </IconButton>
      </PanelHead>
      <ol className="px-4 py-2">
        {steps.map((s) => (
          <li key={s.label} className="flex h-7 items-center gap-3 coarse:h-11">
            <span
              className={cx(
                'flex size-4 shrink-0 items-center justify-center rounded-full border-[1.5px]',
                s.done ? 'border-good-line bg-good-fill text-good' : 'border-line-strong',
              )}
            >
              {s.done && <Check size={10} strokeWidth={3} aria-hidden />}
            </span>
            <Link
              href={s.href}
              className={cx(
                'truncate rounded-tile hover:underline',
                s.done && 'text-ink-3',
                s === next && 'font-medium',
              )}
            >
              {s.label}
              <span className="sr-only">{s.done ? ', done' : ''}</span>
            </Link>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
