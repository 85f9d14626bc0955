import { z } from 'zod';
import { isNodeKind, KINDS } from '../nodes/table';
import { didYouMean } from '@/lib/core/suggest';
import { structureProblems, type Problem } from '../problems';
import {
  edgeSchema,
  paramSchema,
  SCHEMA_VERSION,
  settingsSchema,
  specSchema,
  taskSchema,
  type DraftSpec,
} from '../spec';
import { triggerSchema } from '../triggers';
import { expressionProblems } from './expressions';
import { type Facts } from './facts';
import { Graph, graphProblems } from './graph';
import { paramProblems } from './params';
import { referenceProblems } from './references';
import { Report } from './report';
import { stalledProblems } from './stalled';
import { triggerProblems } from './triggers';

/** More tasks than this are refused. */
const MOST_TASKS = 10_000;

/** Structure depends on one object alone, and edits share what they do not change, so its problems are kept with the object. */
const remembered = new WeakMap<object, { at: number; problems: Problem[] }>();

function remember(value: object, at: number, find: () => Problem[]): Problem[] {
  const known = remembered.get(value);
  if (known?.at === at) return known.problems;
  const problems = find();
  remembered.set(value, { at, problems });
  return problems;
}

const frame = z.strictObject({
  ...specSchema.shape,
  params: z.unknown(),
  tasks: z.unknown(),
  edges: z.unknown(),
  triggers: z.unknown(),
  settings: z.unknown(),
  layout: z.unknown(),
});

/**
 * validate lists every problem of a draft, in the order of the spec: the browser and the server run this same function, the
 * server with all facts. Pure; a fact that is missing skips its rules. Without errors the spec passes specSchema.
 */
export function validate(spec: DraftSpec, facts: Facts): Problem[] {
  const report = new Report(spec);
  const { problems } = report;
  if (spec.tasks.length === 0) report.at(['tasks'], 'A pipeline needs at least one task.');
  if (spec.tasks.length > MOST_TASKS) {
    report.at(
      ['tasks'],
      `This pipeline has ${spec.tasks.length} tasks, but at most ${MOST_TASKS} are possible. Use map or subpipelines.`,
    );
    return problems;
  }
  if (spec.schemaVersion !== SCHEMA_VERSION)
    report.at(
      ['schemaVersion'],
      `This product writes schemaVersion ${SCHEMA_VERSION}, not ${spec.schemaVersion}.`,
    );
  problems.push(...structureProblems(frame, { ...spec, schemaVersion: SCHEMA_VERSION }, []));
  spec.params.forEach((param, at) =>
    problems.push(...remember(param, at, () => structureProblems(paramSchema, param, ['params', at]))),
  );
  spec.tasks.forEach((task, at) => {
    if (isNodeKind(task.kind))
      problems.push(...remember(task, at, () => structureProblems(taskSchema, task, ['tasks', at], task.id)));
    else
      report.task(
        at,
        ['kind'],
        `There is no kind of task "${task.kind}".${didYouMean(task.kind, KINDS)} Known kinds are ${KINDS.join(', ')}.`,
      );
  });
  spec.edges.forEach((edge, at) =>
    problems.push(...remember(edge, at, () => structureProblems(edgeSchema, edge, ['edges', at]))),
  );
  spec.triggers.forEach((trigger, at) =>
    problems.push(
      ...remember(trigger, at, () => structureProblems(triggerSchema, trigger, ['triggers', at])),
    ),
  );
  problems.push(
    ...remember(spec.settings, 0, () => structureProblems(settingsSchema, spec.settings, ['settings'])),
  );
  const graph = new Graph(report);
  graphProblems(report, graph);
  paramProblems(report);
  expressionProblems(report, graph, facts);
  referenceProblems(report, graph, facts);
  triggerProblems(report, facts);
  stalledProblems(report);
  return withoutRepeats(problems);
}

/** One sentence at one place is enough. */
function withoutRepeats(problems: Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = `${problem.path}\n${problem.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** blocks tells whether problems keep a spec from being published. */
export const blocks = (problems: Problem[]): boolean =>
  problems.some((problem) => problem.severity === 'error');
