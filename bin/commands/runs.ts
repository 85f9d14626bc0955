import { Failure } from '../client/failure';
import { table, took, type Print } from '../client/print';
import { type Rest } from '../client/rest';
import { hasEnded, listOf, logLines, pipelineSchema, runSchema, versionSchema, type Run } from '../client/shapes';
import { parseParams } from '../client/spec-file';

export type RunOptions = { param: string[]; wait?: boolean; logs?: boolean; version?: string; logicalDate?: string; lane?: string; note?: string };

/** startRun starts a run; with `wait` it ends when the run ends. @throws Failure when the waited-for run did not succeed */
export async function startRun(rest: Rest, print: Print, slug: string, options: RunOptions): Promise<void> {
  const declared = options.param.length > 0 ? await declaredParams(rest, slug, options.version) : [];
  const started = await rest.call(`/pipelines/${encodeURIComponent(slug)}/runs`, runSchema, {
    method: 'POST',
    body: {
      ...(options.param.length > 0 ? { params: parseParams(options.param, declared) } : {}),
      ...(options.version === undefined ? {} : { version: Number(options.version) }),
      ...(options.logicalDate === undefined ? {} : { logicalDate: options.logicalDate }),
      ...(options.lane === undefined ? {} : { lane: options.lane }),
      ...(options.note === undefined ? {} : { note: options.note }),
    },
  });
  if (!options.wait && !options.logs) return print.answer(started, `Run ${started.id} is ${started.state}.`);
  print.note(`Run ${started.id} …`);
  const ended = options.logs ? await followRun(rest, started.id, undefined, (line) => print.note(line)) : await waitForEnd(rest, started.id);
  print.answer(ended, describeRun(ended));
  if (ended.state !== 'succeeded') throw new Failure(`Run ${ended.id} ${ended.state}.`);
}

/** declaredParams reads the params of a version, or of the newest. */
export async function declaredParams(rest: Rest, slug: string, version: string | undefined): Promise<{ name: string; type: string }[]> {
  const path = `/pipelines/${encodeURIComponent(slug)}`;
  const pipeline = await rest.call(path, pipelineSchema);
  const number = version ?? pipeline.currentVersion;
  const spec = number ? (await rest.call(`${path}/versions/${number}`, versionSchema)).spec : pipeline.draft.spec;
  return spec?.params ?? [];
}

async function waitForEnd(rest: Rest, id: string): Promise<Run> {
  for (;;) {
    const run = await rest.call(`/runs/${id}/wait`, runSchema, { query: { timeoutSeconds: 30 }, timeoutMs: 60_000 });
    if (hasEnded(run)) return run;
  }
}

function describeRun(run: Run): string {
  const tasks = (run.tasks ?? []).map((t) => [t.taskId + (t.mapIndex !== null && t.mapIndex !== undefined && t.mapIndex >= 0 ? `[${t.mapIndex}]` : ''), t.state, t.reason?.text ?? '']);
  return `${run.pipeline} ${run.state}${run.finishedAt ? ` in ${took(run.startedAt ?? run.createdAt, run.finishedAt)}` : ''}\n${table(['TASK', 'STATE', ''], tasks)}`;
}

/** listRuns prints runs, newest first. */
export async function listRuns(rest: Rest, print: Print, options: { pipeline?: string; state?: string; limit: string }): Promise<void> {
  const page = await rest.call('/runs', listOf(runSchema), { query: { pipeline: options.pipeline, state: options.state, limit: options.limit } });
  const rows = page.items.map((r) => [r.id, r.pipeline, r.version ? `v${r.version}` : '', r.state, r.trigger?.kind ?? '', r.createdAt, took(r.startedAt, r.finishedAt)]);
  print.answer(page, table(['RUN', 'PIPELINE', '', 'STATE', 'TRIGGER', 'CREATED', 'TOOK'], rows) || 'There are no such runs.');
}

/** printLogs prints the lines of a run's tasks, or of one task; with `follow` it goes on until the run ends. */
export async function printLogs(rest: Rest, print: Print, id: string, task: string | undefined, options: { follow?: boolean }): Promise<void> {
  const out = (line: string) => void process.stdout.write(`${line}\n`);
  const run = await rest.call(`/runs/${encodeURIComponent(id)}`, runSchema);
  if (task && !(run.tasks ?? []).some((t) => t.taskId === task)) throw new Failure(`Run ${id} has no task "${task}".`);
  if (!options.follow) {
    const read = new Map<string, number>();
    const lines: unknown[] = [];
    await readNew(rest, run, task, read, (text, line) => (print.json ? lines.push(line) : out(text)));
    if (print.json) print.answer({ items: lines }, '');
    return;
  }
  await followRun(rest, id, task, out);
}

async function followRun(rest: Rest, id: string, task: string | undefined, out: (line: string) => void): Promise<Run> {
  const read = new Map<string, number>();
  for (;;) {
    const run = await rest.call(`/runs/${encodeURIComponent(id)}/wait`, runSchema, { query: { timeoutSeconds: 1 } });
    await readNew(rest, run, task, read, out);
    if (hasEnded(run)) return run;
  }
}

const PAGE = 1_000;

/** Reads what is new since the last time, of every attempt of the tasks, in the tasks' order. */
async function readNew(rest: Rest, run: Run, only: string | undefined, read: Map<string, number>, out: (text: string, line: object) => void): Promise<void> {
  for (const task of run.tasks ?? []) {
    if ((only && task.taskId !== only) || task.attempt < 1) continue;
    const path = `/runs/${run.id}/tasks/${encodeURIComponent(task.taskId)}`;
    const mapIndex = task.mapIndex !== null && task.mapIndex !== undefined && task.mapIndex >= 0 ? task.mapIndex : undefined;
    for (let attempt = 1; attempt <= task.attempt; attempt++) {
      const key = `${task.taskId} ${mapIndex ?? ''} ${attempt}`;
      for (;;) {
        const after = read.get(key) ?? 0;
        const page = await rest.call(`${path}/logs`, logLines, { query: { attempt, mapIndex, after, limit: PAGE } });
        for (const line of page.items) {
          out(`${task.taskId}${mapIndex === undefined ? '' : `[${mapIndex}]`}${attempt > 1 ? ` #${attempt}` : ''} | ${line.text}`, { taskId: task.taskId, attempt, ...line });
          read.set(key, line.n);
        }
        if (page.items.length < PAGE) break;
      }
    }
  }
}
