import { Panel } from '@/components/ui/panel';
import { type Evidence } from '@/lib/rollout';
import { ArmsTable, ComparisonTable } from './comparison-table';

/** EvidencePanel says the verdict in a sentence, then what it rests on. */
export function EvidencePanel({ evidence }: { evidence: Evidence | null }) {
  if (!evidence)
    return (
      <Panel className="px-4 py-4 text-16">
        <b className="font-semibold">The evidence could not be read in time.</b> The log is large or busy; the page tries again with the next change.
      </Panel>
    );
  return (
    <Panel>
      <p className="border-b border-line px-4 py-3 text-16">
        <b className="font-semibold">{evidence.lead}</b> {evidence.rest}
        {evidence.kind === 'shadow' && ' The candidate answers copies of calls; callers get the stable version.'}
      </p>
      <ComparisonTable evidence={evidence} />
      <div className="border-t border-line">
        <ArmsTable evidence={evidence} />
      </div>
    </Panel>
  );
}
