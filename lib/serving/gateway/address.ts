/** What a path of the gateway asks for. */
export type Address =
  | { kind: 'metrics' | 'live' | 'ready' | 'ping' }
  | { kind: 'server'; workspace: string }
  | { kind: 'endpointPing'; workspace: string; endpoint: string }
  | { kind: 'model' | 'modelReady' | 'infer' | 'invocations' | 'tfStatus' | 'tfMetadata' | 'tfPredict'; workspace: string; endpoint: string; version: string | null };

const NAME = '([^/:]+)';
const VERSION = '(?:/versions/([^/:]+))?';
const V2 = new RegExp(`^/${NAME}/v2/models/${NAME}${VERSION}(/ready|/infer)?$`);
const V1 = new RegExp(`^/${NAME}/v1/models/${NAME}${VERSION}(/metadata|:predict)?$`);

/** readAddress reads a path; null when the gateway has nothing there. */
export function readAddress(path: string): Address | null {
  const clean = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  if (clean === '/metrics') return { kind: 'metrics' };
  if (clean === '/api/health/live') return { kind: 'live' };
  if (clean === '/api/health/ready') return { kind: 'ready' };
  if (clean === '/ping' || clean === '/health') return { kind: 'ping' };
  if (clean === '/api/health/live') return { kind: 'live' };
  if (clean === '/api/health/ready') return { kind: 'ready' };
  const [, workspace = '', rest = ''] = /^\/([^/]+)(\/.*)?$/.exec(clean) ?? [];
  if (rest === '/v2') return { kind: 'server', workspace };
  if (rest === '/v2/health/live') return { kind: 'live' };
  if (rest === '/v2/health/ready') return { kind: 'ready' };
  if (rest === '/ping' || rest === '/health') return { kind: 'ping' };
  const v2 = V2.exec(clean);
  if (v2) return { kind: v2[4] === '/infer' ? 'infer' : v2[4] === '/ready' ? 'modelReady' : 'model', workspace, endpoint: v2[2] ?? '', version: v2[3] ?? null };
  const v1 = V1.exec(clean);
  if (v1) return { kind: v1[4] === ':predict' ? 'tfPredict' : v1[4] === '/metadata' ? 'tfMetadata' : 'tfStatus', workspace, endpoint: v1[2] ?? '', version: v1[3] ?? null };
  const mlflow = /^\/([^/]+)\/(invocations|ping|health)$/.exec(rest);
  if (mlflow?.[2] === 'invocations') return { kind: 'invocations', workspace, endpoint: mlflow[1] ?? '', version: null };
  if (mlflow) return { kind: 'endpointPing', workspace, endpoint: mlflow[1] ?? '' };
  return null;
}
