'use client';

import { useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { type Feature, type Signature } from '@/lib/registry';
import { sampleRequest, valueText } from './words';

type Values = Record<string, string | boolean>;
type Answered = { variant: string | null; version: string | null; id: string | null; text: string; rows: [string, string][]; ms: number };

/** TryIt sends a real prediction through the gateway: one field for each feature, or JSON where the model's tensors have none. */
export function TryIt({ endpoint, signature }: { endpoint: string; signature: Signature }) {
  const { slug } = useWorkspace();
  const named = signature.features.length > 0 && signature.features.length <= 60;
  const [values, setValues] = useState<Values>(() => Object.fromEntries(signature.features.map((feature) => [feature.name, feature.type === 'boolean' ? false : ''])));
  const [text, setText] = useState(() => JSON.stringify(sampleRequest(signature), null, 2));
  const [unit, setUnit] = useState('');
  const [answer, setAnswer] = useState<Answered | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const send = async () => {
    setBusy(true);
    setProblem(null);
    const started = performance.now();
    try {
      const body = named ? JSON.stringify({ dataframe_records: [rowOf(signature.features, values)] }) : text;
      const response = await fetch(`/api/v1/w/${slug}/endpoints/${endpoint}/predict`, { method: 'POST', headers: { 'content-type': 'application/json', ...(unit === '' ? {} : { 'x-unit-id': unit }) }, body });
      const said = await response.text();
      const told = JSON.parse(said) as Record<string, unknown>;
      if (!response.ok) throw new Error([told.error, told.detail].find((each) => typeof each === 'string') ?? `The gateway answered ${response.status}.`);
      setAnswer({ variant: response.headers.get('x-variant'), version: response.headers.get('x-model-version'), id: response.headers.get('x-inference-id'), text: JSON.stringify(told, null, 2), rows: rowsOf(told), ms: performance.now() - started });
    } catch (error) {
      setAnswer(null);
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="flex flex-col gap-4 p-4"
      onSubmit={(e) => {
        e.preventDefault();
        void send();
      }}
    >
      {named ? (
        <div className="grid gap-3 sm:grid-cols-2">
          {signature.features.map((feature) => (
            <FeatureField key={feature.name} feature={feature} value={values[feature.name] ?? ''} onChange={(value) => setValues({ ...values, [feature.name]: value })} />
          ))}
        </div>
      ) : (
        <Field label="Request" hint="By the Open Inference Protocol.">
          <Textarea className="mono text-12" rows={10} value={text} onChange={(e) => setText(e.target.value)} spellCheck={false} />
        </Field>
      )}
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Unit id" hint="Decides the variant during a rollout; empty: a random one." className="min-w-48 flex-1">
          <Input className="mono" value={unit} onChange={(e) => setUnit(e.target.value)} spellCheck={false} />
        </Field>
        <Button type="submit" busy={busy} className="mb-5">
          Send a prediction
        </Button>
      </div>
      {problem !== null && <Banner tone="error" title="No prediction">{problem}</Banner>}
      {answer !== null && (
        <div role="status" className="flex flex-col gap-2 rounded border border-line bg-sunken px-4 py-3">
          <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-1">
            {answer.rows.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="mono text-ink-2">{name}</dt>
                <dd className="mono text-16 font-medium break-all">{value}</dd>
              </div>
            ))}
          </dl>
          <p className="text-12 text-ink-2">
            Answered by {answer.variant} v{answer.version} in {Math.round(answer.ms)} ms{answer.id !== null && <>, prediction <span className="mono break-all">{answer.id}</span></>}
          </p>
          <details>
            <summary className="cursor-pointer rounded-tile text-12 text-ink-2">The whole answer</summary>
            <pre className="mono max-h-80 overflow-auto pt-2 text-12" tabIndex={0}>{answer.text}</pre>
          </details>
        </div>
      )}
    </form>
  );
}

function FeatureField({ feature, value, onChange }: { feature: Feature; value: string | boolean; onChange: (value: string | boolean) => void }) {
  if (feature.type === 'boolean') {
    return (
      <div className="flex items-end pb-1.5">
        <Checkbox label={feature.name} checked={value === true} onCheckedChange={onChange} />
      </div>
    );
  }
  const number = feature.type !== 'string';
  return (
    <Field label={feature.name} end={feature.type}>
      <Input className="mono" type={number ? 'number' : 'text'} step={feature.type === 'integer' ? 1 : 'any'} value={String(value)} onChange={(e) => onChange(e.target.value)} required />
    </Field>
  );
}

const rowOf = (features: readonly Feature[], values: Values): Record<string, unknown> =>
  Object.fromEntries(features.map((feature) => [feature.name, feature.type === 'number' || feature.type === 'integer' ? Number(values[feature.name]) : values[feature.name]]));

/** The first row of an answer: by output name, of MLflow's form or the protocol's. */
function rowsOf(told: Record<string, unknown>): [string, string][] {
  if (Array.isArray(told.outputs)) return (told.outputs as { name: string; data: unknown[] }[]).map(({ name, data }) => [name, data.slice(0, 8).map(valueText).join(', ')]);
  const [first] = Array.isArray(told.predictions) ? (told.predictions as unknown[]) : [];
  if (typeof first === 'object' && first !== null && !Array.isArray(first)) return Object.entries(first).map(([name, value]) => [name, Array.isArray(value) ? value.map(valueText).join(', ') : valueText(value)]);
  return [['prediction', Array.isArray(first) ? first.map(valueText).join(', ') : valueText(first)]];
}
