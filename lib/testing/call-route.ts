/** A REST handler, as a route module exports it. */
type Handler = (request: Request, context: { params: Promise<Record<string, string | string[] | undefined> | undefined> }) => Promise<Response>;

/** What is sent. `token` empty: no token. `body` as JSON, `raw` as it is. */
export type Sent = {
  method: string;
  token: string;
  workspace?: string;
  params?: Record<string, string>;
  query?: string;
  headers?: Record<string, string>;
  body?: unknown;
  raw?: string | Uint8Array<ArrayBuffer>;
};

export type Answered = { status: number; type: string; headers: Headers; text: string };

/** callRoute calls a handler in process, as the web server would. A stream of events is closed and answered as empty text. */
export async function callRoute(handler: Handler, sent: Sent): Promise<Answered> {
  const stop = new AbortController();
  const body = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
  const request = new Request(`http://localhost:3000/api/v1/x${sent.query ?? ''}`, {
    method: sent.method,
    signal: stop.signal,
    headers: { ...(sent.token ? { authorization: `Bearer ${sent.token}` } : {}), ...sent.headers },
    ...(body === undefined ? {} : { body }),
  });
  const response = await handler(request, { params: Promise.resolve({ ...(sent.workspace === undefined ? {} : { workspace: sent.workspace }), ...sent.params }) });
  const type = response.headers.get('content-type') ?? '';
  const isStream = type.startsWith('text/event-stream');
  const text = isStream ? '' : await response.text();
  stop.abort();
  if (isStream) await response.body?.cancel();
  return { status: response.status, type, headers: response.headers, text };
}
