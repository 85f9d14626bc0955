import { didYouMean } from '@/lib/core/suggest';
import { readsOf, writeOf } from '../tables';
import { type Facts } from './facts';
import { type Graph } from './graph';
import { called, type Report } from './report';

/** referenceProblems checks what a spec names outside itself, as far as the facts are there, and branches' successors. */
export function referenceProblems(report: Report, graph: Graph, facts: Facts): void {
  const { spec } = report;
  const written = new Set(spec.tasks.map((task) => writeOf(task)?.dataset));
  spec.tasks.forEach((task, at) => {
    const { config } = task;
    if (task.kind === 'branch') branchProblems(report, graph, at);
    if (task.kind === 'subpipeline') subpipelineProblems(report, at, facts);
    if (task.kind === 'notify')
      channelProblem(report, ['tasks', at, 'config', 'channel'], config.channel, facts, task.id);
    if (task.kind === 'approval')
      channelProblem(report, ['tasks', at, 'config', 'channel'], config.channel, facts, task.id);
    if (task.kind === 'sensor') sensorProblems(report, at, facts);
    if (task.kind === 'source' || task.kind === 'http' || task.kind === 'sensor') addressProblem(report, at, config.url);
    if (task.kind === 'source') {
      fileProblem(report, at, config.path, facts);
      if (
        typeof config.connection === 'string' &&
        facts.connections &&
        !facts.connections.includes(config.connection)
      )
        report.task(
          at,
          ['config', 'connection'],
          `There is no connection "${config.connection}" in this workspace.${didYouMean(config.connection, facts.connections)} Add it under Settings, Connections.`,
        );
    }
    for (const read of readsOf(task))
      if (facts.datasets && !facts.datasets.includes(read.dataset) && !written.has(read.dataset))
        report.task(
          at,
          read.path,
          `There is no dataset "${read.dataset}" yet, and no task here writes it.${didYouMean(read.dataset, facts.datasets)}`,
          'warning',
        );
    if (Array.isArray(task.deadlines))
      deadlineChannels(report, ['tasks', at, 'deadlines'], task.deadlines, facts);
    const found = facts.sql?.[task.id] ?? [];
    for (const problem of found)
      report.task(
        at,
        problem.path ? [problem.path] : ['config', 'sql'],
        problem.message,
        problem.severity ?? 'error',
      );
  });
  const notify = spec.settings.notify;
  if (Array.isArray(notify))
    (notify as { channel?: unknown }[]).forEach((each, at) =>
      channelProblem(report, ['settings', 'notify', at, 'channel'], each?.channel, facts),
    );
  if (Array.isArray(spec.settings.deadlines))
    deadlineChannels(report, ['settings', 'deadlines'], spec.settings.deadlines, facts);
}

function branchProblems(report: Report, graph: Graph, at: number): void {
  const task = report.spec.tasks[at];
  if (!task) return;
  const ids = new Set(report.spec.tasks.map((each) => each.id));
  const look = (path: (string | number)[], taken: unknown) => {
    if (!Array.isArray(taken)) return;
    (taken as unknown[]).forEach((id, index) => {
      if (typeof id !== 'string') return;
      if (!ids.has(id)) report.task(at, [...path, index], `There is no task "${id}".${didYouMean(id, ids)}`);
      else if (!graph.upstreams(id).has(task.id))
        report.task(
          at,
          [...path, index],
          `A branch can only take tasks directly behind it, and no edge leads from ${called(task)} to "${id}". Connect them.`,
        );
    });
  };
  if (Array.isArray(task.config.cases))
    (task.config.cases as { take?: unknown }[]).forEach((each, index) =>
      look(['config', 'cases', index, 'take'], each?.take),
    );
  look(['config', 'otherwise'], task.config.otherwise);
}

function subpipelineProblems(report: Report, at: number, facts: Facts): void {
  const config = report.spec.tasks[at]?.config ?? {};
  const slug = config.pipeline;
  if (typeof slug !== 'string' || slug === '') return;
  const path = ['config', 'pipeline'];
  if (slug === facts.slug) {
    report.task(at, path, 'A pipeline cannot run itself as a subpipeline: it would never end.');
    return;
  }
  const found = facts.pipelines?.find((each) => each.slug === slug);
  if (facts.pipelines && !found) {
    const slugs = facts.pipelines.map((each) => each.slug);
    report.task(
      at,
      path,
      `There is no published pipeline "${slug}" in this workspace.${didYouMean(slug, slugs)}`,
    );
    return;
  }
  const circle = facts.slug === undefined ? undefined : callPath(slug, facts.slug, facts);
  if (circle)
    report.task(
      at,
      path,
      `The pipelines ${[facts.slug, ...circle].join(' → ')} run each other in a circle: that would never end.`,
    );
  if (!found) return;
  const given = typeof config.params === 'object' && config.params !== null ? Object.keys(config.params) : [];
  const known = found.params.map((param) => param.name);
  for (const name of given)
    if (!known.includes(name))
      report.task(
        at,
        ['config', 'params', name],
        `"${slug}" has no param "${name}".${didYouMean(name, known)}`,
      );
  for (const param of found.params)
    if (param.default === undefined && !given.includes(param.name))
      report.task(at, ['config', 'params'], `"${slug}" needs a value for its param "${param.name}".`);
}

