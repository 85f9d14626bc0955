import { prisma } from '@/lib/db/client';
import { type Sql } from '@/lib/db/sql';
import { type Tx } from '@/lib/db/transaction';
import { type DraftSpec, type ScheduleTrigger } from '@/lib/pipeline';
import { type CalendarView } from './schema';

const NONE: ReadonlySet<string> = new Set();

/**
 * excludedBy tells for each schedule of a spec on which dates its calendar lets it not fire. Nothing is read for a spec without calendars.
 */
export async function excludedBy(workspaceId: string, spec: Pick<DraftSpec, 'triggers'>): Promise<(trigger: Pick<ScheduleTrigger, 'calendar'>) => ReadonlySet<string>> {
  const names = spec.triggers.flatMap(({ calendar }) => (typeof calendar === 'string' ? [calendar] : []));
  if (names.length === 0) return () => NONE;
  const rows = await prisma().calendar.findMany({ where: { workspaceId, name: { in: names } }, select: { name: true, dates: true } });
  const dates = new Map(rows.map((row) => [row.name, new Set(row.dates)]));
  return ({ calendar }) => (calendar === undefined ? NONE : (dates.get(calendar) ?? NONE));
}

/** calendarRows lists a workspace's calendars by name, each with the pipelines that go by it. @param name only this one */
export async function calendarRows(workspaceId: string, name: string | null, on: Sql = prisma()): Promise<CalendarView[]> {
  return on.$queryRawUnsafe<CalendarView[]>(
    `select c.name, c.dates, c.updated_by as "updatedBy", c.updated_at as "updatedAt", array(
       select p.slug from pipeline p join pipeline_version v on v.pipeline_id = p.id and v.number = p.current_version
       where p.workspace_id = c.workspace_id and jsonb_path_exists(v.spec, '$.triggers[*] ? (@.calendar == $name)', jsonb_build_object('name', c.name))
       order by p.slug) as "usedBy"
     from calendar c where c.workspace_id = $1::uuid and ($2::text is null or c.name = $2) order by c.name`,
    workspaceId, name,
  );
}

/** saveCalendar stores or replaces a calendar, and has every schedule that goes by it look again when it fires next. */
export async function saveCalendar(tx: Tx, workspaceId: string, calendar: { name: string; dates: string[]; updatedBy: string; now: Date }): Promise<void> {
  const data = { dates: calendar.dates, updatedBy: calendar.updatedBy, updatedAt: calendar.now };
  await tx.calendar.upsert({ where: { workspaceId_name: { workspaceId, name: calendar.name } }, create: { workspaceId, name: calendar.name, ...data }, update: data });
  await tx.$executeRawUnsafe(
    `update schedule set next_due = $3::timestamptz where workspace_id = $1::uuid and enabled and trigger ->> 'calendar' = $2`,
    workspaceId, calendar.name, calendar.now,
  );
}

export async function removeCalendar(tx: Tx, workspaceId: string, name: string): Promise<void> {
  await tx.calendar.deleteMany({ where: { workspaceId, name } });
}
