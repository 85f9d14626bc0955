import { parse, stringify } from 'yaml';
import { draftSpecSchema, SCHEMA_VERSION, type DraftSpec } from '@/lib/pipeline/index';

export type SpecFormat = 'json' | 'yaml';

/** writeSpec writes a draft as text. */
export const writeSpec = (spec: DraftSpec, format: SpecFormat): string => (format === 'json' ? `${JSON.stringify(spec, null, 2)}\n` : stringify(spec, { lineWidth: 110 }));

/** readSpec reads JSON or YAML text; what cannot be a draft is refused with a sentence. */
export function readSpec(text: string): { ok: true; spec: DraftSpec } | { ok: false; sentence: string } {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    return { ok: false, sentence: `This is neither JSON nor YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'check brackets, quotes and indents'}` };
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > SCHEMA_VERSION) {
    return { ok: false, sentence: `This spec has schemaVersion ${version}, and this Penstock knows up to ${SCHEMA_VERSION}. Update Penstock, or export the spec from it in an older version.` };
  }
  const read = draftSpecSchema.safeParse(value);
  if (read.success) return { ok: true, spec: read.data };
  const issue = read.error.issues[0];
  return { ok: false, sentence: `This is no pipeline spec: ${issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue?.message ?? 'expected an object with tasks and edges'}.` };
}
