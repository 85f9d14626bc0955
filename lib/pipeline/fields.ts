import { z } from 'zod';

/** How a field is shown in a form. `code` opens the editor of `language`. */
export type Widget =
  | 'text'
  | 'multiline'
  | 'code'
  | 'number'
  | 'toggle'
  | 'select'
  | 'strings'
  | 'map'
  | 'json'
  | 'expression'
  | 'tasks'
  | 'file'
  | 'dataset'
  | 'channel'
  | 'pipeline'
  | 'connection'
  | 'checks'
  | 'cases';

/** What a form needs to draw one field; the zod schema stays the truth about its values. */
export type FieldMeta = {
  label: string;
  widget: Widget;
  hint?: string;
  placeholder?: string;
  language?: 'sql' | 'python' | 'shell' | 'json' | 'text';
  options?: { value: string; label: string }[];
  /** Shown below "More". */
  advanced?: boolean;
  unit?: string;
  /** Shown only while another field of the form has one of these values. */
  only?: { field: string; in: readonly string[] };
};

/** fieldMeta is the registry that ties a form's description to a schema instance. */
export const fieldMeta = z.registry<FieldMeta>();

/** field describes a schema for the inspector and returns the schema. */
export function field<T extends z.ZodType>(schema: T, meta: FieldMeta): T {
  fieldMeta.add(schema, meta);
  return schema;
}

/** One field of a generated form. `name` is its key inside the object. */
export type FormField = FieldMeta & { name: string; required: boolean; schema: z.ZodType };

/** formFields lists the described fields of an object schema in the order of declaration. */
export function formFields(schema: z.ZodObject): FormField[] {
  const found: FormField[] = [];
  for (const [name, member] of Object.entries(schema.shape) as [string, z.ZodType][]) {
    const meta = describe(member);
    if (meta) found.push({ ...meta, name, required: !member.safeParse(undefined).success, schema: member });
  }
  return found;
}

function describe(schema: z.ZodType): FieldMeta | undefined {
  const own = fieldMeta.get(schema);
  if (own) return own;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return describe(schema.unwrap() as z.ZodType);
  return undefined;
}

/** A task's id: also the name of its table and its name in expressions. */
export const TASK_ID = /^[a-z][a-z0-9_]{0,62}$/;

export const taskIdSchema = z
  .string()
  .regex(TASK_ID, 'An id starts with a small letter and has only small letters, digits and _ (at most 63).');

export const datasetNameSchema = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/,
    'A dataset name starts with a letter and has only letters, digits and _ . - (at most 128).',
  );

export const slugSchema = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/,
    'A slug has only small letters, digits and single hyphens inside (at most 64).',
  );

/** A CEL expression, without the braces. */
export const expressionSchema = z.string().min(1, 'Write an expression.').max(10_000);

export const seconds = z
  .number()
  .positive('Give a number of seconds above 0.')
  .max(31_536_000, 'At most a year (31,536,000 s).');

export const json: z.ZodType<unknown> = z.json();
