'use client';

import { useQuery } from '@tanstack/react-query';
import { CirclePlay } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState, type ReactElement } from 'react';
import type { Lane, Param } from '@/lib/pipeline';
import { ProblemError, sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button, ButtonLink } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { toast } from '@/components/ui/toast';
import { ParamFields } from './param-fields';
import { initialText, readParams, type ParamText } from './param-values';

type Props = {
  /** Slug of the pipeline. */
  pipeline: string;
  /** The version that will run; null when nothing is published yet. */
  version: number | null;
  /** Known params save a call; without them the version is read when the dialog opens. */
  params?: readonly Param[];
  /** Values of an earlier run to start from. */
  values?: Record<string, unknown>;
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Instead of opening the run's page. */
  onStarted?: (run: { id: string }) => void;
};

const LANES: readonly { value: Lane; label: string; hint: string }[] = [
  { value: 'interactive', label: 'Interactive', hint: 'first: somebody waits' },
  { value: 'production', label: 'Production', hint: 'with the scheduled runs' },
  { value: 'backfill', label: 'Backfill', hint: 'when there is room' },
  { value: 'exploratory', label: 'Exploratory', hint: 'last' },
];

/** RunNow asks for the params of a run, typed as the version declares them, and starts it. */
export function RunNow({ trigger, open, onOpenChange, ...props }: Props) {
  const [own, setOwn] = useState(false);
  const shown = open ?? own;
  const set = (next: boolean) => {
    setOwn(next);
    onOpenChange?.(next);
  };
  return (
    <Dialog
      title={`Run ${props.pipeline}`}
      description={props.version === null ? undefined : `Version ${props.version}, now.`}
      width="sm"
      trigger={trigger}
      open={shown}
      onOpenChange={set}
      className="pb-4"
    >
      {props.version === null ? (
        <NothingPublished pipeline={props.pipeline} />
      ) : (
        <Body {...props} version={props.version} close={() => set(false)} />
      )}
    </Dialog>
  );
}

function NothingPublished({ pipeline }: { pipeline: string }) {
  const { href } = useWorkspace();
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-ink-2">
        Nothing of this pipeline is published yet. A run always executes a published version: open the draft,
        try it, then publish.
      </p>
      <ButtonLink look="primary" href={href(`/pipelines/${pipeline}/edit`)}>
        Open the draft
      </ButtonLink>
    </div>
  );
}

function Body(props: Props & { version: number; close: () => void }) {
  const { slug, call } = useWorkspace();
  const { params, pipeline, version } = props;
  const read = useQuery({
    queryKey: [slug, 'pipeline', pipeline, 'version', version],
    queryFn: ({ signal }) =>
      call<{ spec: { params?: Param[] } }>(`/pipelines/${pipeline}/versions/${version}`, { signal }),
    enabled: params === undefined,
    staleTime: Infinity,
  });
  const known = params ?? read.data?.spec.params ?? (read.data === undefined ? undefined : []);
  if (read.isError)
    return (
      <Banner
        tone="error"
        title={sentenceOf(read.error)}
        actions={<Button onClick={() => void read.refetch()}>Try again</Button>}
      />
    );
  if (known === undefined)
    return (
      <div role="status" aria-label="Loading params" className="flex flex-col gap-3">
        <Skeleton className="h-8" />
        <Skeleton className="h-8" />
      </div>
    );
  return <Form {...props} params={known} />;
}

function Form({
  pipeline,
  version,
  params,
  values,
  close,
  onStarted,
}: Props & { params: readonly Param[]; close: () => void }) {
  const router = useRouter();
  const { call, href } = useWorkspace();
  const [text, setText] = useState<ParamText>(() => initialText(params, values));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [lane, setLane] = useState<Lane>('interactive');
  const [logicalDate, setLogicalDate] = useState('');
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const start = async () => {
    const form = readParams(params, text);
    setErrors(form.errors);
    setProblem(null);
    if (Object.keys(form.errors).length > 0) return;
    setBusy(true);
    try {
      const run = await call<{ id: string }>(`/pipelines/${pipeline}/runs`, {
        body: {
          params: form.values,
          version,
          lane,
          ...(note === '' ? {} : { note }),
          ...(logicalDate === '' ? {} : { logicalDate: `${logicalDate}:00.000Z` }),
        },
        headers: { 'idempotency-key': crypto.randomUUID() },
      });
      close();
      if (onStarted) onStarted(run);
      else {
        toast(`Run of ${pipeline} started`);
        router.push(href(`/runs/${run.id}`));
      }
    } catch (error) {
      const fields =
        error instanceof ProblemError ? params.filter((p) => error.issueAt(p.name) !== null) : [];
      setErrors(
        Object.fromEntries(fields.map((p) => [p.name, (error as ProblemError).issueAt(p.name) ?? ''])),
      );
      setProblem(fields.length > 0 ? null : sentenceOf(error));
    } finally {
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
      {params.length === 0 && <p className="text-ink-2">This version takes no params.</p>}
      <ParamFields
        params={params}
        text={text}
        errors={errors}
        onChange={(name, value) => {
          setText((t) => ({ ...t, [name]: value }));
          setErrors(({ [name]: _gone, ...rest }) => rest);
        }}
      />
      <details className="group">
        <summary className="w-fit text-12 font-medium text-ink-2 hover:text-ink">
          More: date, lane, note
        </summary>
        <div className="mt-3 flex flex-col gap-4">
          <Field
            label="Logical date"
            hint="UTC. At the start of a schedule's interval the run covers that interval."
          >
            <Input
              type="datetime-local"
              value={logicalDate}
              onChange={(e) => setLogicalDate(e.target.value)}
            />
          </Field>
          <Field label="Lane" hint={LANES.find((l) => l.value === lane)?.hint}>
            <Select value={lane} onChange={setLane} options={LANES} />
          </Field>
          <Field label="Note" hint="Stands beside the run in every list.">
            <Input value={note} onChange={(e) => setNote(e.target.value)} maxLength={500} />
          </Field>
        </div>
      </details>
      {problem !== null && <Banner tone="error" title={problem} />}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button look="primary" type="submit" busy={busy}>
          <CirclePlay size={16} aria-hidden />
          Run now
        </Button>
      </div>
    </form>
  );
}
