'use client';

import { CalendarPlus } from 'lucide-react';
import { useState } from 'react';
import { useCall } from '@/components/settings/use-call';
import { useWorkspace } from '@/components/shell/workspace';
import { toast } from '@/components/ui/toast';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** What a backfill was asked for: a range, both ends included, or intervals by their starts. */
export type Asked = { from: string; to: string } | { intervals: readonly string[] };

/** ExtendBackfill adds intervals to a backfill: a wider range, or further named ones; what it has already stays as it is. */
export function ExtendBackfill({ pipeline, id, asked, size }: { pipeline: string; id: string; asked: Asked; size: number }) {
  const { can } = useWorkspace();
  const [open, setOpen] = useState(false);
  if (!can('run:write')) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <CalendarPlus size={14} aria-hidden /> Extend
      </Button>
      {open && <ExtendDialog pipeline={pipeline} id={id} asked={asked} size={size} onClose={() => setOpen(false)} />}
    </>
  );
}

function ExtendDialog({ pipeline, id, asked, size, onClose }: { pipeline: string; id: string; asked: Asked; size: number; onClose: () => void }) {
  const { call } = useWorkspace();
  const ranged = 'from' in asked ? asked : null;
  const [from, setFrom] = useState(ranged?.from ?? '');
  const [to, setTo] = useState(ranged?.to ?? '');
  const [more, setMore] = useState('');
  const sending = useCall(['from', 'to', 'intervals']);
  const body = () =>
    ranged ? { ...(from.trim() === ranged.from ? {} : { from: from.trim() }), ...(to.trim() === ranged.to ? {} : { to: to.trim() }) } : { intervals: more.split(/[\s,]+/).filter((each) => each !== '') };
  const extend = () =>
    sending.run(
      () => call<{ items: readonly unknown[] }>(`/pipelines/${pipeline}/backfills/${id}/extend`, { method: 'POST', body: body() }),
      ({ items }) => {
        toast(`${items.length - size} added to the backfill.`);
        onClose();
      },
    );
  return (
    <Dialog
      title="Extend this backfill"
      description={`It has ${size}. What it has already stays as it is; the rest runs as it was asked for.`}
      open
      onOpenChange={(open) => !open && onClose()}
      footer={
        <Button look="primary" busy={sending.busy} disabled={Object.values(body()).flat().length === 0} onClick={() => void extend()}>
          Extend it
        </Button>
      }
    >
      {sending.error !== null && <Banner tone="error" title={sending.error} />}
      {ranged ? (
        <div className="grid grid-cols-2 gap-3">
          <Field label="From" error={sending.at('from')}>
            <Input className="mono" value={from} onChange={(event) => setFrom(event.target.value)} />
          </Field>
          <Field label="To" hint="included" error={sending.at('to')}>
            <Input className="mono" value={to} onChange={(event) => setTo(event.target.value)} />
          </Field>
        </div>
      ) : (
        <Field label="Further intervals" hint="The start of each, like 2026-01-31, separated by commas." error={sending.at('intervals')}>
          <Input className="mono" value={more} onChange={(event) => setMore(event.target.value)} />
        </Field>
      )}
    </Dialog>
  );
}
