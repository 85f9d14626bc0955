import { z } from 'zod';
import { datasetNameSchema, field } from '../fields';
import { defineNode, firstLine, plain } from './define';

const configSchema = z
  .strictObject({
    path: field(z.string().min(1, "Choose one of the workspace's files."), {
      label: 'File',
      widget: 'file',
      hint: "A file in this workspace's files; * matches several.",
      placeholder: 'demo/flights-3m.parquet',
    }).optional(),
    url: field(z.string().min(1, 'Give an address.'), {
      label: 'Address',
      widget: 'text',
      placeholder: 'https://…/data.csv',
    }).optional(),
    dataset: field(datasetNameSchema, { label: 'Dataset', widget: 'dataset' }).optional(),
    connection: field(z.string().min(1), {
      label: 'Connection',
      widget: 'connection',
      advanced: true,
    }).optional(),
    query: field(z.string().min(1), {
      label: 'Query',
      widget: 'code',
      language: 'sql',
      advanced: true,
    }).optional(),
    format: field(z.enum(['csv', 'json', 'ndjson', 'parquet']), {
      label: 'Format',
      widget: 'select',
      hint: 'Without one the file name decides.',
      options: [
        { value: 'csv', label: 'CSV' },
        { value: 'json', label: 'JSON' },
        { value: 'ndjson', label: 'JSON lines' },
        { value: 'parquet', label: 'Parquet' },
      ],
    }).optional(),
    options: field(
      z.strictObject({
        delimiter: z.string().min(1).max(4).optional(),
        header: z.boolean().optional(),
        quote: z.string().max(1).optional(),
        nullText: z.string().optional(),
        dateFormat: z.string().optional(),
        timestampFormat: z.string().optional(),
        skipRows: z.number().int().min(0).optional(),
        /** true: rows that do not fit are left out and counted; false (default): the first one fails the task. */
        ignoreErrors: z.boolean().optional(),
        /** column name → DuckDB type */
        types: z.record(z.string(), z.string()).optional(),
        encoding: z.string().optional(),
        sampleRows: z.number().int().min(1).optional(),
        headers: z.record(z.string(), z.string()).optional(),
      }),
      { label: 'Reading options', widget: 'json', advanced: true },
    ).optional(),
  })
  .superRefine((config, context) => {
    const given = (['path', 'url', 'dataset', 'connection'] as const).filter(
      (name) => config[name] !== undefined,
    );
    if (given.length === 0)
      context.addIssue({
        code: 'custom',
        path: ['path'],
        message: 'Choose where the data comes from: a file, an address, a dataset or a connection.',
      });
    if (given.length > 1)
      context.addIssue({
        code: 'custom',
        path: [given[1] ?? 'url'],
        message: `A source reads one thing, but ${given.join(' and ')} are given. Keep one of them.`,
      });
    if (config.connection !== undefined && config.query === undefined)
      context.addIssue({
        code: 'custom',
        path: ['query'],
        message: 'Write the query to run on the connection.',
      });
    if (config.query !== undefined && config.connection === undefined)
      context.addIssue({
        code: 'custom',
        path: ['connection'],
        message: 'Name the connection on which the query runs.',
      });
  });

export const source = defineNode({
  label: 'Source',
  domain: 'data',
  what: 'Read a file, an address or a dataset.',
  configSchema,
  provides: true,
  runsUserCode: false,
  defaults: {},
  summary: (c) =>
    plain(c.path) || plain(c.url) || plain(c.dataset) || firstLine(c.query) || 'Choose what to read',
});
