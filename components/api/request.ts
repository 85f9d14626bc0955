/** FieldIssue is one thing wrong with what was sent: where and what. */
export type FieldIssue = { path: string; message: string; value?: unknown };

/** ProblemError is a refusal of the API: `message` is the sentence to show, `issues` belong to fields, `extra` is the rest. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly issues: readonly FieldIssue[] = [],
    readonly extra: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'ProblemError';
  }

  /** issueAt finds the sentence for one field. */
  issueAt(path: string): string | null {
    return this.issues.find((i) => i.path === path || i.path.endsWith(`.${path}`))?.message ?? null;
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

/** workspaceUrl gives the address of an API call in a workspace; empty query values are left out. */
export function workspaceUrl(workspace: string, path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  const tail = search.toString();
  return `/api/v1/w/${encodeURIComponent(workspace)}${path}${tail === '' ? '' : `?${tail}`}`;
}

const UNREACHABLE =
  'Penstock does not answer. Check that it is running and that you are online, then try again.';

async function problemOf(response: Response): Promise<ProblemError> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const { detail, title, errors, status: _status, type: _type, ...extra } = body;
  const text =
    typeof detail === 'string'
      ? detail
      : typeof title === 'string'
        ? title
        : `The server answered ${response.status}.`;
  return new ProblemError(
    response.status,
    text,
    Array.isArray(errors) ? (errors as FieldIssue[]) : [],
    extra,
  );
}

/**
 * request calls the API with the session of the browser and returns the JSON answer.
 * @param url from `workspaceUrl` or an absolute path
 * @throws ProblemError on every refusal, with status 0 when nothing answered
 */
export async function request<T>(
  url: string,
  options: { method?: string; body?: unknown; signal?: AbortSignal; headers?: Record<string, string> } = {},
): Promise<T> {
  const { method = options.body === undefined ? 'GET' : 'POST', body, signal, headers } = options;
  const response = await fetch(url, {
    method,
    signal,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ProblemError(0, UNREACHABLE);
  });
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** sentenceOf gives what to tell a person about any caught error. */
export const sentenceOf = (error: unknown): string =>
  error instanceof ProblemError
    ? error.message
    : 'Something went wrong on this page. Reload it and try again.';
