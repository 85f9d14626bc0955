import { ZodError, type z } from 'zod';
import { AppError, type Issue } from '@/lib/core/errors';
import { log } from '@/lib/core/log';
import { issuesOf } from './issues';
import { textResponse } from './whole-text';

/** A problem document of RFC 9457 with our `errors` member. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors: Issue[];
  [member: string]: unknown;
};

const TITLES: Record<AppError['code'], string> = {
  unauthorized: 'Not signed in',
  not_found: 'Not found',
  forbidden: 'Not allowed',
  too_large: 'Too large',
  invalid: 'Not valid',
  conflict: 'Conflict',
  rate_limited: 'Too many requests',
  unavailable: 'Not available',
};

/** toProblem turns whatever was thrown into a document for the caller. What we did not foresee is logged, never shown. */
export function toProblem(error: unknown, requestId?: string): Problem {
  const known = foreseen(error);
  if (known) {
    return {
      ...known.extra,
      type: `urn:penstock:problem:${known.code}`,
      title: TITLES[known.code],
      status: known.status,
      detail: known.message,
      errors: known.issues,
      ...(requestId ? { requestId } : {}),
    };
  }
  log.error({ err: error, requestId }, 'a call failed unexpectedly');
  return {
    type: 'urn:penstock:problem:internal',
    title: 'Something went wrong on our side',
    status: 500,
    detail: `Nothing of this call was kept. Try again; if it stays, look for ${requestId ?? 'this time'} in the log of the web process.`,
    errors: [],
    ...(requestId ? { requestId } : {}),
  };
}

/** problemResponse answers with a problem document. */
export function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  const wait: Record<string, string> =
    typeof problem.retryAfterSeconds === 'number'
      ? { 'retry-after': String(Math.max(1, Math.ceil(problem.retryAfterSeconds))) }
      : {};
  const challenge: Record<string, string> =
    problem.status === 401 ? { 'www-authenticate': 'Bearer realm="Penstock"' } : {};
  return textResponse(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...wait,
      ...challenge,
      ...headers,
    },
  });
}

/** refuseInput turns a failed parse into the refusal that names each field. */
export function refuseInput(error: z.ZodError, input: unknown, where: 'body' | 'query'): AppError {
  const issues = issuesOf(error, input);
  const first = issues[0];
  const place = first?.path ? `${first.path}: ` : '';
  const more = issues.length > 1 ? ` ${issues.length - 1} more below.` : '';
  return new AppError(
    'invalid',
    `The ${where === 'body' ? 'request' : 'query'} cannot be used. ${place}${first?.message ?? ''}${more}`,
    issues,
  );
}

function foreseen(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  if (error instanceof ZodError) return refuseInput(error, undefined, 'body');
  const code = databaseCode(error);
  if (code === 'P2002' || code === '23505')
    return new AppError(
      'conflict',
      'Something with this name exists already. Choose another name or change the existing one.',
    );
  if (code === 'P2025') return new AppError('not_found', 'This no longer exists. Reload and try again.');
  if (code === '22021' || code === '22P05')
    return new AppError('invalid', 'The text contains a character (NUL) that cannot be stored. Remove it.');
  if (code === '40P01' || code === '40001' || code === 'P2034')
    return new AppError('unavailable', 'Two changes met. Try again.', [], { retryAfterSeconds: 1 });
  if (code === 'ECONNREFUSED' || code === 'P1001' || code === '57P01' || code === '57P03') {
    return new AppError(
      'unavailable',
      'The database does not answer. It may be starting again; try in a moment.',
      [],
      { retryAfterSeconds: 2 },
    );
  }
  if (code === 'ENOSPC' || code === '53100') {
    return new AppError(
      'unavailable',
      'The disk is full, so nothing of this call was kept. Free some space on the machine, then try again.',
      [],
      { reason: 'disk_full', retryAfterSeconds: 60 },
    );
  }
  return undefined;
}

function databaseCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, meta } = error as { code?: unknown; meta?: { code?: unknown } };
  if (code === 'P2010' && typeof meta?.code === 'string') return meta.code;
  return typeof code === 'string' ? code : undefined;
}
