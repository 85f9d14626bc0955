import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/**
 * SchemaBook turns zod schemas into the JSON Schema of OpenAPI 3.1 and keeps what is named or refers to itself under
 * `components`. zod's own conversion is used because it knows cycles (any JSON is one).
 */
export class SchemaBook {
  readonly schemas: Record<string, JsonSchema> = {};
  private next = 1;

  /** write converts one schema. @param io `input` for what is sent, `output` for what is answered */
  write(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _dialect,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: asText }) as JsonSchema & {
      $defs?: Record<string, JsonSchema>;
    };
    const names = new Map(Object.keys($defs).map((key) => [`#/$defs/${key}`, this.nameOf(key)]));
    if (JSON.stringify(root).includes('"$ref":"#"')) names.set('#', this.nameOf('__root'));
    const move = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(move);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, part]) => {
          const name = key === '$ref' ? names.get(String(part)) : undefined;
          return [key, name ? `#/components/schemas/${name}` : move(part)];
        }),
      );
    };
    for (const [key, definition] of Object.entries($defs))
      this.schemas[names.get(`#/$defs/${key}`) ?? key] = move(definition) as JsonSchema;
    const own = names.get('#');
    if (!own) return move(root) as JsonSchema;
    this.schemas[own] = move(root) as JsonSchema;
    return { $ref: `#/components/schemas/${own}` };
  }

  private nameOf(key: string): string {
    return key.startsWith('__') ? `Shape${this.next++}` : key;
  }
}

/** Dates travel as ISO 8601, big numbers as numbers where they are exact. */
function asText({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  const { type } = zodSchema._zod.def;
  if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
  if (type === 'bigint') Object.assign(jsonSchema, { type: ['integer', 'string'] });
}
