import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { AppError } from '@/lib/core/errors';
import { log } from '@/lib/core/log';
import { histogram } from '@/lib/observability/server';
import { type S3Address } from './address';
import { type Credentials } from './credentials';
import { storeFailure } from './failure';
import { textOf } from './xml';

/** How long a store that does not answer is asked again, in milliseconds. */
const PATIENCE_MS = 30_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 3_000;
/** A call that hears nothing for this long is given up and made again, in milliseconds. */
const SILENCE_MS = 20_000;
/** Credentials are asked for anew this long before they expire, in milliseconds. */
const EARLY_MS = 300_000;
/** Upper bounds of the metric, in seconds. */
const BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 20, 60];

/** One request, and how to say what it was for: `read "outputs/…"`. */
export type Call = {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  /** null: the bucket itself */
  key: string | null;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
  /** what is done, as in "The store … could not <purpose>" */
  purpose: string;
  /** milliseconds without a byte until the call is given up; a copy inside the store may be silent for long */
  silenceMs?: number;
  /** statuses that are an answer, not a failure */
  expected?: number[];
};

/** The answer to a call that was not refused. `heard` keeps a long transfer from being taken for silence. */
export type Heard = { response: Response; heard: () => void };

/** A transfer that ended before its time, or brought other bytes than were sent. It is made again. */
export class BrokenTransfer extends Error {}

/** S3Client makes signed requests on one bucket, again and with growing pauses while the store does not answer. */
export class S3Client {
  private held: Promise<Credentials> | undefined;
  private signer: { client: AwsClient; expiresAt: number } | undefined;

