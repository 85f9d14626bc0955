'use client';

import { Signpost } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ProblemError, sentenceOf } from '@/components/api/request';
import { useCommands } from '@/components/shell/commands';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { METRICS, type Metric, type StepBody } from '@/lib/rollout';
import { DEFAULT_STEPS, StepsEditor } from './steps-editor';

/** An endpoint that can be opened to another version of its model. */
export type Openable = { slug: string; model: string; stable: number; versions: number[]; underWay: boolean };

const GUARDS: Record<Metric, string> = { error_rate: 'Errors', latency_p95: 'Latency p95', score_mean: 'Mean score' };

/** StartRollout is the button and form that open an endpoint to another version. With one endpoint it stands on that one's page. */
export function StartRollout({ endpoints }: { endpoints: readonly Openable[] }) {
  const { can } = useWorkspace();
  const [open, setOpen] = useState(false);
  const free = endpoints.filter(({ underWay, versions }) => !underWay && versions.length > 0);
  const why = !can('rollout:write') ? 'This needs the role editor.' : free.length === 0 ? 'No endpoint is free to be opened to another version of its model.' : null;
  useCommands('start rollout', why === null ? [{ id: 'start rollout', label: 'Start a rollout', group: 'This page', keys: 'n', words: 'canary new', run: () => setOpen(true) }] : []);
  return (
    <>
      <Button look="primary" disabled={why !== null} title={why ?? undefined} onClick={() => setOpen(true)}>
        <Signpost size={16} aria-hidden />
        Start a rollout
      </Button>
      <Dialog
        title="Start a rollout"
        description="Traffic moves when the candidate is ready, step by step. You can hold it or roll it back at any time."
        open={open}
        onOpenChange={setOpen}
        className="pb-4"
      >
        <StartForm endpoints={free} close={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

const listed = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

function StartForm({ endpoints, close }: { endpoints: readonly Openable[]; close: () => void }) {
  const router = useRouter();
  const { call, href } = useWorkspace();
  const [slug, setSlug] = useState(endpoints[0]?.slug ?? '');
  const endpoint = endpoints.find((each) => each.slug === slug) ?? endpoints[0];
  const [chosen, setChosen] = useState<string | null>(null);
  const candidate = chosen !== null && endpoint?.versions.includes(Number(chosen)) ? chosen : String(endpoint?.versions[0] ?? '');
  const [steps, setSteps] = useState<StepBody[]>(DEFAULT_STEPS);
  const [guards, setGuards] = useState<Metric[]>(['error_rate', 'latency_p95']);
  const [unit, setUnit] = useState('x-unit-id');
  const [allow, setAllow] = useState('');
  const [deny, setDeny] = useState('');
  const [rule, setRule] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const at = (path: string) => (error instanceof ProblemError ? error.issueAt(path) : null);
  const stepIssue = error instanceof ProblemError ? (error.issues.find(({ path }) => path.startsWith('steps')) ?? null) : null;

  const start = async () => {
    setBusy(true);
    setError(null);
    const audience = { ...(listed(allow).length > 0 ? { allow: listed(allow) } : {}), ...(listed(deny).length > 0 ? { deny: listed(deny) } : {}), ...(rule.trim() === '' ? {} : { rules: [{ if: rule.trim() }] }) };
    try {
      const made = await call<{ id: string }>(`/endpoints/${slug}/rollouts`, { body: { candidate: Number(candidate), steps, unit, metrics: guards, audience } });
      close();
      router.push(href(`/rollouts/${made.id}`));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(e) => {
        e.preventDefault();
        void start();
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Endpoint" hint={endpoint && `v${endpoint.stable} of ${endpoint.model} answers now`}>
          <Select value={slug} onChange={setSlug} options={endpoints.map((each) => ({ value: each.slug, label: each.slug }))} />
        </Field>
        <Field label="Candidate" error={at('candidate')}>
          <Select value={candidate} onChange={setChosen} options={(endpoint?.versions ?? []).map((version) => ({ value: String(version), label: `Version ${version}` }))} />
        </Field>
      </div>
      <fieldset className="flex flex-col gap-1">
        <legend className="pb-1 text-12 font-medium text-ink-2">Steps</legend>
        <StepsEditor steps={steps} onChange={setSteps} />
        {stepIssue && <p role="alert" className="text-12 text-failed">{`${stepIssue.path}: ${stepIssue.message}`}</p>}
      </fieldset>
      <fieldset className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <legend className="pb-1 text-12 font-medium text-ink-2">Guards: when one fails, it rolls back by itself</legend>
        {METRICS.map((metric) => (
          <Checkbox key={metric} label={GUARDS[metric]} checked={guards.includes(metric)} onCheckedChange={(on) => setGuards(on ? [...guards, metric] : guards.filter((each) => each !== metric))} />
        ))}
      </fieldset>
      <details className="flex flex-col gap-3">
        <summary className="cursor-pointer rounded-tile text-12 font-medium text-ink-2">Who takes part</summary>
        <div className="flex flex-col gap-3 pt-3">
          <Field label="Unit" hint="Where a unit's id comes from, for people to read. A unit keeps its version.">
            <Input value={unit} onChange={(e) => setUnit(e.target.value)} />
          </Field>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Always the candidate" hint="Ids of units; not counted in comparisons.">
              <Textarea className="mono" rows={2} value={allow} onChange={(e) => setAllow(e.target.value)} />
            </Field>
            <Field label="Never the candidate" hint="Goes before the list beside it.">
              <Textarea className="mono" rows={2} value={deny} onChange={(e) => setDeny(e.target.value)} />
            </Field>
          </div>
          <Field label="Only when" hint="An expression about the request; others stay with the stable version." error={at('audience.rules[0].if')}>
            <Input className="mono" value={rule} onChange={(e) => setRule(e.target.value)} placeholder={'item.origin == "ATL"'} spellCheck={false} />
          </Field>
        </div>
      </details>
      {error !== null && !stepIssue && at('candidate') === null && at('audience.rules[0].if') === null && <Banner tone="error" title={sentenceOf(error)} />}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button look="primary" type="submit" busy={busy} disabled={candidate === ''}>
          Open {slug} to v{candidate}
        </Button>
      </div>
    </form>
  );
}
