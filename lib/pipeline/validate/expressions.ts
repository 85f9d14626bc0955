import {
  checker,
  ExpressionError,
  expressionReads,
  findTemplates,
  shellPlacements,
  sqlPlacements,
  type ValueType,
} from '@/lib/core/expressions';
import { PARAM_TYPES, type DraftTask } from '../spec';
import { type Facts } from './facts';
import { type Graph } from './graph';
import { called, type Report } from './report';

type Path = (string | number)[];
type Check = ReturnType<typeof checker>;
type Place = { report: Report; graph: Graph; check: Check; task: DraftTask; at: number; scheduled: boolean };

/** expressionProblems checks every expression of every task: where it stands, its types and what it may name. */
export function expressionProblems(report: Report, graph: Graph, facts: Facts): void {
  const { spec } = report;
  const names = {
    params: Object.fromEntries(spec.params.map((param) => [param.name, valueType(param.type)])),
    tasks: spec.tasks.map((task) => task.id),
    ...(facts.variables ? { vars: facts.variables } : {}),
    ...(facts.secrets ? { secrets: facts.secrets } : {}),
  };
  let plain: Check | undefined;
  let mapped: Check | undefined;
  const lazily =
    (item: boolean): Check =>
    (expression, expected) => {
      if (item) mapped ??= checker({ ...names, item });
      else plain ??= checker(names);
      return ((item ? mapped : plain) as Check)(expression, expected);
    };
  const scheduled = spec.triggers.some((trigger) => trigger.kind === 'schedule');
  spec.tasks.forEach((task, at) =>
    taskExpressions({
      report,
      graph,
      check: lazily(typeof task.map === 'object' && task.map !== null),
      task,
      at,
      scheduled,
    }),
  );
}

function valueType(type: unknown): ValueType {
  return (PARAM_TYPES as readonly unknown[]).includes(type) ? (type as ValueType) : 'json';
}

function taskExpressions(place: Place): void {
  const { task, report, at } = place;
  const { config } = task;
  if (typeof task.when === 'string' && task.when.trim() !== '') {
    conditionAt(place, ['when'], task.when, 'bool', 'direct');
    if (task.triggerRule !== undefined)
      report.task(
        at,
        ['triggerRule'],
        'With "when" set the trigger rule is not used. Remove one of them.',
        'warning',
      );
  }
  const map = task.map as { over?: unknown } | undefined | null;
  if (map && (task.kind === 'branch' || task.kind === 'check'))
    report.task(at, ['map'], `A ${task.kind} cannot be mapped. Map the tasks ${task.kind === 'branch' ? 'behind' : 'before'} it instead.`);
  if (typeof map?.over === 'string') conditionAt(place, ['map', 'over'], map.over, 'list', 'before');
  switch (task.kind) {
    case 'sql':
      sqlText(place, ['config', 'sql'], config.sql);
      break;
    case 'source':
      for (const name of ['path', 'url'] as const) plainText(place, ['config', name], config[name], false);
      sqlText(place, ['config', 'query'], config.query);
      break;
    case 'python':
      pythonScript(place, config.script);
      break;
    case 'shell':
      shellText(place, config.command);
      break;
    case 'http':
      plainText(place, ['config', 'url'], config.url, false);
      for (const name of ['headers', 'body', 'auth'] as const)
        deepText(place, ['config', name], config[name], true);
      break;
    case 'notify':
      for (const name of ['subject', 'message'] as const)
        plainText(place, ['config', name], config[name], true);
      break;
    case 'sensor':
      for (const name of ['path', 'url', 'time'] as const) plainText(place, ['config', name], config[name], false);
      sqlText(place, ['config', 'sql'], config.sql);
      deepText(place, ['config', 'headers'], config.headers, true);
      break;
    case 'approval':
      plainText(place, ['config', 'message'], config.message, false);
      break;
    case 'subpipeline':
      deepText(place, ['config', 'params'], config.params, false);
      break;
    case 'branch':
      if (Array.isArray(config.cases))
        (config.cases as { if?: unknown }[]).forEach((each, index) => {
          if (typeof each?.if === 'string' && each.if.trim() !== '')
            conditionAt(place, ['config', 'cases', index, 'if'], each.if, 'bool', 'before');
        });
      break;
    case 'check':
      if (Array.isArray(config.checks))
        (config.checks as { sql?: unknown }[]).forEach((each, index) =>
          sqlText(place, ['config', 'checks', index, 'sql'], each?.sql),
        );
      break;
    default:
  }
}

