import { type z } from 'zod';
import { Failure, problemSchema } from './failure';
import { type Settings } from './settings';

type Call = { method?: string; body?: unknown; query?: Record<string, string | number | undefined>; timeoutMs?: number; accept?: string };

/** Rest speaks the public REST interface of one workspace, and nothing else. */
export class Rest {
  constructor(private readonly settings: Settings) {}

  /** Calls a path below `/api/v1/w/{workspace}` and checks the answer. @throws Failure with the server's own words */
  async call<T>(path: string, answer: z.ZodType<T>, call: Call = {}): Promise<T> {
    const response = await this.send(path, call);
    const parsed = answer.safeParse(response.status === 204 ? null : await response.json());
    if (!parsed.success) throw new Failure(`${path} answered something this version does not understand: ${parsed.error.issues[0]?.path.join('.') ?? ''} ${parsed.error.issues[0]?.message ?? ''}. Is the server of another version?`);
    return parsed.data;
  }

  /** Calls and gives null where the server says there is no such thing. */
  async find<T>(path: string, answer: z.ZodType<T>, call: Call = {}): Promise<T | null> {
    try {
      return await this.call(path, answer, call);
    } catch (error) {
      if (error instanceof Failure && error.problem?.status === 404) return null;
      throw error;
    }
  }

  private async send(path: string, call: Call): Promise<Response> {
    const url = new URL(`${this.settings.url}/api/v1/w/${encodeURIComponent(this.settings.workspace)}${path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
    let response: Response;
    try {
      response = await fetch(url, {
        method: call.method ?? 'GET',
        headers: {
          authorization: `Bearer ${this.settings.token}`,
          accept: call.accept ?? 'application/json',
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: AbortSignal.timeout(call.timeoutMs ?? 60_000),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : error instanceof Error ? error.message : String(error);
      throw new Failure(`${this.settings.url} cannot be reached (${cause}). Is Penstock running there?`);
    }
    if (response.ok) return response;
    const problem = problemSchema.safeParse(await response.json().catch(() => null));
    if (!problem.success) throw new Failure(`${url.pathname} answered ${response.status} without saying why.`);
    throw new Failure(problem.data.detail ?? problem.data.title, problem.data);
  }
}
