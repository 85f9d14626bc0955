'use client';

import { Dialog } from '@/components/ui/dialog';
import { Time } from '@/components/time';
import { Panel, PanelHead } from '@/components/ui/panel';
import { CountPill } from '@/components/ui/chip';
import { StateIcon } from '@/components/state';
import { Table, Td, Th } from '@/components/ui/table';
import { type RolloutView } from '@/lib/rollout';
import { ArmsTable, ComparisonTable } from './comparison-table';
import { decisionWords, ROLLOUT_LOOK } from './words';

/** Ledger lists every transition: when, what, by whom, why, and on which evidence. */
export function Ledger({ decisions }: { decisions: RolloutView['decisions'] }) {
  return (
    <Panel>
      <PanelHead title="Ledger" count={<CountPill>{decisions.length}</CountPill>} />
      <Table label="Ledger" className="stack">
        <thead>
          <tr>
            <Th>Time</Th>
            <Th>Step</Th>
            <Th>By</Th>
            <Th>Reason</Th>
            <Th numeric>Evidence</Th>
          </tr>
        </thead>
        <tbody>
          {decisions.map((d) => (
            <tr key={d.id}>
              <Td className="whitespace-nowrap text-ink-2 max-md:order-2 max-md:justify-self-end max-md:text-12">
                <Time at={d.at} />
              </Td>
              <Td className="max-md:order-1">
                <span className="inline-flex items-center gap-2 whitespace-nowrap">
                  <StateIcon state={ROLLOUT_LOOK[d.toState].state} label={ROLLOUT_LOOK[d.toState].label} />
                  {decisionWords(d.verb, d.weights.candidate)}
                </span>
              </Td>
              <Td className="whitespace-nowrap text-ink-2 max-md:order-3 max-md:text-12">{d.actor}</Td>
              <Td className="text-ink-2 max-md:order-5 max-md:col-span-2 max-md:text-12">{d.reason}</Td>
              <Td numeric className="max-md:order-4">
                <Snapshot decision={d} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

/** Snapshot opens the evidence as it was known when the decision was taken. */
function Snapshot({ decision }: { decision: RolloutView['decisions'][number] }) {
  const { evidence, evidenceHash } = decision;
  if (!evidence || !evidenceHash) return <span className="text-ink-3">–</span>;
  return (
    <Dialog
      title={`${evidence.lead} ${evidence.rest}`}
      description={<>As it was known <Time at={evidence.at} />, when this was decided.</>}
      width="lg"
      className="pb-5"
      trigger={
        <button type="button" aria-label={`Evidence ${evidenceHash.slice(0, 4)}`} className="mono rounded-tile text-12 underline decoration-line-strong underline-offset-2 hover:text-accent-text">
          {evidenceHash.slice(0, 4)}
        </button>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="rounded border border-line">
          <ComparisonTable evidence={evidence} />
        </div>
        <div className="rounded border border-line">
          <ArmsTable evidence={evidence} />
        </div>
        <p className="mono text-12 break-all text-ink-3">{evidenceHash}</p>
      </div>
    </Dialog>
  );
}
