import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AppError, type Json } from '@/lib/core';
import { store } from '@/lib/datasets/server';
import { AttemptFailure, type ArtifactReport, type AttemptContext, type AttemptResult, type StoredArtifact } from './adapter';
import { runProcess, type ProcessEnd } from './process';
import { readProtocolLine } from './protocol';
import { keepTable } from './tables';
import { spareFolder } from './work-folder';

/** The file that a command may write its table to. */
export const outputFile = (context: AttemptContext): string => path.join(context.workDir, 'output');

const SKIP_CODE = 99;
const TAIL = 40;
const OUT_OF_MEMORY = /MemoryError|Cannot allocate memory|std::bad_alloc|out of memory/i;

/** What is done with a command. */
export type UserCommand = {
  command: [string, ...string[]];
  env: Record<string, string>;
  /** a better sentence for a failure that the kind knows, from the last lines of stderr */
  explain?(tail: string[]): { code: string; message: string; hint?: string } | null;
};

/**
 * runUserCode runs a person's command: its lines go to the log, its reports to the engine, its artifacts and its table to the
 * store. Exit code 0 succeeded, 99 skipped, others failed (contract §2).
 */
export async function runUserCode(context: AttemptContext, user: UserCommand): Promise<AttemptResult> {
  const began = performance.now();
  const tail: string[] = [];
  const artifacts: ArtifactReport[] = [];
  let output: Json | undefined;
  let brokenLines = 0;

  const ownFolder = `${context.workDir}${path.sep}`;

  const onLine = (stream: 'stdout' | 'stderr', said: string, cutBytes: number) => {
    // where on the machine the attempt ran is of no use to its reader
    const text = said.replaceAll(ownFolder, '');
    const line = stream === 'stdout' ? readProtocolLine(text, cutBytes) : ({ kind: 'log' } as const);
    if (line.kind === 'report') {
      const { artifact, ...report } = line.report;
      if (artifact) artifacts.push(artifact);
      if (report.output !== undefined) output = report.output;
      if (Object.keys(report).length > 0) context.report(report);
      return;
    }
    context.log(stream, cutBytes > 0 ? `${text} … [${cutBytes} more bytes of this line were dropped]` : text);
    if (line.kind === 'broken') {
      brokenLines += 1;
      if (brokenLines <= 20) context.log('system', `This ::penstock line was not understood: ${line.why}.`);
    }
    if (stream === 'stderr') {
      tail.push(text);
      if (tail.length > TAIL) tail.shift();
    }
  };

  context.started();
  const end = await runProcess({
    command: user.command,
    cwd: context.workDir,
    env: { ...user.env, PENSTOCK_OUTPUT: outputFile(context) },
    memoryMb: context.limits.memoryMb,
    signal: context.signal,
    pulse: context.pulse,
    onLine,
    ready: context.logReady,
  });
  const runMs = Math.round(performance.now() - began);
  const base = { brokenLines, ...(end.exitCode === null ? {} : { exitCode: end.exitCode }), ...(output === undefined ? {} : { output }) };

  if (end.stopped === 'abort') return { ...base, outcome: 'cancelled', timings: { runMs } };
  const kept = artifacts.length > 0 ? { artifacts: await keepArtifacts(context, artifacts) } : {};
  if (end.exitCode === SKIP_CODE) return { ...base, ...kept, outcome: 'skipped', timings: { runMs } };
  if (end.stopped !== null || end.exitCode !== 0) {
    return { ...base, ...kept, outcome: 'failed', error: causeOf(context, end, tail, user), timings: { runMs } };
  }
  const keeping = performance.now();
  // nobody was in its folder: it holds no table
  const untouched = end.alone && artifacts.length === 0 && spareFolder(context.workDir);
  const table = untouched ? null : await keepTable(context, outputFile(context));
  const timings = { runMs, outputMs: Math.round(performance.now() - keeping) };
  return { ...base, ...kept, outcome: 'succeeded', timings, ...(table ? { table } : {}) };
}

