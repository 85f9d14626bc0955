'use client';

import { useState } from 'react';
import { request } from '@/components/api/request';
import { useCall } from '@/components/settings/use-call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Panel, PanelHead } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import type { WorkspaceShare } from '@/lib/dispatch';

/** WeightsPanel lists workspaces with what they hold and wait for, and changes weight and limit. */
export function WeightsPanel({ workspaces, mayWrite }: { workspaces: WorkspaceShare[]; mayWrite: boolean }) {
  const [changed, setChanged] = useState<WorkspaceShare | null>(null);
  const weights = workspaces.filter((w) => w.running + w.ready > 0).reduce((sum, w) => sum + w.weight, 0);
  return (
    <Panel>
      <PanelHead title="Workspaces" remark="shares by weight among those that have work" />
      <Table label="Workspaces" className="stack">
        <thead>
          <tr>
            <Th>Workspace</Th>
            <Th numeric>Running</Th>
            <Th numeric>Waiting</Th>
            <Th numeric>Weight</Th>
            <Th numeric>Share</Th>
            <Th numeric>At once</Th>
            {mayWrite && <Th />}
          </tr>
        </thead>
        <tbody>
          {workspaces.map((w) => (
            <tr key={w.slug}>
              <Td>
                <span className="font-medium">{w.name}</span> <span className="mono text-12 text-ink-3">{w.slug}</span>
              </Td>
              <Td numeric>{w.running}</Td>
              <Td numeric>{w.ready}</Td>
              <Td numeric>{w.weight}</Td>
              <Td numeric className="text-ink-2">
                {w.running + w.ready > 0 ? `${Math.round((w.weight / weights) * 100)} %` : '–'}
              </Td>
              <Td numeric className="text-ink-2">
                {w.maxActiveTasks ?? 'any'}
              </Td>
              {mayWrite && (
                <Td className="text-right">
                  <Button size="sm" onClick={() => setChanged(w)} aria-label={`Change ${w.name}`}>
                    Change
                  </Button>
                </Td>
              )}
            </tr>
          ))}
        </tbody>
      </Table>
      {changed && <WeightForm of={changed} onClose={() => setChanged(null)} />}
    </Panel>
  );
}

function WeightForm({ of, onClose }: { of: WorkspaceShare; onClose: () => void }) {
  const [weight, setWeight] = useState(String(of.weight));
  const [most, setMost] = useState(of.maxActiveTasks === null ? '' : String(of.maxActiveTasks));
  const call = useCall(['weight', 'maxActiveTasks']);
  const save = () =>
    call.run(
      () =>
        request(`/api/v1/workspaces/${of.slug}`, {
          method: 'PATCH',
          body: { weight: weight.trim() === '' ? null : Number(weight), maxActiveTasks: most.trim() === '' ? null : Number(most) },
        }),
      onClose,
    );
  return (
    <Dialog
      title={`Change ${of.name}`}
      description="Acts on what waits at once. What runs already goes on."
      open
      onOpenChange={(open) => !open && onClose()}
      footer={
        <Button look="primary" busy={call.busy} onClick={() => void save()}>
          Save
        </Button>
      }
    >
      {call.error !== null && <Banner tone="error" title={call.error} />}
      <Field label="Weight" hint="A workspace of weight 2 gets twice the slots of one of weight 1 while both have work." error={call.at('weight')}>
        <Input value={weight} onChange={(e) => setWeight(e.target.value)} inputMode="numeric" className="num" autoFocus />
      </Field>
      <Field label="Tasks at once" hint="Empty: as many as there are slots." error={call.at('maxActiveTasks')}>
        <Input value={most} onChange={(e) => setMost(e.target.value)} inputMode="numeric" className="num" />
      </Field>
    </Dialog>
  );
}
