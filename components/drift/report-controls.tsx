'use client';

import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import { GRAINS, type DriftReport } from '@/lib/drift';
import { useSelection } from './use-selection';

const day = (time: string | null): string => time?.slice(0, 10) ?? '';
/** The last day that a span with an excluded end touches. */
const lastDay = (to: string | null): string => (to === null ? '' : new Date(new Date(to).getTime() - 1).toISOString().slice(0, 10));
const dayAfter = (date: string): string => new Date(new Date(`${date}T00:00:00Z`).getTime() + 86_400_000).toISOString();

/** ReportControls chooses the model version, the span and the length of a window; the choice lives in the address. */
export function ReportControls({ report }: { report: DriftReport }) {
  const { select } = useSelection();
  return (
    <>
      {report.versions.length > 1 && (
        <Select
          label="Model version"
          className="w-auto"
          value={String(report.model.version)}
          onChange={(version) => void select({ version, window: null, from: null, to: null })}
          options={report.versions.map((version) => ({ value: String(version), label: `Model v${version}` }))}
        />
      )}
      <span className="inline-flex items-center gap-1.5">
        <Input
          type="date"
          aria-label="From"
          className="w-36"
          key={`from ${day(report.from)}`}
          defaultValue={day(report.from)}
          onChange={({ target: { value } }) => value !== '' && void select({ from: `${value}T00:00:00.000Z`, window: null })}
        />
        <span className="text-ink-3">to</span>
        <Input
          type="date"
          aria-label="To"
          className="w-36"
          key={`to ${lastDay(report.to)}`}
          defaultValue={lastDay(report.to)}
          onChange={({ target: { value } }) => value !== '' && void select({ to: dayAfter(value), window: null })}
        />
      </span>
      <Segmented label="Length of a window" value={report.grain} onChange={(grain) => void select({ grain, window: null })} options={GRAINS.map((grain) => ({ value: grain, label: grain }))} />
    </>
  );
}