/** causeOf names why a command failed. */
function causeOf(context: AttemptContext, end: ProcessEnd, tail: string[], user: UserCommand): NonNullable<AttemptResult['error']> {
  const { memoryMb } = context.limits;
  const moreMemory = 'Raise the task\'s "Memory", or work on less data at a time.';
  const detail = tail.length > 0 ? { detail: tail.join('\n') } : {};
  const peak = Math.round(end.peakBytes / 1024 / 1024);
  if (end.stopped === 'memory') {
    return { code: 'memory', message: `The task used more memory than its limit of ${memoryMb} MB (${peak} MB) and was stopped.`, hint: moreMemory, ...detail };
  }
  if (end.stopped === 'processes') {
    return { code: 'processes', message: `The task started too many processes (${end.peakProcesses} at once) and was stopped.`, hint: 'Start fewer processes at a time; a loop that starts processes without end is the usual cause.', ...detail };
  }
  if (end.stopped === 'disk') {
    return { code: 'disk_full', message: 'The disk was nearly full, so the task was stopped.', hint: 'Free some space on the machine, or let the task write less.', ...detail };
  }
  if (end.signal !== null) {
    const killed = end.signal === 'SIGKILL' ? ', most likely because the machine ran out of memory' : '';
    return { code: end.signal === 'SIGKILL' ? 'memory' : 'signal', message: `The task was ended from outside by ${end.signal}${killed}.`, hint: end.signal === 'SIGKILL' ? moreMemory : 'Look in the log at what it was doing.', ...detail };
  }
  if (tail.some((line) => OUT_OF_MEMORY.test(line))) {
    return { code: 'memory', message: `The task could not get the memory it asked for (limit ${memoryMb} MB).`, hint: moreMemory, ...detail };
  }
  const known = user.explain?.(tail);
  if (known) return { ...known, ...detail };
  const said = [...tail].reverse().find((line) => line.trim() !== '');
  return {
    code: `exit_${end.exitCode ?? 1}`,
    message: said ? `The task ended with exit code ${end.exitCode ?? 1}: ${said.trim().slice(0, 500)}` : `The task ended with exit code ${end.exitCode ?? 1}.`,
    hint: 'Open its log: the last lines usually say why.',
    ...detail,
  };
}

const ARTIFACT_BYTES = 1024 * 1024 * 1024;

/** keepArtifacts stores the files a task named; one that is missing or outside its folder is said in the log and left out. */
async function keepArtifacts(context: AttemptContext, reported: ArtifactReport[]): Promise<StoredArtifact[]> {
  const kept: StoredArtifact[] = [];
  const home = await realpath(context.workDir);
  for (const artifact of new Map(reported.map((each) => [each.name, each])).values()) {
    try {
      const file = await realpath(path.resolve(context.workDir, artifact.path));
      if (!file.startsWith(`${home}${path.sep}`)) throw new AttemptFailure('artifact', 'it lies outside the working folder');
      if (!(await lstat(file)).isFile()) throw new AttemptFailure('artifact', 'it is not a plain file');
      const name = artifact.name.replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 120) || 'artifact';
      const key = `artifacts/${context.workspaceId}/${context.runId}/${context.ordinal}-${context.attempt}/${kept.length + 1}-${name}`;
      const { bytes } = await store().put(key, { path: file }, { maxBytes: ARTIFACT_BYTES });
      kept.push({ name: artifact.name, type: artifact.type, key, bytes });
    } catch (error) {
      // that the store is away is no fault of the artifact
      if (error instanceof AppError && error.code === 'unavailable') throw error;
      const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : error instanceof Error ? error.message : String(error);
      context.log('system', `The artifact "${artifact.name}" (${artifact.path}) was not kept: ${why}.`);
    }
  }
  return kept;
}
