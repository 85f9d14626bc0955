import { findCycle } from '../compile';
import { nodeDefinition } from '../nodes/table';
import { didYouMean } from '@/lib/core/suggest';
import { inputTables, readsOf, writeOf, type InputTable } from '../tables';
import { called, type Report } from './report';

/** Neighbours by task id, for the rules that ask what comes before what. */
export class Graph {
  private readonly before = new Map<string, Set<string>>();
  private readonly memo = new Map<string, Set<string>>();
  readonly tables: Map<string, InputTable[]>;

  constructor(report: Report) {
    for (const edge of report.spec.edges) {
      const list = this.before.get(edge.to);
      if (list) list.add(edge.from);
      else this.before.set(edge.to, new Set([edge.from]));
    }
    this.tables = inputTables(report.spec);
  }

  /** The direct upstreams of a task. */
  upstreams(id: string): Set<string> {
    return this.before.get(id) ?? new Set();
  }

  /** All tasks before a task. */
  ancestors(id: string): Set<string> {
    const known = this.memo.get(id);
    if (known) return known;
    const found = new Set<string>();
    const open = [...this.upstreams(id)];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (found.has(at)) continue;
      found.add(at);
      open.push(...this.upstreams(at));
    }
    this.memo.set(id, found);
    return found;
  }
}

/** graphProblems checks ids, edges, cycles, table names and what is read and written. */
export function graphProblems(report: Report, graph: Graph): void {
  idProblems(report);
  edgeProblems(report);
  tableProblems(report, graph);
  writeProblems(report, graph);
}

function idProblems(report: Report): void {
  const first = new Map<string, number>();
  const named = new Map<string, number>();
  report.spec.tasks.forEach((task, at) => {
    const earlier = first.get(task.id);
    if (earlier !== undefined)
      report.task(at, ['id'], `Two tasks have the id "${task.id}". Give one of them another id.`);
    else first.set(task.id, at);
    if (task.name === undefined || task.name === '') return;
    if (named.has(task.name))
      report.task(
        at,
        ['name'],
        `Two tasks are called "${task.name}", so lists and logs cannot tell them apart by name.`,
        'warning',
      );
    named.set(task.name, at);
  });
}

function edgeProblems(report: Report): void {
  const { spec } = report;
  const ids = new Set(spec.tasks.map((task) => task.id));
  const seen = new Set<string>();
  let whole = true;
  spec.edges.forEach((edge, at) => {
    for (const end of ['from', 'to'] as const)
      if (!ids.has(edge[end])) {
        report.at(['edges', at, end], `There is no task "${edge[end]}".${didYouMean(edge[end], ids)}`);
        whole = false;
      }
    if (edge.from === edge.to)
      report.at(['edges', at], `"${edge.from}" cannot wait for itself. Remove this edge.`);
    const key = `${edge.from}\n${edge.to}`;
    if (seen.has(key))
      report.at(
        ['edges', at],
        `"${edge.from}" and "${edge.to}" are connected twice. Remove one of the edges.`,
      );
    seen.add(key);
  });
  const cycle = whole
    ? findCycle({ tasks: spec.tasks, edges: spec.edges.filter((edge) => edge.from !== edge.to) })
    : undefined;
  if (!cycle) return;
  const closing = spec.edges.findIndex((edge) => edge.from === cycle.at(-2) && edge.to === cycle.at(-1));
  report.at(
    ['edges', Math.max(0, closing)],
    `The tasks ${cycle.join(' → ')} wait for each other in a circle. Remove one of these edges.`,
  );
}

