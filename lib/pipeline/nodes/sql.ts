import { z } from 'zod';
import { field } from '../fields';
import { defineNode, firstLine } from './define';

const configSchema = z.strictObject({
  sql: field(
    z.string().refine((text) => text.trim() !== '', 'Write a SQL statement.'),
    {
      label: 'SQL',
      widget: 'code',
      language: 'sql',
      hint: "Each upstream is a table under its id. The last statement's rows are the output.",
      placeholder: 'select … from …',
    },
  ),
});

export const sql = defineNode({
  label: 'SQL',
  domain: 'data',
  what: 'Transform and join tables with DuckDB.',
  configSchema,
  provides: true,
  runsUserCode: true,
  defaults: { sql: '' },
  summary: (c) => firstLine(c.sql) || 'Write a query',
});
