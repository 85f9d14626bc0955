import { validate, type DraftSpec, type Facts, type Problem } from '@/lib/pipeline/index';

const key = (problem: Problem) => `${problem.path}\n${problem.message}`;

/** What only the server can say (a query's columns, for one), with the spec that it said it about. */
export type ServerWord = { spec: DraftSpec; problems: readonly Problem[] };

/**
 * problemsNow validates the open draft at once and keeps what only the server could know, as long as the task that it is
 * about has not been touched since. `facts` may lack what the browser does not know; those rules are skipped.
 */
export function problemsNow(spec: DraftSpec, facts: Facts, word: ServerWord): Problem[] {
  if (word.spec === spec) return [...word.problems];
  const own = validate(spec, facts);
  const known = new Set([...validate(word.spec, facts), ...own].map(key));
  const further = word.problems.flatMap((problem) => {
    if (known.has(key(problem)) || problem.taskId === undefined) return [];
    const before = word.spec.tasks.findIndex((task) => task.id === problem.taskId);
    const now = spec.tasks.findIndex((task) => task.id === problem.taskId);
    if (before < 0 || now < 0 || word.spec.tasks[before] !== spec.tasks[now]) return [];
    return [{ ...problem, path: problem.path.replace(`tasks[${before}]`, `tasks[${now}]`) }];
  });
  return [...own, ...further];
}
