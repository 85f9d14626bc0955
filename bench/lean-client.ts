import http from 'node:http';
import type { Product } from '../e2e/fixtures/built-product';

/**
 * A REST client that costs as little as it can (a call by `fetch` takes three times the processor): whoever times the product shares the
 * machine with it, as the pages of real people do not.
 */
export class LeanClient {
  private readonly agent = new http.Agent({ keepAlive: true });

  constructor(private readonly product: Product) {}

  /** call asks below /api/v1 and gives the answer's JSON. @throws Error unless it is a success */
  async call<T>(method: string, route: string, body?: unknown): Promise<T> {
    const text = await new Promise<string>((resolve, reject) => {
      const request = this.open(method, route, body === undefined ? undefined : JSON.stringify(body), (response) => {
        let heard = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (heard += chunk));
        response.on('end', () => ((response.statusCode ?? 500) < 300 ? resolve(heard) : reject(new Error(`${method} ${route} answered ${response.statusCode}: ${heard}`))));
      });
      request.on('error', reject);
    });
    return JSON.parse(text) as T;
  }

  /** events calls `each` for every chunk of an event stream, until the signal aborts. */
  events(route: string, signal: AbortSignal, each: () => void): void {
    const request = this.open('GET', route, undefined, (response) => response.on('data', each));
    request.on('error', () => undefined);
    signal.addEventListener('abort', () => request.destroy(), { once: true });
  }

  close(): void {
    this.agent.destroy();
  }

  private open(method: string, route: string, body: string | undefined, answer: (response: http.IncomingMessage) => void): http.ClientRequest {
    const headers = { authorization: `Bearer ${this.product.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }) };
    const request = http.request(`${this.product.url}/api/v1${route}`, { method, headers, agent: this.agent }, answer);
    request.end(body);
    return request;
  }
}
