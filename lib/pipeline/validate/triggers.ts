import { Cron } from 'croner';
import { ExpressionError, nameCondition } from '@/lib/core/expressions';
import { didYouMean } from '@/lib/core/suggest';
import { type DatasetTrigger, type WebhookTrigger } from '../event-triggers';
import { writeOf } from '../tables';
import { type Facts } from './facts';
import { type Report } from './report';

/** triggerProblems checks what a schema cannot: that a cron fires, that a zone exists, that named pipelines are there. */
export function triggerProblems(report: Report, facts: Facts): void {
  report.spec.triggers.forEach((trigger, at) => {
    const say = (field: string, message: string, severity?: 'warning') => report.at(['triggers', at, field], message, severity);
    const { cron, zone, pipeline } = trigger as {
      cron?: unknown;
      zone?: unknown;
      pipeline?: unknown;
    };
    if (typeof zone === 'string' && !isZone(zone))
      say('zone', `There is no time zone "${zone}". Use a name like Europe/Berlin or UTC.`);
    if (typeof cron === 'string' && cron !== '') {
      const why = whyNotCron(cron);
      if (why !== null) say('cron', why);
    }
    if (typeof trigger.calendar === 'string' && facts.calendars && !facts.calendars.includes(trigger.calendar))
      say('calendar', `There is no calendar "${trigger.calendar}" in this workspace.${didYouMean(trigger.calendar, facts.calendars)} Add it under Settings, Calendars.`);
    if (trigger.kind === 'run' && typeof pipeline === 'string' && facts.pipelines) {
      const slugs = facts.pipelines.map((each) => each.slug);
      if (pipeline === facts.slug)
        say('pipeline', 'A pipeline cannot be started by its own runs: it would never end.');
      else if (!slugs.includes(pipeline))
        say(
          'pipeline',
          `There is no published pipeline "${pipeline}" in this workspace.${didYouMean(pipeline, slugs)}`,
        );
    }
    if (trigger.kind === 'dataset') datasetProblems(report, facts, at, trigger as DatasetTrigger);
    if (trigger.kind === 'webhook') webhookProblems(report, facts, at, trigger as WebhookTrigger);
  });
}

/** A dataset trigger needs datasets that are there or that a published pipeline writes, and not its own. */
function datasetProblems(report: Report, facts: Facts, at: number, trigger: DatasetTrigger): void {
  const { expression, all, any } = trigger;
  const named: { name: string; path: (string | number)[] }[] = [];
  if (typeof expression === 'string' && expression !== '') {
    try {
      for (const name of nameCondition(expression, 'datasets').names) named.push({ name, path: ['expression'] });
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      report.at(['triggers', at, 'expression'], error.message);
    }
  }
  for (const [field, names] of Object.entries({ all, any }))
    if (Array.isArray(names)) names.forEach((name, i) => typeof name === 'string' && named.push({ name, path: [field, i] }));
  const own = new Set(report.spec.tasks.map((task) => writeOf(task)?.dataset));
  for (const { name, path } of named) {
    if (own.has(name)) report.at(['triggers', at, ...path], `This pipeline writes dataset "${name}" itself, so it would start itself for ever.`);
    else if (facts.datasets && !facts.datasets.includes(name) && !facts.written?.includes(name))
      report.at(['triggers', at, ...path], `There is no dataset "${name}" in this workspace, and no published pipeline writes it.${didYouMean(name, [...facts.datasets, ...(facts.written ?? [])])}`);
  }
}

function webhookProblems(report: Report, facts: Facts, at: number, { auth }: WebhookTrigger): void {
  const secret = typeof auth === 'object' && auth !== null ? auth.secret : undefined;
  if (typeof secret === 'string' && facts.secrets && !facts.secrets.includes(secret))
    report.at(['triggers', at, 'auth', 'secret'], `There is no secret "${secret}" in this workspace.${didYouMean(secret, facts.secrets)} Add it under Settings, Secrets.`);
}

const zones = new Map<string, boolean>();

function isZone(zone: string): boolean {
  let known = zones.get(zone);
  if (known === undefined) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      known = true;
    } catch {
      known = false;
    }
    zones.set(zone, known);
  }
  return known;
}

/** whyNotCron says why a cron expression cannot be used, or null. Five fields: minute, hour, day of month, month, day of week. */
export function whyNotCron(cron: string): string | null {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5 && !cron.startsWith('@'))
    return `The cron expression "${cron}" has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, but needs five: minute, hour, day of month, month, day of week. For example 0 6 * * 1-5.`;
  const extended = /[a-z]*[^a-z\d*,/\s-]|\b(?!(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b)\d*[a-z]+/i.exec(cron);
  if (!cron.startsWith('@') && extended)
    return `The cron expression "${cron}" cannot be read: "${extended[0]}" is not understood. Fields take numbers, names, *, lists, ranges and steps.`;
  if (cron.startsWith('@') && !/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/i.test(cron.trim()))
    return `The cron expression "${cron}" cannot be read: the names are @yearly, @monthly, @weekly, @daily and @hourly.`;
  try {
    const job = new Cron(cron, { paused: true, timezone: 'UTC' });
    return job.nextRun(new Date(0)) === null ? `The cron expression "${cron}" never fires.` : null;
  } catch (error) {
    const detail = (error instanceof Error ? error.message : String(error))
      .replace(/^CronPattern: /, '')
      .replace(/\.$/, '');
    return `The cron expression "${cron}" cannot be read: ${detail}.`;
  }
}
