import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { Failure, Misuse } from '../client/failure';
import { type Print, table } from '../client/print';
import { type Rest } from '../client/rest';
import { listOf, pipelineSchema, problemItem, versionSchema } from '../client/shapes';
import { readSpecFile, slugOf } from '../client/spec-file';

const at = (slug: string) => `/pipelines/${encodeURIComponent(slug)}`;
const problemsSchema = z.looseObject({ problems: z.array(problemItem) });
const publishedSchema = z.looseObject({ version: z.number(), hash: z.string(), unchanged: z.boolean() });

/** listPipelines prints the pipelines of the workspace. */
export async function listPipelines(rest: Rest, print: Print): Promise<void> {
  const found: z.infer<typeof pipelineSchema>[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await rest.call('/pipelines', listOf(pipelineSchema.extend({ draft: z.unknown() })), { query: { limit: 200, cursor } });
    found.push(...(page.items as typeof found));
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  const rows = found.map((p) => [p.slug, p.currentVersion ? `v${p.currentVersion}` : 'draft', p.paused ? 'paused' : '', p.name]);
  print.answer({ items: found }, table(['SLUG', 'VERSION', '', 'NAME'], rows) || 'There are no pipelines in this workspace.');
}

/** checkSpec asks the server for a spec's problems, also for a pipeline that is not there yet. */
async function checkSpec(rest: Rest, slug: string, spec: unknown): Promise<z.infer<typeof problemsSchema>> {
  const call = { method: 'POST', body: { spec } };
  return (await rest.find(`${at(slug)}/validate`, problemsSchema, call)) ?? rest.call('/validate', problemsSchema, call);
}

/** validateFile asks the server for a spec's problems. @throws Failure when one is an error */
export async function validateFile(rest: Rest, print: Print, file: string, options: { slug?: string }): Promise<void> {
  const slug = slugOf(file === '-' ? 'spec' : file, options.slug);
  const { problems } = await checkSpec(rest, slug, readSpecFile(file));
  const errors = problems.filter((p) => p.severity === 'error');
  print.answer({ problems }, problems.length === 0 ? `${file} has no problems.` : problems.map((p) => `${p.severity}: ${p.path}: ${p.message}`).join('\n'));
  if (errors.length > 0) throw new Failure(`${file} has ${errors.length === 1 ? 'one error' : `${errors.length} errors`}.`);
}

async function ensurePipeline(rest: Rest, slug: string, name: string | undefined): Promise<z.infer<typeof pipelineSchema>> {
  const known = await rest.find(at(slug), pipelineSchema);
  if (known) return known;
  return rest.call('/pipelines', pipelineSchema, { method: 'POST', body: { slug, name: name ?? slug.replaceAll('-', ' ').replace(/^./, (c) => c.toUpperCase()) } });
}

/** publishFile publishes a spec, creating the pipeline when it is new. */
export async function publishFile(rest: Rest, print: Print, file: string, options: { slug?: string; name?: string; message?: string }): Promise<void> {
  const slug = slugOf(file, options.slug);
  const spec = readSpecFile(file);
  await ensurePipeline(rest, slug, options.name);
  const published = await rest.call(`${at(slug)}/publish`, publishedSchema, { method: 'POST', body: { message: options.message ?? '', spec } });
  print.answer({ slug, ...published }, published.unchanged ? `${slug} is unchanged: version ${published.version}.` : `Published ${slug} version ${published.version}.`);
}

/** importFile saves a spec as the pipeline's draft, without publishing. */
export async function importFile(rest: Rest, print: Print, file: string, options: { slug?: string; name?: string }): Promise<void> {
  const slug = slugOf(file, options.slug);
  const spec = readSpecFile(file);
  const { draft } = await ensurePipeline(rest, slug, options.name);
  const saved = await rest.call(`${at(slug)}/draft`, problemsSchema.extend({ revision: z.number() }), { method: 'PUT', body: { baseRevision: draft.revision, spec } });
  print.answer({ slug, ...saved }, `Saved as the draft of ${slug}${saved.problems.length > 0 ? `, with ${saved.problems.length} problems to look at` : ''}.`);
}

type Form = 'yaml' | 'json';
const written = (spec: unknown, form: Form) => (form === 'json' ? `${JSON.stringify(spec, null, 2)}\n` : stringify(spec, { lineWidth: 0 }));

async function specOf(rest: Rest, slug: string, version: string | undefined): Promise<unknown> {
  const pipeline = await rest.call(at(slug), pipelineSchema);
  const number = version === undefined ? pipeline.currentVersion : Number(version);
  if (version === 'draft' || !number) return pipeline.draft.spec;
  return (await rest.call(`${at(slug)}/versions/${number}`, versionSchema)).spec;
}

/** exportSpecs writes one pipeline's spec to stdout or a file, or all of them into a folder. */
export async function exportSpecs(rest: Rest, print: Print, slug: string | undefined, options: { format: Form; version?: string; output?: string }): Promise<void> {
  if (slug) {
    const spec = await specOf(rest, slug, options.version);
    const text = written(spec, options.format);
    if (!options.output) return void process.stdout.write(print.json ? written(spec, 'json') : text);
    writeFileSync(options.output, text);
    return print.answer({ slug, file: options.output }, `Wrote ${options.output}.`);
  }
  if (!options.output) throw new Misuse('Name a pipeline, or give --output FOLDER to export all of them.');
  mkdirSync(options.output, { recursive: true });
  const files: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await rest.call('/pipelines', listOf(z.looseObject({ slug: z.string() })), { query: { limit: 200, cursor } });
    for (const item of page.items) {
      const file = path.join(options.output, `${item.slug}.${options.format}`);
      writeFileSync(file, written(await specOf(rest, item.slug, undefined), options.format));
      files.push(file);
    }
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  print.answer({ files }, `Wrote ${files.length} files into ${options.output}.`);
}

/** applyFolder publishes every spec of a folder; the file's name is the slug. @throws Failure when one was refused */
export async function applyFolder(rest: Rest, print: Print, folder: string, options: { message?: string; dryRun?: boolean }): Promise<void> {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/i.test(name)).sort();
  } catch (error) {
    throw new Failure(`${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (names.length === 0) throw new Failure(`${folder} holds no .yaml, .yml or .json file.`);
  const results: { slug: string; result: string; version?: number; problem?: string }[] = [];
  for (const name of names) {
    const slug = slugOf(name, undefined);
    try {
      results.push(await applyOne(rest, slug, readSpecFile(path.join(folder, name)), options));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const [first] = error.problem?.errors ?? [];
      results.push({ slug, result: 'refused', problem: first ? `${first.path}: ${first.message}` : error.message });
    }
  }
  print.answer({ items: results }, table(['SLUG', 'RESULT', ''], results.map((r) => [r.slug, r.result, r.problem ?? (r.version ? `v${r.version}` : '')])));
  const refused = results.filter((r) => r.result === 'refused').length;
  if (refused > 0) throw new Failure(`${refused} of ${names.length} files were refused; the others are applied.`);
}

async function applyOne(rest: Rest, slug: string, spec: unknown, options: { message?: string; dryRun?: boolean }): Promise<{ slug: string; result: string; version?: number }> {
  const known = await rest.find(at(slug), pipelineSchema);
  if (options.dryRun) {
    const { problems } = await checkSpec(rest, slug, spec);
    const first = problems.find((p) => p.severity === 'error');
    if (first) throw new Failure(`${first.path}: ${first.message}`);
    return { slug, result: known ? 'would be published where it differs' : 'would be created' };
  }
  await ensurePipeline(rest, slug, undefined);
  const published = await rest.call(`${at(slug)}/publish`, publishedSchema, { method: 'POST', body: { message: options.message ?? '', spec } });
  return { slug, result: published.unchanged ? 'unchanged' : known ? 'published' : 'created', version: published.version };
}

/** diffVersions prints what differs in meaning between two versions. */
export async function diffVersions(rest: Rest, print: Print, slug: string, a: string, b: string): Promise<void> {
  for (const n of [a, b]) if (!/^[1-9]\d*$/.test(n)) throw new Misuse(`"${n}" is no version number.`);
  const diff = await rest.call(`${at(slug)}/versions/${a}/diff/${b}`, z.unknown());
  print.answer(diff, stringify(diff, { lineWidth: 0 }));
}
