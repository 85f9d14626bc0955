'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Banner } from '@/components/ui/banner';
import { Button, ButtonLink } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';

type Props = {
  dataset: string;
  version: number;
  currentVersion: number | null;
  reason: string | null;
  runId: string | null;
};

/** QuarantineBanner says that a version is held back and why, and lets an approver release it with a reason. */
export function QuarantineBanner({ dataset, version, currentVersion, reason, runId }: Props) {
  const { can, href } = useWorkspace();
  return (
    <Banner
      tone="warn"
      title={`Version ${version} is in quarantine`}
      actions={
        <>
          {runId !== null && <ButtonLink href={href(`/runs/${runId}`)}>Open its run</ButtonLink>}
          {can('dataset:release') ? (
            <Release dataset={dataset} version={version} />
          ) : (
            <span className="self-center text-12 text-ink-2">An approver can release it.</span>
          )}
        </>
      }
    >
      {reason ?? 'A blocking check failed.'}{' '}
      {currentVersion === null
        ? 'No good version exists, so readers wait.'
        : `Readers still get version ${currentVersion}.`}
    </Banner>
  );
}

function Release({ dataset, version }: { dataset: string; version: number }) {
  const router = useRouter();
  const { call } = useWorkspace();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const release = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await call(`/datasets/${dataset}/versions/${version}/release`, { body: { reason } });
      setOpen(false);
      toast(`Version ${version} of ${dataset} is released`);
      router.refresh();
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={`Release version ${version}?`}
      description="It becomes the current version although a check failed. Whatever reads this dataset uses it from its next run on. The audit keeps your reason."
      width="sm"
      open={open}
      onOpenChange={setOpen}
      trigger={<Button>Release</Button>}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button
            look="primary"
            disabled={reason.trim().length < 3}
            busy={busy}
            onClick={() => void release()}
          >
            Release version {version}
          </Button>
        </>
      }
    >
      <Field label="Why it may be used" error={problem}>
        <Textarea
          value={reason}
          onChange={(e) => setReason(e.target.value)}
          placeholder="Three rows without origin are known and harmless."
        />
      </Field>
    </Dialog>
  );
}
