'use client';

import { FilterChip } from '@/components/lists/filter-chip';
import { SearchField } from '@/components/lists/search-field';

/** PipelineFilters are the filters of the list of pipelines; all of them live in the address. */
export function PipelineFilters({
  tags,
  owners,
}: {
  tags: readonly string[];
  owners: readonly { value: string; label: string }[];
}) {
  return (
    <div role="search" className="flex flex-wrap items-center gap-2">
      <SearchField label="Search pipelines" className="w-full sm:w-64" />
      <FilterChip name="tag" label="Tag" options={tags.map((value) => ({ value, label: value }))} single />
      <FilterChip name="owner" label="Owner" options={owners} single />
      <FilterChip name="show" label="Show" options={[{ value: 'archived', label: 'archived' }]} single />
    </div>
  );
}
