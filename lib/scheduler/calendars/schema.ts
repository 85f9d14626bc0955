import { z } from 'zod';

/** The most dates of a calendar: ten years of days. */
const MOST_DATES = 3_660;

const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'Give dates like 2026-12-25.')
  .refine((text) => !Number.isNaN(Date.parse(text)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text), 'There is no such date. Give dates like 2026-12-25.');

export const putCalendarBody = z.strictObject({ dates: z.array(date).max(MOST_DATES, `At most ${MOST_DATES.toLocaleString('en')} dates.`) });
export type PutCalendar = z.output<typeof putCalendarBody>;

/** Days on which the schedules that name it do not fire. */
export const calendarShape = z.object({
  name: z.string(),
  dates: z.array(z.string()).describe('dates on the clocks of each schedule, in order'),
  usedBy: z.array(z.string()).describe('pipelines whose current version has a schedule that names it'),
  updatedBy: z.string().nullable(),
  updatedAt: z.date(),
});
export type CalendarView = z.output<typeof calendarShape>;
