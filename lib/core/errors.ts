/** One thing wrong with an input: where, what, and the value when it helps. Paths look like `tasks[0].config.sql`. */
export type Issue = { path: string; message: string; value?: unknown };

type Code = 'unauthorized' | 'not_found' | 'forbidden' | 'too_large' | 'invalid' | 'conflict' | 'rate_limited' | 'unavailable';

const STATUS: Record<Code, number> = {
  unauthorized: 401,
  not_found: 404,
  forbidden: 403,
  too_large: 413,
  invalid: 422,
  conflict: 409,
  rate_limited: 429,
  unavailable: 503,
};

/**
 * AppError is every refusal a person or program can cause. `message` is a sentence for a person: what happened, what was
 * expected, what to do. `lib/http` maps it to problem+json; server actions hand it to the form.
 */
export class AppError extends Error {
  readonly status: number;

  constructor(
    readonly code: Code,
    message: string,
    readonly issues: Issue[] = [],
    /** Extra members of the problem document, for example `current` of a draft conflict or `retryAfterSeconds`. */
    readonly extra: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'AppError';
    this.status = STATUS[code];
  }
}

/** failureCode names an error as an attempt's error code: its reason where it has one (`store_unavailable`, `disk_full`). */
export const failureCode = (error: AppError): string => (typeof error.extra.reason === 'string' ? error.extra.reason : error.code);

/** notFound says that a thing is not in this workspace; unknown and foreign look the same. */
export const notFound = (what: string, id: string) => new AppError('not_found', `There is no ${what} "${id}" in this workspace.`);

/** invalid refuses input, one issue per field. */
export const invalid = (message: string, issues: Issue[] = []) => new AppError('invalid', message, issues);

/** conflict refuses a change because the thing moved meanwhile or exists already. */
export const conflict = (message: string, extra: Record<string, unknown> = {}) => new AppError('conflict', message, [], extra);
