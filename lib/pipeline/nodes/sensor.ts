import { z } from 'zod';
import { datasetNameSchema, field, json, seconds } from '../fields';
import { defineNode, firstLine, plain } from './define';

export const SENSOR_KINDS = ['file', 'dataset', 'sql', 'http', 'time', 'run'] as const;
export type SensorKind = (typeof SENSOR_KINDS)[number];

/** A sensor looks again after this long, and gives up after that long, in seconds, unless it says otherwise. */
export const SENSOR_EVERY_SECONDS = 60;
export const SENSOR_TIMEOUT_SECONDS = 86_400;

/** What each kind of sensor needs; the first field is the one that must be there. */
const FIELDS: Record<SensorKind, readonly string[]> = {
  file: ['path', 'since'],
  dataset: ['dataset', 'since'],
  sql: ['sql'],
  http: ['url', 'method', 'headers', 'status', 'at', 'equals'],
  time: ['time', 'zone'],
  run: ['pipeline', 'states', 'since'],
};
const NEEDED: Record<SensorKind, string> = {
  file: 'Give the path of the file to wait for; * matches any part of a name.',
  dataset: 'Choose the dataset to wait for.',
  sql: 'Write the query whose first value says when to go on.',
  http: 'Give the address to ask.',
  time: 'Give a time like 07:30 or 2030-01-01T07:30:00Z.',
  run: 'Choose the pipeline whose run to wait for.',
};
const ALWAYS = ['on', 'everySeconds', 'timeoutSeconds', 'onTimeout'];

