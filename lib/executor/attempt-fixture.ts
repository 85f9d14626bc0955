import { newId } from '@/lib/core';
import { createMasker, type AttemptLog } from '@/lib/observability/server';
import type { Task } from '@/lib/pipeline';
import type { AttemptInput, AttemptResult, LogStream, Report } from './adapter';
import type { AttemptDeps } from './perform';
import { performAttempt } from './server';

/** A log that lies in memory, for tests of attempts. */
export function memoryLog(): AttemptLog & { lines: { stream: LogStream; text: string }[]; text(): string } {
  const masker = createMasker();
  const lines: { stream: LogStream; text: string }[] = [];
  return {
    lines,
    text: () => lines.map((line) => line.text).join('\n'),
    write: (stream, text) => lines.push(...text.split('\n').map((line) => ({ stream, text: masker.text(line) }))),
    ready: () => Promise.resolve(),
    mask: masker.add,
    maskText: masker.text,
    maskJson: masker.json,
    close: () => Promise.resolve({ lines: lines.length }),
  };
}

/** attemptOf makes an attempt of a task as the engine would hand it over. */
export function attemptOf(task: Pick<Task, 'kind' | 'config'> & Partial<Task>, more: Partial<AttemptInput> = {}): AttemptInput {
  const runId = newId();
  return {
    workspaceId: newId(),
    workspaceSlug: 'test',
    runId,
    ordinal: 0,
    taskId: task.id ?? 'task',
    mapIndex: -1,
    attempt: 1,
    pipelineSlug: 'test',
    task: { id: 'task', ...task },
    params: {},
    paramTypes: {},
    run: { id: runId, pipeline: 'test', version: 1, logicalDate: null, intervalStart: null, intervalEnd: null },
    inputs: [],
    reads: [],
    upstream: {},
    runCreatedAt: new Date(),
    waitingSince: new Date(),
    checkpoint: null,
    external: null,
    limits: { memoryMb: 512, threads: 1, timeoutSeconds: 60 },
    sampleRows: null,
    ...more,
  };
}

/** What an attempt did, for tests. */
export type Performed = AttemptResult & { log: string; reports: Report[] };

/** perform runs an attempt with secrets, variables and a log in memory. */
export async function perform(input: AttemptInput, given: Partial<AttemptDeps> & { secrets?: Record<string, string> } = {}): Promise<Performed> {
  const log = memoryLog();
  const reports: Report[] = [];
  const result = await performAttempt(input, {
    signal: new AbortController().signal,
    log,
    report: (report) => reports.push(report),
    secret: (name) => Promise.resolve(given.secrets?.[name] ?? null),
    variables: () => Promise.resolve({}),
    subruns: null,
    ...given,
  });
  return { ...result, log: log.text(), reports };
}