function tableProblems(report: Report, graph: Graph): void {
  report.spec.tasks.forEach((task, at) => {
    const names = new Map<string, string>();
    for (const table of graph.tables.get(task.id) ?? []) {
      const other = names.get(table.name);
      if (other !== undefined && other !== table.from) {
        report.at(
          ['edges', table.edge, 'as'],
          `Two tables called "${table.name}" reach ${called(task)}: from "${other}" and from "${table.from}". Give one edge another name with "as".`,
        );
      }
      names.set(table.name, table.from);
    }
    for (const read of readsOf(task)) {
      if (read.path[0] === 'reads' && names.has(read.name))
        report.task(
          at,
          read.path,
          `A table called "${read.name}" already reaches ${called(task)} from "${names.get(read.name)}". Give the dataset another name with "as".`,
        );
      names.set(read.name, read.dataset);
    }
    checkNodeTables(report, at, [
      ...(graph.tables.get(task.id) ?? []).map((table) => table.name),
      ...readsOf(task).map((read) => read.name),
    ]);
  });
  report.spec.edges.forEach((edge, at) => {
    if (edge.as === undefined || edge.data === false) return;
    const from = report.spec.tasks.find((task) => task.id === edge.from);
    const passed = graph.tables.get(edge.from) ?? [];
    if (from && nodeDefinition(from.kind)?.provides === false && passed.length > 1)
      report.at(
        ['edges', at, 'as'],
        `${called(from)} passes on ${passed.length} tables, so one name "${edge.as}" cannot fit. Name them on the edges before it.`,
      );
  });
}

function checkNodeTables(report: Report, at: number, names: string[]): void {
  const task = report.spec.tasks[at];
  if (task?.kind !== 'check' || !Array.isArray(task.config.checks)) return;
  if (names.length === 0) {
    report.task(
      at,
      ['config', 'checks'],
      `No table reaches ${called(task)}. Connect the task whose table it should check.`,
    );
    return;
  }
  (task.config.checks as { table?: unknown; type?: unknown }[]).forEach((check, index) => {
    if (typeof check?.table === 'string' && !names.includes(check.table))
      report.task(
        at,
        ['config', 'checks', index, 'table'],
        `No table called "${check.table}" reaches ${called(task)}. There is ${names.join(', ')}.${didYouMean(check.table, names)}`,
      );
    if (check?.table === undefined && names.length > 1 && check?.type !== 'sql')
      report.task(
        at,
        ['config', 'checks', index],
        `${names.length} tables reach ${called(task)}. Say which one to check with "table": ${names.join(', ')}.`,
      );
  });
}

function writeProblems(report: Report, graph: Graph): void {
  const { spec } = report;
  const writers = new Map<string, { at: number; mode: string }[]>();
  spec.tasks.forEach((task, at) => {
    const write = writeOf(task);
    if (!write) return;
    if (nodeDefinition(task.kind)?.provides === false)
      report.task(
        at,
        ['writes'],
        `${called(task)} makes no table of its own, so it cannot write "${write.dataset}". Set it at the task that makes the table.`,
      );
    if (write.mode === 'interval' && !spec.triggers.some((trigger) => trigger.kind === 'schedule'))
      report.task(
        at,
        ['writes', 'mode'],
        'Writing by interval needs a schedule: without one no run covers an interval. A disabled schedule is enough.',
        'warning',
      );
    writers.set(write.dataset, [...(writers.get(write.dataset) ?? []), { at, mode: write.mode }]);
  });
  for (const [dataset, list] of writers) {
    const last = list.at(-1);
    if (list.length > 1 && last && list.some((each) => each.mode === 'replace'))
      report.task(
        last.at,
        ['writes'],
        `${list.length} tasks write "${dataset}" and at least one replaces it, so one result overwrites the other.`,
        'warning',
      );
  }
  spec.tasks.forEach((task, at) => {
    for (const read of readsOf(task)) {
      const before = graph.ancestors(task.id);
      const apart = (writers.get(read.dataset) ?? []).filter(
        (writer) => writer.at !== at && !before.has(spec.tasks[writer.at]?.id ?? ''),
      );
      const writer = spec.tasks[apart[0]?.at ?? -1];
      if (writer)
        report.task(
          at,
          read.path,
          `${called(task)} reads "${read.dataset}", which ${called(writer)} of this pipeline writes, but no edge leads from one to the other. Connect them, so that the order is certain.`,
        );
    }
  });
}
