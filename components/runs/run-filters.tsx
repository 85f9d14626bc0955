'use client';

import { useQuery } from '@tanstack/react-query';
import { useWorkspace } from '@/components/shell/workspace';
import { StateIcon, stateEntry } from '@/components/state';
import { FilterChip } from '@/components/lists/filter-chip';
import { SearchField } from '@/components/lists/search-field';
import { RUN_STATES } from '@/lib/runs';
import { TRIGGER_OPTIONS } from './words';

const STATES = RUN_STATES.map((value) => ({
  value,
  label: stateEntry(value).label,
  icon: <StateIcon state={value} label={null} />,
}));

// The value is how many hours back.
const SINCE = [
  { value: '1', label: 'last hour' },
  { value: '24', label: 'last 24 h' },
  { value: '168', label: 'last 7 days' },
  { value: '720', label: 'last 30 days' },
];

/** RunFilters are the filters of the list of runs; all of them live in the address. */
export function RunFilters({ ofOnePipeline = false }: { ofOnePipeline?: boolean }) {
  const { slug, call, can } = useWorkspace();
  const pipelines = useQuery({
    queryKey: [slug, 'pipeline', 'names'],
    queryFn: ({ signal }) =>
      call<{ items: { slug: string }[] }>('/pipelines', { query: { limit: 200 }, signal }),
  });
  const people = useQuery({
    queryKey: [slug, 'member', 'names'],
    queryFn: ({ signal }) =>
      call<{ items: { name: string }[] }>('/members', { query: { limit: 200 }, signal }),
    enabled: can('member:read'),
  });
  const same = (values: readonly string[]) => values.map((value) => ({ value, label: value }));
  return (
    <div role="search" className="flex flex-wrap items-center gap-2">
      <SearchField label="Search runs" className="w-full sm:w-56" />
      {!ofOnePipeline && (
        <FilterChip
          name="pipeline"
          label="Pipeline"
          options={same(pipelines.data?.items.map((p) => p.slug) ?? [])}
          single
        />
      )}
      <FilterChip name="state" label="State" options={STATES} />
      <FilterChip name="trigger" label="Trigger" options={TRIGGER_OPTIONS} />
      <FilterChip name="since" label="Time" options={SINCE} single />
      <FilterChip name="who" label="By" options={same(people.data?.items.map((p) => p.name) ?? [])} single />
    </div>
  );
}