/** What a sensor waits for outside may come later, so a name that is unknown today is a warning. */
function sensorProblems(report: Report, at: number, facts: Facts): void {
  const { dataset, pipeline, path } = report.spec.tasks[at]?.config ?? {};
  if (typeof dataset === 'string' && facts.datasets && !facts.datasets.includes(dataset))
    report.task(at, ['config', 'dataset'], `There is no dataset "${dataset}" yet.${didYouMean(dataset, facts.datasets)} The sensor waits until there is.`, 'warning');
  if (typeof pipeline === 'string' && facts.pipelines && !facts.pipelines.some((each) => each.slug === pipeline)) {
    const slugs = facts.pipelines.map((each) => each.slug);
    report.task(at, ['config', 'pipeline'], `There is no published pipeline "${pipeline}" yet.${didYouMean(pipeline, slugs)} The sensor waits until it has run.`, 'warning');
  }
  if (typeof path === 'string' && (path.startsWith('/') || path.includes('\\') || path.split('/').includes('..')))
    report.task(at, ['config', 'path'], `"${path}" leaves the workspace's files. Give a path inside them, without a leading / and without "..".`);
}

/** callPath finds how one pipeline comes to call another, or undefined. */
function callPath(from: string, to: string, facts: Facts): string[] | undefined {
  const calls = new Map((facts.pipelines ?? []).map((each) => [each.slug, each.calls]));
  const seen = new Set([from]);
  const open = [[from]];
  for (let path = open.shift(); path; path = open.shift()) {
    for (const next of calls.get(path.at(-1) ?? '') ?? []) {
      if (next === to) return [...path, to];
      if (!seen.has(next)) {
        seen.add(next);
        open.push([...path, next]);
      }
    }
  }
  return undefined;
}

function channelProblem(
  report: Report,
  path: (string | number)[],
  channel: unknown,
  facts: Facts,
  taskId?: string,
): void {
  if (typeof channel !== 'string' || channel === '' || !facts.channels || facts.channels.includes(channel))
    return;
  const message = `There is no channel "${channel}" in this workspace.${didYouMean(channel, facts.channels)} Add it under Settings, Channels.`;
  if (taskId === undefined) report.at(path, message);
  else report.task(Number(path[1]), path.slice(2), message);
}

function deadlineChannels(
  report: Report,
  path: (string | number)[],
  deadlines: unknown[],
  facts: Facts,
): void {
  (deadlines as { actions?: unknown }[]).forEach((deadline, at) => {
    if (!Array.isArray(deadline?.actions)) return;
    (deadline.actions as { channel?: unknown }[]).forEach((action, index) =>
      channelProblem(report, [...path, at, 'actions', index, 'channel'], action?.channel, facts),
    );
  });
}

function addressProblem(report: Report, at: number, url: unknown): void {
  if (typeof url !== 'string' || url === '' || url.trimStart().startsWith('{{')) return;
  if (!/^https?:\/\/[^/\s]/i.test(url))
    report.task(
      at,
      ['config', 'url'],
      `"${url.slice(0, 80)}" is no web address. It must start with http:// or https://.`,
    );
}

function fileProblem(report: Report, at: number, path: unknown, facts: Facts): void {
  if (typeof path !== 'string' || path === '') return;
  if (path.startsWith('/') || path.includes('\\') || path.split('/').includes('..')) {
    report.task(
      at,
      ['config', 'path'],
      `"${path}" leaves the workspace's files. Give a path inside them, without a leading / and without "..".`,
    );
    return;
  }
  if (!facts.files || path.includes('{{')) return;
  const pattern = /[*?]/.test(path) ? globPattern(path) : undefined;
  if (pattern ? facts.files.some((file) => pattern.test(file)) : facts.files.includes(path)) return;
  report.task(
    at,
    ['config', 'path'],
    `There is no file "${path}" in this workspace's files.${didYouMean(path, facts.files)} Upload it first.`,
  );
}

/** globPattern turns * (inside a folder), ** (across folders) and ? into a regular expression. */
function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*|\*|\?/g, (wild) => (wild === '**' ? '.*' : wild === '*' ? '[^/]*' : '[^/]'));
  return new RegExp(`^${source}$`);
}
