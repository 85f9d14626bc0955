'use client';

import { Search, ShieldCheck } from 'lucide-react';
import { parseAsString, useQueryStates } from 'nuqs';
import { useState } from 'react';
import { request, workspaceUrl } from '@/components/api/request';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Chip } from '@/components/ui/chip';
import { Input } from '@/components/ui/input';
import { useCall } from './use-call';

type Verdict = { rows: number; breaches: { id: string; at: string; kind: 'edited' | 'gap' }[] };

/** AuditFilters searches the audit and checks its chain. */
export function AuditFilters({ workspace }: { workspace: string }) {
  const [search, setSearch] = useQueryStates(
    { q: parseAsString, actor: parseAsString, target: parseAsString, cursor: parseAsString },
    { shallow: false, throttleMs: 300 },
  );
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const call = useCall();
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Input
          aria-label="Search the audit"
          placeholder="Search in verbs, names and contents"
          start={<Search size={14} aria-hidden />}
          className="max-w-80"
          defaultValue={search.q ?? ''}
          onChange={(e) => void setSearch({ q: e.target.value || null, cursor: null })}
        />
        {search.actor !== null && (
          <Chip name="By" onRemove={() => void setSearch({ actor: null, cursor: null })}>
            {search.actor}
          </Chip>
        )}
        {search.target !== null && (
          <Chip name="On" onRemove={() => void setSearch({ target: null, cursor: null })}>
            {search.target}
          </Chip>
        )}
        {search.cursor !== null && (
          <Chip name="Page" onRemove={() => void setSearch({ cursor: null })}>
            older
          </Chip>
        )}
        <Button
          className="ml-auto"
          busy={call.busy}
          onClick={() =>
            void call.run(() => request<Verdict>(workspaceUrl(workspace, '/audit/verify')), setVerdict)
          }
        >
          <ShieldCheck size={16} aria-hidden />
          Verify
        </Button>
      </div>
      {call.error !== null && <Banner tone="error" title={call.error} />}
      {verdict !== null && <VerdictBanner {...verdict} />}
    </>
  );
}

function VerdictBanner({ rows, breaches }: Verdict) {
  if (breaches.length === 0)
    return (
      <Banner
        title={`The audit is whole: ${rows.toLocaleString('en')} entries, each sealed with the one before it.`}
      />
    );
  const [first] = breaches;
  return (
    <Banner
      tone="error"
      title={`The audit was tampered with in ${breaches.length > 100 ? 'more than 100' : breaches.length} places.`}
    >
      First: entry {first?.id},{' '}
      {first?.kind === 'edited' ? 'whose content was changed afterwards' : 'before which entries are missing'}
      . Compare with a backup.
    </Banner>
  );
}
