'use client';

import { Waves } from 'lucide-react';
import { useState } from 'react';
import { NamedDialog } from '@/components/settings/named-dialog';
import { NamedList } from '@/components/settings/named-list';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { PoolView } from '@/lib/dispatch';

/** PoolsPanel lists the workspace's pools and changes their slots; a change acts on what waits at once. */
export function PoolsPanel({ workspace, pools, mayWrite }: { workspace: string; pools: PoolView[]; mayWrite: boolean }) {
  return (
    <NamedList
      workspace={workspace}
      path="/pools"
      title="Pools"
      one="pool"
      remark="so many slots for what shares something scarce"
      empty="Name a pool in a task's run settings, for example warehouse, and say here how many of its tasks may run at once."
      icon={<Waves size={18} aria-hidden />}
      items={pools}
      columns={[
        { head: 'Slots', cell: (pool) => <span className="num">{pool.slots}</span> },
        { head: 'Taken', cell: (pool) => <span className="num">{pool.used}</span> },
        { head: 'Waiting', cell: (pool) => <span className="num">{pool.waiting}</span> },
      ]}
      mayWrite={mayWrite}
      removal="Tasks that name it run without its limit."
      form={(item, close) => <PoolForm workspace={workspace} item={item} onClose={close} />}
    />
  );
}

function PoolForm({ workspace, item, onClose }: { workspace: string; item: PoolView | null; onClose: () => void }) {
  const [slots, setSlots] = useState(String(item?.slots ?? 1));
  return (
    <NamedDialog workspace={workspace} path="/pools" one="pool" name={item?.name ?? null} fields={['slots']} body={() => ({ slots: slots.trim() === '' ? null : Number(slots) })} onClose={onClose}>
      {(at) => (
        <Field label="Slots" hint="How many slots its tasks may hold together; 0 lets none start." error={at('slots')}>
          <Input value={slots} onChange={(e) => setSlots(e.target.value)} inputMode="numeric" className="num" />
        </Field>
      )}
    </NamedDialog>
  );
}