const configSchema = z
  .strictObject({
    on: field(z.enum(SENSOR_KINDS), {
      label: 'Waits for',
      widget: 'select',
      options: [
        { value: 'file', label: 'A file' },
        { value: 'dataset', label: 'A dataset' },
        { value: 'sql', label: 'A query to be true' },
        { value: 'http', label: 'An answer of a web service' },
        { value: 'time', label: 'A time' },
        { value: 'run', label: "Another pipeline's run" },
      ],
    }),
    path: field(z.string().min(1, NEEDED.file), {
      label: 'File',
      widget: 'file',
      placeholder: 'incoming/orders-*.csv',
      hint: "In this workspace's files; * matches any part of a name.",
      only: { field: 'on', in: ['file'] },
    }).optional(),
    dataset: field(datasetNameSchema, { label: 'Dataset', widget: 'dataset', only: { field: 'on', in: ['dataset'] } }).optional(),
    sql: field(z.string().min(1, NEEDED.sql), {
      label: 'Query',
      widget: 'code',
      language: 'sql',
      hint: 'Goes on when the first value of the first row is true, not 0 and not empty. Sees the tables above it, and the newest version of the datasets it reads.',
      only: { field: 'on', in: ['sql'] },
    }).optional(),
    url: field(z.string().min(1, NEEDED.http), {
      label: 'Address',
      widget: 'text',
      placeholder: 'https://api.example.org/exports/today',
      only: { field: 'on', in: ['http'] },
    }).optional(),
    method: field(z.enum(['GET', 'HEAD', 'POST']), {
      label: 'Method',
      widget: 'select',
      options: ['GET', 'HEAD', 'POST'].map((m) => ({ value: m, label: m })),
      advanced: true,
      only: { field: 'on', in: ['http'] },
    }).optional(),
    headers: field(z.record(z.string(), z.string()), { label: 'Headers', widget: 'map', advanced: true, only: { field: 'on', in: ['http'] } }).optional(),
    status: field(z.number().int().min(100).max(599), {
      label: 'Status',
      widget: 'number',
      hint: 'Without one any status from 200 to 299 is good.',
      advanced: true,
      only: { field: 'on', in: ['http'] },
    }).optional(),
    at: field(z.string().min(1), {
      label: 'Value at',
      widget: 'text',
      placeholder: 'export.state',
      hint: 'Where to look inside the JSON answer.',
      only: { field: 'on', in: ['http'] },
    }).optional(),
    equals: field(json, {
      label: 'Is',
      widget: 'json',
      hint: 'The value to wait for, for example "done". Without one any value but null, false, 0 and "" is good.',
      only: { field: 'on', in: ['http'] },
    }).optional(),
    time: field(z.string().min(1, NEEDED.time), {
      label: 'Time',
      widget: 'text',
      placeholder: '07:30',
      hint: 'A time of the day, or a moment like 2030-01-01T07:30:00Z; {{ expressions }} may stand here.',
      only: { field: 'on', in: ['time'] },
    }).optional(),
    zone: field(z.string().min(1), { label: 'Zone', widget: 'text', placeholder: 'UTC', only: { field: 'on', in: ['time'] } }).optional(),
    pipeline: field(z.string().min(1, NEEDED.run), { label: 'Pipeline', widget: 'pipeline', only: { field: 'on', in: ['run'] } }).optional(),
    states: field(z.array(z.enum(['succeeded', 'failed', 'cancelled'])).min(1), {
      label: 'Ended',
      widget: 'strings',
      placeholder: 'succeeded',
      hint: 'One a line: succeeded, failed, cancelled.',
      only: { field: 'on', in: ['run'] },
    }).optional(),
    since: field(z.enum(['ever', 'run', 'interval']), {
      label: 'Counts when',
      widget: 'select',
      options: [
        { value: 'ever', label: 'It is there, however old' },
        { value: 'run', label: 'It came after this run began' },
        { value: 'interval', label: "It belongs to this run's interval" },
      ],
      only: { field: 'on', in: ['file', 'dataset', 'run'] },
    }).optional(),
    everySeconds: field(seconds.min(1, 'At least 1 s.'), { label: 'Looks every', widget: 'number', unit: 's', placeholder: String(SENSOR_EVERY_SECONDS) }).optional(),
    timeoutSeconds: field(seconds, { label: 'Gives up after', widget: 'number', unit: 's', placeholder: String(SENSOR_TIMEOUT_SECONDS) }).optional(),
    onTimeout: field(z.enum(['fail', 'skip']), {
      label: 'Then',
      widget: 'select',
      options: [
        { value: 'fail', label: 'Fails' },
        { value: 'skip', label: 'Is skipped' },
      ],
      advanced: true,
    }).optional(),
  })
  .superRefine((config, context) => {
    const [needed] = FIELDS[config.on];
    if (config[needed as 'path'] === undefined) context.addIssue({ code: 'custom', path: [needed!], message: NEEDED[config.on] });
    for (const name of Object.keys(config)) {
      if (config[name as 'path'] === undefined || ALWAYS.includes(name) || FIELDS[config.on].includes(name)) continue;
      context.addIssue({ code: 'custom', path: [name], message: `A sensor on "${config.on}" has no "${name}". Take it out, or choose what it waits for anew.` });
    }
    if (config.equals !== undefined && config.at === undefined)
      context.addIssue({ code: 'custom', path: ['at'], message: 'Say where in the answer the value stands that is compared.' });
    if (config.zone !== undefined && !isZone(config.zone))
      context.addIssue({ code: 'custom', path: ['zone'], message: `"${config.zone}" is no time zone. Give one like Europe/Berlin.` });
    if (config.time !== undefined && !config.time.includes('{{') && !isClock(config.time) && Number.isNaN(Date.parse(config.time)))
      context.addIssue({ code: 'custom', path: ['time'], message: NEEDED.time });
  });

/** isClock tells a time of the day from a moment. */
export const isClock = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text.trim());

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const SUMMARY: Record<SensorKind, (c: Record<string, unknown>) => string> = {
  file: (c) => plain(c.path),
  dataset: (c) => plain(c.dataset),
  sql: (c) => firstLine(c.sql),
  http: (c) => plain(c.url),
  time: (c) => `until ${plain(c.time)}`,
  run: (c) => `a run of ${plain(c.pipeline)}`,
};

export const sensor = defineNode({
  label: 'Sensor',
  domain: 'control',
  what: 'Wait for something outside, without holding a slot.',
  configSchema,
  provides: false,
  runsUserCode: false,
  defaults: { on: 'file', path: '' },
  summary: (c) => {
    const on = plain(c.on) as SensorKind;
    const needed = FIELDS[on]?.[0];
    return needed && plain(c[needed]) ? SUMMARY[on](c) : 'Choose what to wait for';
  },
});
