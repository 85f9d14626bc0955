import { z } from 'zod';
import { field, json } from '../fields';
import { defineNode, plain } from './define';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;

const configSchema = z.strictObject({
  method: field(z.enum(METHODS), {
    label: 'Method',
    widget: 'select',
    options: METHODS.map((m) => ({ value: m, label: m })),
  }),
  url: field(z.string().min(1, 'Give an address.'), {
    label: 'Address',
    widget: 'text',
    placeholder: 'https://api.example.org/items',
  }),
  headers: field(
    z.record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'This is no header name.'), z.string()),
    { label: 'Headers', widget: 'map' },
  ).optional(),
  body: field(json, {
    label: 'Body',
    widget: 'code',
    language: 'json',
    hint: 'Text, or JSON that is sent as such.',
  }).optional(),
  auth: field(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('bearer'), token: z.string().min(1) }),
      z.strictObject({ type: z.literal('basic'), user: z.string(), password: z.string() }),
      z.strictObject({ type: z.literal('header'), name: z.string().min(1), value: z.string() }),
    ]),
    { label: 'Sign-in', widget: 'json', hint: '{"type": "bearer", "token": "{{ secrets.api_token }}"}' },
  ).optional(),
  output: field(z.enum(['table', 'json']), {
    label: 'Result',
    widget: 'select',
    options: [
      { value: 'table', label: 'A table' },
      { value: 'json', label: 'JSON for expressions' },
    ],
  }).optional(),
  rowsAt: field(z.string().min(1), {
    label: 'Rows at',
    widget: 'text',
    hint: 'Where the rows are inside the JSON, for example data.items.',
    advanced: true,
  }).optional(),
  format: field(z.enum(['json', 'ndjson', 'csv', 'parquet']), {
    label: 'Format',
    widget: 'select',
    hint: "Without one the answer's content type decides.",
    advanced: true,
    options: [
      { value: 'json', label: 'JSON' },
      { value: 'ndjson', label: 'JSON lines' },
      { value: 'csv', label: 'CSV' },
      { value: 'parquet', label: 'Parquet' },
    ],
  }).optional(),
  pagination: field(
    z.discriminatedUnion('type', [
      /** counts up a query parameter until a page has no rows */
      z.strictObject({
        type: z.literal('page'),
        param: z.string().min(1),
        start: z.number().int().min(0).optional(),
        maxPages: z.number().int().min(1).max(10_000).optional(),
      }),
      /** sends back a value found in the answer until it is missing */
      z.strictObject({
        type: z.literal('cursor'),
        param: z.string().min(1),
        cursorAt: z.string().min(1),
        maxPages: z.number().int().min(1).max(10_000).optional(),
      }),
      /** follows the answer's Link header with rel="next" */
      z.strictObject({ type: z.literal('link'), maxPages: z.number().int().min(1).max(10_000).optional() }),
    ]),
    { label: 'Pages', widget: 'json', advanced: true, hint: '{"type": "page", "param": "page"}' },
  ).optional(),
});

export const http = defineNode({
  label: 'HTTP',
  domain: 'data',
  what: 'Call a web service and keep its answer as a table.',
  configSchema,
  provides: true,
  runsUserCode: false,
  defaults: { method: 'GET', url: '', output: 'table' },
  summary: (c) => (plain(c.url) ? `${plain(c.method)} ${plain(c.url)}` : 'Give an address'),
});
