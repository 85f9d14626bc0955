'use client';

import { useQuery } from '@tanstack/react-query';
import { useId, useMemo } from 'react';
import { request, sentenceOf, workspaceUrl } from '@/components/api/request';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { scheduleWords } from '@/lib/scheduler';
import { useFields } from './field-context';
import { NumberInput } from './number-input';
import { Suggest } from './suggest';

type Item = Record<string, unknown>;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const UNITS = [
  { value: 'M', label: 'minutes', time: true },
  { value: 'H', label: 'hours', time: true },
  { value: 'D', label: 'days', time: false },
  { value: 'W', label: 'weeks', time: false },
  { value: 'MO', label: 'months', time: false },
] as const;
type Unit = (typeof UNITS)[number]['value'];

/** simple reads a duration of one unit, PT15M; null when it has several. */
function simple(every: string): { count: number; unit: Unit } | null {
  const found = /^P(?:(\d+)([DWM])|T(\d+)([MH]))$/.exec(every);
  if (!found) return null;
  return found[2] !== undefined ? { count: Number(found[1]), unit: found[2] === 'M' ? 'MO' : (found[2] as Unit) } : { count: Number(found[3]), unit: found[4] as Unit };
}

const duration = (count: number, unit: Unit): string => (UNITS.find((u) => u.value === unit)?.time ? `PT${count}${unit}` : `P${count}${unit === 'MO' ? 'M' : unit}`);

/** ScheduleForm edits a schedule trigger and shows when it fires next, in its own zone. */
export function ScheduleForm({ trigger, put, errorAt }: { trigger: Item; put: (change: Item) => void; errorAt: (field: string) => string | null }) {
  const { readOnly } = useFields();
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone')], []);
  const list = useId();
  const byCron = trigger.every === undefined;
  const every = simple(text(trigger.every));
  return (
    <>
      <Segmented
        label="Fires by"
        value={byCron ? 'cron' : 'every'}
        onChange={(by) => !readOnly && put(by === 'cron' ? { cron: text(trigger.cron) || '0 6 * * *', every: undefined } : { every: text(trigger.every) || 'P1D', cron: undefined })}
        options={[{ value: 'cron', label: 'Cron' }, { value: 'every', label: 'Every' }]}
        className="self-start"
      />
      {byCron ? (
        <Field label="Cron" hint="Minute, hour, day of month, month, day of week." error={errorAt('cron')}>
          <Input className="mono" value={text(trigger.cron)} placeholder="0 6 * * *" spellCheck={false} readOnly={readOnly} onChange={(event) => put({ cron: event.target.value, every: undefined })} />
        </Field>
      ) : every ? (
        <div className="grid grid-cols-2 gap-2">
          <Field label="Every" error={errorAt('every')}>
            <NumberInput value={every.count} readOnly={readOnly} onChange={(count) => put({ every: duration(Math.max(1, Math.round(Number(count ?? 1))), every.unit) })} />
          </Field>
          <Field label="Unit">
            <Select label="Unit" disabled={readOnly} value={every.unit} options={UNITS.map(({ value, label }) => ({ value, label }))} onChange={(unit) => put({ every: duration(every.count, unit) })} />
          </Field>
        </div>
      ) : (
        <Field label="Every" hint="An ISO 8601 duration." error={errorAt('every')}>
          <Input className="mono" value={text(trigger.every)} placeholder="P1DT12H" readOnly={readOnly} onChange={(event) => put({ every: event.target.value, cron: undefined })} />
        </Field>
      )}
      <div className="grid grid-cols-2 gap-2">
        <Field label="Time zone" error={errorAt('zone')}>
          <Input list={list} value={text(trigger.zone)} placeholder="UTC" autoComplete="off" spellCheck={false} readOnly={readOnly} onChange={(event) => put({ zone: event.target.value })} />
          <datalist id={list}>
            {zones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </Field>
        <Field label="First interval from" error={errorAt('start')}>
          <Input className="mono" value={text(trigger.start)} placeholder="2026-01-31" readOnly={readOnly} onChange={(event) => put({ start: event.target.value })} />
        </Field>
      </div>
      <Field label="Not on the days of" hint="A calendar of this workspace. The interval before goes on over its days." error={errorAt('calendar')}>
        <Suggest kind="calendar" value={text(trigger.calendar)} onChange={(calendar) => put({ calendar })} />
      </Field>
      <Field label="When the run before has not ended" error={errorAt('overlap')}>
        <Select
          label="When the run before has not ended"
          disabled={readOnly}
          value={(text(trigger.overlap) || 'skip') as 'skip'}
          options={[
            { value: 'skip', label: 'Skip the interval' },
            { value: 'buffer_one', label: 'Let one interval wait' },
            { value: 'buffer_all', label: 'Let all intervals wait' },
            { value: 'cancel_other', label: 'Stop the run before' },
            { value: 'allow_all', label: 'Run both' },
          ]}
          onChange={(overlap) => put({ overlap: overlap === 'skip' ? undefined : overlap })}
        />
      </Field>
      <Switch label="Catch up" hint="Run every interval that was missed; else only the latest." disabled={readOnly} checked={trigger.catchup === true} onCheckedChange={(on: boolean) => put({ catchup: on ? true : undefined })} />
      {trigger.catchup === true && (
        <Field label="Back to at most" error={errorAt('catchupWindowSeconds')}>
          <NumberInput value={trigger.catchupWindowSeconds} readOnly={readOnly} unit="seconds" onChange={(value) => put({ catchupWindowSeconds: value })} />
        </Field>
      )}
      <NextTimes trigger={trigger} />
    </>
  );
}

/** NextTimes asks when a schedule fires next and shows the times on the clocks of its zone. */
function NextTimes({ trigger }: { trigger: Item }) {
  const { workspace } = useFields();
  const times: { cron?: string; every?: string; start?: string; zone?: string; calendar?: string } = {};
  for (const key of ['cron', 'every', 'start', 'zone', 'calendar'] as const) if (text(trigger[key]) !== '') times[key] = text(trigger[key]);
  const zone = text(trigger.zone) || 'UTC';
  const known = times.cron !== undefined || times.every !== undefined;
  const { data, error } = useQuery({
    queryKey: [workspace, 'preview', times],
    enabled: workspace !== '' && known,
    retry: false,
    queryFn: ({ signal }) => request<{ times: string[] }>(workspaceUrl(workspace, '/schedule/preview'), { body: { ...times, count: 10 }, signal }),
  });
  if (!known) return null;
  if (error !== null) return <p role="status" className="text-12 text-failed">{sentenceOf(error)}</p>;
  if (!data) return null;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'shortOffset',
  });
  return (
    <section aria-label="Next times" className="flex flex-col gap-1 border-t border-line pt-2">
      <p className="text-12 font-medium text-ink-2">{scheduleWords(times)}</p>
      {data.times.length === 0 ? (
        <p className="text-12 text-ink-3">It never fires again.</p>
      ) : (
        <ol className="num flex flex-col text-12 text-ink-2">
          {data.times.map((at) => (
            <li key={at}>
              <time dateTime={at} title={at}>
                {format.format(new Date(at))}
              </time>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