  constructor(
    readonly address: S3Address,
    private readonly credentials: () => Promise<Credentials>,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /**
   * call makes a request until it is answered.
   * @param use takes the answer; when the connection breaks meanwhile, it is called again with a new one
   * @throws AppError with the reason `store_unavailable` when nothing answers in time, `store_refused` when the answer is no
   */
  async call<T>(call: Call, use: (heard: Heard) => Promise<T>): Promise<T> {
    const began = Date.now();
    for (let delay = FIRST_DELAY_MS, tries = 1; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS), tries += 1) {
      const tried = performance.now();
      const trouble = await this.once(call, use).catch((error: unknown) => {
        this.measure(call, 'refused', tried);
        throw error;
      });
      this.measure(call, 'value' in trouble ? 'ok' : 'unanswered', tried);
      if ('value' in trouble) return trouble.value;
      const pause = delay * (0.5 + Math.random() / 2);
      if (Date.now() + pause > began + this.patienceMs) {
        throw storeFailure(
          'store_unavailable',
          `The store ${this.address.shown} could not ${call.purpose}: ${trouble.again}. It was asked ${tries === 1 ? 'once' : `${tries} times`} in ${Math.max(1, Math.round((Date.now() - began) / 1000))} seconds. Check that it runs and can be reached from here, then try again.`,
        );
      }
      if (tries === 1) log.warn({ store: this.address.shown, call: call.purpose, trouble: trouble.again }, 'the store did not answer; asking again');
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  private measure(call: Call, outcome: 'ok' | 'unanswered' | 'refused', tried: number): void {
    histogram({ name: 'penstock_store_request_seconds', help: 'Time of a request to the store, with its transfer, by method and outcome.', labelNames: ['method', 'outcome'] as const, buckets: BUCKETS }).observe(
      { method: call.method, outcome },
      (performance.now() - tried) / 1000,
    );
  }

  /** One try: the value, or in words why it is worth another one. */
  private async once<T>(call: Call, use: (heard: Heard) => Promise<T>): Promise<{ value: T } | { again: string }> {
    const stop = new AbortController();
    const silenceMs = call.silenceMs ?? Math.min(SILENCE_MS, this.patienceMs);
    const timer = setTimeout(() => stop.abort(new BrokenTransfer(`it was silent for ${silenceMs / 1000} seconds`)), silenceMs);
    try {
      const response = await fetch(await this.signed(call, stop.signal));
      if (response.ok || call.expected?.includes(response.status)) return { value: await use({ response, heard: () => void timer.refresh() }) };
      return { again: await this.judge(call, response) };
    } catch (error) {
      const words = stop.signal.aborted ? (stop.signal.reason as Error).message : networkTrouble(error);
      if (words === null) throw error;
      return { again: words };
    } finally {
      clearTimeout(timer);
    }
  }

  private async signed(call: Call, signal: AbortSignal): Promise<Request> {
    const path = call.key === null ? '' : `/${call.key.split('/').map(encodePart).join('/')}`;
    const query = Object.entries(call.query ?? {}).map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`);
    const client = await this.signingClient();
    return client.sign(`${this.address.url}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`, {
      method: call.method,
      // the store checks the body against its digest
      headers: { ...call.headers, 'x-amz-content-sha256': createHash('sha256').update(call.body ?? '').digest('hex') },
      ...(call.body === undefined ? {} : { body: call.body }),
      redirect: 'manual',
      signal,
    });
  }

  private async signingClient(): Promise<AwsClient> {
    if (this.signer && this.signer.expiresAt - EARLY_MS > Date.now()) return this.signer.client;
    this.held ??= this.credentials().finally(() => (this.held = undefined));
    const { expiresAt = Infinity, ...keys } = await this.held;
    this.signer = { client: new AwsClient({ ...keys, service: 's3', region: this.address.region, retries: 0 }), expiresAt };
    return this.signer.client;
  }

  /** judge says why an answer is worth another try. @throws AppError when another try would be answered the same */
  private async judge(call: Call, response: Response): Promise<string> {
    const { status } = response;
    // the message may name keys and signatures; the code alone is fit to be shown
    const code = textOf(await response.text().catch(() => ''), 'Code').replace(/\W/g, '') || `status ${status}`;
    if (status >= 500 && status !== 501) return `it answered ${code}`;
    if (status === 429 || AGAIN.has(code)) return `it answered ${code}`;
    if (EXPIRED.has(code) && this.signer && this.signer.expiresAt < Infinity) {
      this.signer = undefined;
      return `it answered ${code}`;
    }
    throw storeFailure('store_refused', `The store ${this.address.shown} could not ${call.purpose}: it answered ${code}. ${this.advice(status, code, response)}`);
  }

  private advice(status: number, code: string, response: Response): string {
    const region = response.headers.get('x-amz-bucket-region');
    if (code === 'NoSuchBucket' || (status === 404 && code.startsWith('status'))) return `Create the bucket "${this.address.bucket}", or correct PENSTOCK_STORE.`;
    if (status === 301 || status === 307 || code === 'AuthorizationHeaderMalformed') return region ? `The bucket lies in another region: set AWS_REGION=${region}.` : 'Set AWS_REGION to the region of the bucket.';
    if (code === 'RequestTimeTooSkewed') return 'Set the clock of this machine.';
    if (status === 401 || status === 403) {
      return code === 'AccessDenied' || code.startsWith('status')
        ? 'The credentials must be allowed to list the bucket, and to get, put and delete objects in it.'
        : 'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN).';
    }
    return 'Check PENSTOCK_STORE and AWS_ENDPOINT_URL.';
  }
}

/** Refusals that pass by themselves. */
const AGAIN = new Set(['RequestTimeout', 'SlowDown', 'ConditionalRequestConflict', 'OperationAborted', 'Throttling', 'ThrottlingException', 'BadDigest', 'XAmzContentSHA256Mismatch', 'IncompleteBody']);

/** Refusals that new credentials mend. */
const EXPIRED = new Set(['ExpiredToken', 'TokenRefreshRequired', 'InvalidToken']);

const encodePart = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

const NETWORK_WORDS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens at that address',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no way to that address',
  ENETUNREACH: 'there is no way to that address',
};

/** networkTrouble says in words what is wrong with a connection; null for errors of another sort. */
function networkTrouble(error: unknown): string | null {
  if (error instanceof AppError) return null;
  if (error instanceof BrokenTransfer) return error.message;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (NETWORK_WORDS[code]) return NETWORK_WORDS[code];
  if (code.startsWith('UND_ERR') || code.startsWith('ERR_SSL') || code.startsWith('CERT_') || code.includes('CERT')) return cause instanceof Error ? cause.message : code;
  if (error instanceof TypeError && /fetch failed|terminated/.test(error.message)) return cause instanceof Error && cause !== error ? cause.message : 'the connection broke';
  return null;
}
