import { AppError } from '@/lib/core/index';
import { parseSpecText, specToJson, specToYaml, type DraftSpec } from '@/lib/pipeline/index';

export type SpecFormat = 'json' | 'yaml';

/** writeSpec writes a draft as text. */
export const writeSpec = (spec: DraftSpec, format: SpecFormat): string => (format === 'json' ? specToJson(spec) : specToYaml(spec));

/** readSpecText reads JSON or YAML text; what cannot be a draft is refused with a sentence. */
export function readSpecText(text: string): { ok: true; spec: DraftSpec } | { ok: false; sentence: string } {
  try {
    return { ok: true, spec: parseSpecText(text) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ok: false, sentence: error.message };
  }
}
