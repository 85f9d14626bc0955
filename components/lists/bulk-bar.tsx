'use client';

import { X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { formatCount } from '@/components/time';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import type { BulkAct } from './list-column';

/** BulkBar offers what can be done to the selected rows; each act asks once, then says how it went. */
export function BulkBar<R>({ rows, acts, onClear }: { rows: readonly R[]; acts: readonly BulkAct<R>[]; onClear: () => void }) {
  const [asked, setAsked] = useState<BulkAct<R> | null>(null);
  return (
    <>
      <span className="num font-medium" role="status">
        {formatCount(rows.length)} selected
      </span>
      {acts.map((act) => (
        <Button key={act.id} size="sm" look={act.danger === true ? 'danger' : 'default'} disabled={!rows.some(act.fits)} onClick={() => setAsked(act)}>
          {act.icon}
          {act.label}
        </Button>
      ))}
      <IconButton size="sm" label="Clear the selection" keys="Esc" onClick={onClear}>
        <X size={14} aria-hidden />
      </IconButton>
      {asked !== null && <ActDialog act={asked} rows={rows.filter(asked.fits)} left={rows.length - rows.filter(asked.fits).length} onClose={() => setAsked(null)} onDone={onClear} />}
    </>
  );
}

function ActDialog<R>({
  act,
  rows,
  left,
  onClose,
  onDone,
}: {
  act: BulkAct<R>;
  rows: readonly R[];
  /** selected rows for which the act makes no sense */
  left: number;
  onClose: () => void;
  onDone: () => void;
}) {
  const router = useRouter();
  const [text, setText] = useState('');
  const [at, setAt] = useState<number | null>(null);
  const go = async () => {
    const refused: unknown[] = [];
    for (const [i, row] of rows.entries()) {
      setAt(i + 1);
      await act.run(row, text.trim()).catch((error: unknown) => refused.push(error));
    }
    const done = rows.length - refused.length;
    if (done > 0) toast(act.done(done));
    if (refused.length > 0) toast.error(sentenceOf(refused[0]), refused.length > 1 ? { description: `${formatCount(refused.length)} of ${formatCount(rows.length)} were refused.` } : {});
    onClose();
    onDone();
    router.refresh();
  };
  return (
    <Dialog
      title={act.title(rows.length)}
      description={`${act.body}${left === 0 ? '' : ` ${left === 1 ? 'One of the selected is' : `${formatCount(left)} of the selected are`} left as ${left === 1 ? 'it is' : 'they are'}.`}`}
      width="sm"
      open
      onOpenChange={(open) => !open && at === null && onClose()}
      footer={
        <>
          <Button onClick={onClose} disabled={at !== null}>
            Cancel
          </Button>
          <Button
            look={act.danger === true ? 'danger' : 'primary'}
            busy={at !== null}
            disabled={act.ask !== undefined && text.trim() === ''}
            onClick={() => void go()}
          >
            {at === null ? act.label : `${formatCount(at)} of ${formatCount(rows.length)}`}
          </Button>
        </>
      }
    >
      {act.ask !== undefined && (
        <Field label={act.ask}>
          <Input value={text} onChange={(e) => setText(e.target.value)} />
        </Field>
      )}
    </Dialog>
  );
}
