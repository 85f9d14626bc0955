import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { Failure, Misuse } from './failure';

/**
 * readSpecFile reads a spec from a JSON or YAML file, or from standard input for `-`. Only the syntax is judged here.
 * @throws Failure with line and column of the first mistake
 */
export function readSpecFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const document = parseDocument(text, { prettyErrors: true, maxAliasCount: 100 } as Parameters<typeof parseDocument>[1]);
  const [mistake] = document.errors;
  if (mistake) throw new Failure(`${file} is neither JSON nor YAML: ${mistake.message.split('\n')[0] ?? ''}`);
  const spec: unknown = document.toJS();
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) throw new Failure(`${file} holds no spec: expected an object with schemaVersion, tasks and edges.`);
  return spec;
}

/** slugOf is the slug given, or the file's name without its ending. @throws Misuse when neither can be a slug */
export function slugOf(file: string, given: string | undefined): string {
  const slug = given ?? path.basename(file).replace(/\.(ya?ml|json)$/i, '').toLowerCase().replaceAll(/[\s_]+/g, '-');
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(slug)) throw new Misuse(`"${slug}" cannot be a pipeline's slug. Give one with --slug: lower-case letters, digits and dashes.`);
  return slug;
}

/** parseParams turns `name=value` texts into values of the pipeline's declared types. @throws Misuse on a text without = */
export function parseParams(given: string[], declared: { name: string; type: string }[]): Record<string, unknown> {
  return Object.fromEntries(
    given.map((text): [string, unknown] => {
      const at = text.indexOf('=');
      if (at < 1) throw new Misuse(`--param ${text}: write it as name=value.`);
      const name = text.slice(0, at);
      const value = text.slice(at + 1);
      const type = declared.find((p) => p.name === name)?.type;
      if (type === 'string' || type === 'date' || type === 'datetime' || type === 'timestamp') return [name, value];
      try {
        return [name, JSON.parse(value) as unknown];
      } catch {
        return [name, value];
      }
    }),
  );
}
