'use client';

import { FlaskConical, SquareDashed } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { createDemo, createEmpty } from '@/app/(auth)/welcome/actions';
import { slugOf } from '@/components/shell/slug';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Panel } from '@/components/ui/panel';
import { fieldError, generalError, type FormProblem } from './problem';

/** WelcomeChoice offers the demo workspace or an empty one. */
export function WelcomeChoice({ demoExists }: { demoExists: boolean }) {
  const [name, setName] = useState('Main');
  const [problem, setProblem] = useState<FormProblem | null>(null);
  const [busy, setBusy] = useState<'demo' | 'empty' | null>(null);
  const create = async (which: 'demo' | 'empty') => {
    setBusy(which);
    setProblem(null);
    const made = which === 'demo' ? await createDemo({}) : await createEmpty({ slug: slugOf(name), name });
    if (made.ok) return window.location.assign(`/w/${made.data.slug}`);
    setProblem(made.problem);
    setBusy(null);
  };
  const general = generalError(problem, ['name', 'slug']);
  return (
    <div className="flex flex-col gap-3">
      {general !== null && <Banner tone="error" title={general} />}
      <div className="grid gap-3 sm:grid-cols-2">
        <Choice icon={<FlaskConical size={18} aria-hidden />} title="Demo workspace">
          <p className="text-ink-2">
            Flight delays of 2001: three million flights, a pipeline that reads, checks, joins and summarises
            them, and more templates to take apart.
          </p>
          <Button
            look="primary"
            busy={busy === 'demo'}
            disabled={busy !== null}
            onClick={() => void create('demo')}
          >
            {busy === 'demo' ? 'Preparing the demo' : demoExists ? 'Open the demo' : 'Start with the demo'}
          </Button>
        </Choice>
        <Choice icon={<SquareDashed size={18} aria-hidden />} title="Empty workspace">
          <Field
            label="Name"
            hint={`Address /w/${slugOf(name) || '…'}`}
            error={fieldError(problem, 'slug') ?? fieldError(problem, 'name')}
          >
            <Input value={name} onChange={(e) => setName(e.target.value)} />
          </Field>
          <Button
            busy={busy === 'empty'}
            disabled={busy !== null || slugOf(name) === ''}
            onClick={() => void create('empty')}
          >
            Start empty
          </Button>
        </Choice>
      </div>
    </div>
  );
}

const Choice = ({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) => (
  <Panel className="flex flex-col justify-between gap-4 p-5">
    <div className="flex items-center gap-2">
      <span className="text-ink-3">{icon}</span>
      <h2>{title}</h2>
    </div>
    {children}
  </Panel>
);
