'use client';

import { CalendarOff } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { plural } from '@/components/time/format';
import type { CalendarView } from '@/lib/scheduler';
import { NamedDialog } from './named-dialog';
import { NamedList } from './named-list';

type Calendar = Omit<CalendarView, 'updatedAt'> & { updatedAt: string };

/** CalendarsPanel lists the days on which schedules do not fire. @param today 2026-12-25 */
export function CalendarsPanel({ workspace, calendars, mayWrite, today }: { workspace: string; calendars: Calendar[]; mayWrite: boolean; today: string }) {
  return (
    <NamedList
      workspace={workspace}
      path="/calendars"
      title="Calendars"
      one="calendar"
      remark="days on which schedules that name them do not fire"
      empty="Store the holidays once, and name the calendar in every schedule that is to leave them out."
      icon={<CalendarOff size={18} aria-hidden />}
      items={calendars}
      columns={[
        { head: 'Days', cell: (calendar) => plural(calendar.dates.length, 'day') },
        { head: 'Next', cell: (calendar) => <span className="num">{calendar.dates.filter((date) => date >= today).slice(0, 3).join(', ') || 'none ahead'}</span> },
        {
          head: 'Used by',
          cell: (calendar) =>
            calendar.usedBy.length === 0 ? (
              <span className="text-ink-3">no schedule</span>
            ) : (
              <span className="flex flex-wrap gap-x-2">
                {calendar.usedBy.map((slug) => (
                  <Link key={slug} href={`/w/${workspace}/pipelines/${slug}`} className="rounded-tile hover:underline">
                    {slug}
                  </Link>
                ))}
              </span>
            ),
        },
      ]}
      mayWrite={mayWrite}
      removal="A calendar that a published schedule names cannot be removed."
      form={(item, close) => <CalendarForm workspace={workspace} item={item} onClose={close} />}
    />
  );
}

function CalendarForm({ workspace, item, onClose }: { workspace: string; item: Calendar | null; onClose: () => void }) {
  const [text, setText] = useState(item ? item.dates.join('\n') : '');
  const dates = text.split(/[\s,;]+/).filter(Boolean);
  const wrong = (at: (path: string) => string | null) => at('dates') ?? dates.map((_, i) => at(`dates[${i}]`)).find((error) => error !== null) ?? null;
  return (
    <NamedDialog workspace={workspace} path="/calendars" one="calendar" name={item?.name ?? null} fields={['dates', ...dates.map((_, i) => `dates[${i}]`)]} body={() => ({ dates })} onClose={onClose}>
      {(at) => (
        <Field label="Dates" hint="One a line, like 2026-12-25, on the clocks of each schedule." end={plural(dates.length, 'day')} error={wrong(at)}>
          <Textarea value={text} onChange={(event) => setText(event.target.value)} rows={10} className="mono" spellCheck={false} placeholder={'2026-12-25\n2026-12-26\n2027-01-01'} />
        </Field>
      )}
    </NamedDialog>
  );
}
