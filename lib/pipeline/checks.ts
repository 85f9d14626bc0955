import { z } from 'zod';

const common = {
  /** block (default) quarantines what was written and fails the task; warn records. */
  severity: z.enum(['warn', 'block']).optional(),
  name: z.string().min(1).max(200).optional(),
  /** Which table, when several reach the place where the check stands. */
  table: z.string().min(1).optional(),
};
const column = z.string().min(1, 'Name a column.');
const columns = z.array(column).min(1, 'Name at least one column.');
const bound = z.union([z.number(), z.string().min(1)]);
const count = z.number().int().min(0);

/** needsOneOf asks for at least one of several fields and says so at the first. */
function needsOneOf(names: string[], sentence: string) {
  return (value: Record<string, unknown>, context: z.RefinementCtx) => {
    if (names.every((name) => value[name] === undefined))
      context.addIssue({ code: 'custom', path: [names[0] ?? ''], message: sentence });
  };
}

/** Check is one expectation about a table (contract §2). A share is between 0 and 1. */
export const checkSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('schema'),
    columns: z
      .array(z.strictObject({ name: column, type: z.string().min(1).optional() }))
      .min(1, 'List the expected columns.'),
    /** true: no other columns may be there. */
    exact: z.boolean().optional(),
    ...common,
  }),
  z
    .strictObject({ type: z.literal('row_count'), min: count.optional(), max: count.optional(), ...common })
    .superRefine(needsOneOf(['min', 'max'], 'Give the least or the greatest number of rows.')),
  z
    .strictObject({
      type: z.literal('not_null'),
      column: column.optional(),
      columns: columns.optional(),
      maxShare: z.number().min(0).max(1).optional(),
      ...common,
    })
    .superRefine(needsOneOf(['column', 'columns'], 'Name the column that must not be null.')),
  z
    .strictObject({
      type: z.literal('unique'),
      column: column.optional(),
      columns: columns.optional(),
      ...common,
    })
    .superRefine(needsOneOf(['column', 'columns'], 'Name the column that must be unique.')),
  z
    .strictObject({
      type: z.literal('range'),
      column,
      min: bound.optional(),
      max: bound.optional(),
      maxShare: z.number().min(0).max(1).optional(),
      ...common,
    })
    .superRefine(needsOneOf(['min', 'max'], 'Give the least or the greatest value.')),
  z.strictObject({
    type: z.literal('accepted_values'),
    column,
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1, 'List the accepted values.'),
    ...common,
  }),
  z.strictObject({
    type: z.literal('referential'),
    column,
    references: z.strictObject({ table: z.string().min(1), column }),
    ...common,
  }),
  z.strictObject({ type: z.literal('freshness'), column, maxAgeSeconds: z.number().positive(), ...common }),
  /** The rows that the query returns are the violations; the table under test is called by its own name. */
  z.strictObject({
    type: z.literal('sql'),
    sql: z.string().min(1, 'Write a query that returns the rows that are wrong.'),
    ...common,
  }),
]);

export type Check = z.infer<typeof checkSchema>;
export type CheckType = Check['type'];

/** CHECK_TYPES lists the kinds of check with the sentence that a person chooses by. */
export const CHECK_TYPES = {
  schema: 'Columns and types are as expected',
  row_count: 'Number of rows is within bounds',
  not_null: 'Column has no nulls',
  unique: 'Column has no duplicates',
  range: 'Values lie in a range',
  accepted_values: 'Values come from a list',
  referential: 'Values exist in another table',
  freshness: 'Newest value is recent enough',
  sql: 'A query returns no rows',
} satisfies Record<CheckType, string>;
