'use client';

import { FilterChip } from '@/components/lists/filter-chip';
import { DELIVERY_STATES } from '@/lib/scheduler';
import { DELIVERIES, EVENT_OPTIONS } from './words';

const STATES = DELIVERY_STATES.filter((state) => state !== 'new').map((value) => ({ value, label: DELIVERIES[value].word }));

/** EventFilters are the filters of the list of events; they live in the address. */
export function EventFilters({ pipelines }: { pipelines: readonly string[] }) {
  return (
    <div role="search" className="flex flex-wrap items-center gap-2">
      <FilterChip name="kind" label="Kind" options={EVENT_OPTIONS} single />
      <FilterChip name="pipeline" label="For pipeline" options={pipelines.map((value) => ({ value, label: value }))} single />
      <FilterChip name="state" label="Came to" options={STATES} single />
    </div>
  );
}