/** An expression without braces. Those who forget that get told. */
function conditionAt(
  place: Place,
  path: Path,
  text: string,
  expected: 'bool' | 'list',
  sees: 'direct' | 'before',
): void {
  if (text.includes('{{')) {
    place.report.task(
      place.at,
      path,
      `Write the expression without {{ and }} here: ${text.replace(/\{\{|\}\}/g, '').trim()}`,
    );
    return;
  }
  expressionAt(place, path, text, { expected, sees, secrets: false, inText: false });
}

type How = { expected?: 'bool' | 'list'; sees: 'direct' | 'before'; secrets: boolean; inText: boolean };

function expressionAt(place: Place, path: Path, expression: string, how: How): void {
  const { report, at, task, graph } = place;
  const error = place.check(expression, how.expected ?? 'any');
  if (error) {
    report.task(at, path, error.message);
    return;
  }
  const reads = expressionReads(expression);
  if (reads.secrets.length > 0 && !how.secrets)
    report.task(
      at,
      path,
      `A secret may not stand here. Secrets are for the headers, body and sign-in of HTTP, for shell, notify and connections.`,
    );
  for (const id of reads.rows) {
    if (path.join('.') !== 'map.over')
      report.task(at, path, `tasks.${id}.rows may stand in "map" only. In SQL the table itself is there.`);
    else if (!(graph.tables.get(task.id) ?? []).some((table) => table.from === id))
      report.task(at, path, `No table of "${id}" reaches ${called(task)}, so its rows cannot be mapped over. Connect them.`);
  }
  if (reads.item && (task.map === undefined || task.map === null))
    report.task(at, path, '"item" exists only in a task with "map".');
  const visible =
    how.sees === 'direct'
      ? graph.upstreams(task.id)
      : reads.taskIds.length > 0
        ? graph.ancestors(task.id)
        : undefined;
  for (const id of reads.taskIds) {
    if (visible?.has(id)) continue;
    const why =
      how.sees === 'direct'
        ? `"when" sees only the tasks directly before ${called(task)}, and "${id}" is not one of them`
        : `"${id}" does not come before ${called(task)}, so its result is not known there`;
    report.task(at, path, `${why}. Connect "${id}" to ${called(task)}.`);
  }
  const interval = reads.run.find(
    (name) => name === 'intervalStart' || name === 'intervalEnd' || name === 'logicalDate',
  );
  if (how.inText && interval !== undefined && !place.scheduled && !/[!=]=\s*null/.test(expression))
    report.task(
      at,
      path,
      `run.${interval} is empty in runs without an interval, and this pipeline has no schedule that gives its runs one.`,
      'warning',
    );
}

function plainText(place: Place, path: Path, text: unknown, secrets: boolean): void {
  if (typeof text !== 'string' || !text.includes('{{')) return;
  const found = templatesOf(place, path, text);
  for (const template of found)
    expressionAt(place, path, template.expression, { sees: 'before', secrets, inText: true });
}

function deepText(place: Place, path: Path, value: unknown, secrets: boolean): void {
  if (typeof value === 'string') plainText(place, path, value, secrets);
  else if (Array.isArray(value))
    value.forEach((member, index) => deepText(place, [...path, index], member, secrets));
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) deepText(place, [...path, key], member, secrets);
}

function sqlText(place: Place, path: Path, sql: unknown): void {
  if (typeof sql !== 'string' || !sql.includes('{{')) return;
  const found = templatesOf(place, path, sql);
  if (found.length === 0) return;
  for (const placement of sqlPlacements(sql)) place.report.task(place.at, path, placement.message);
  for (const template of found)
    expressionAt(place, path, template.expression, { sees: 'before', secrets: false, inText: true });
}

function shellText(place: Place, command: unknown): void {
  const path = ['config', 'command'];
  if (typeof command !== 'string' || !command.includes('{{')) return;
  const found = templatesOf(place, path, command);
  if (found.length === 0) return;
  for (const placement of shellPlacements(command)) place.report.task(place.at, path, placement.message);
  for (const template of found)
    expressionAt(place, path, template.expression, { sees: 'before', secrets: true, inText: true });
}

/** In Python braces are ordinary (f-strings), so only what reads like one of our expressions is a mistake. */
function pythonScript(place: Place, script: unknown): void {
  if (typeof script !== 'string') return;
  const meant = /\{\{\s*((params|vars|run|tasks|secrets|item)\b[^{}]*?)\s*\}\}/.exec(script);
  if (!meant) return;
  const name = /^params\.(\w+)$/.exec(meant[1] ?? '')?.[1];
  place.report.task(
    place.at,
    ['config', 'script'],
    `${meant[0]} is not replaced in a Python script. ${name === undefined ? 'Make it a param and use params' : `Write: params["${name}"]`}, with "from penstock import params".`,
  );
}

function templatesOf(place: Place, path: Path, text: string) {
  try {
    return findTemplates(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    place.report.task(place.at, path, error.message);
    return [];
  }
}
