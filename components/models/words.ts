import { type EndpointState } from '@/lib/serving';
import { type ModelVersionView, type Signature, type Tensor } from '@/lib/registry';

/** How an endpoint's state is drawn and called. */
export const ENDPOINT_LOOK: Record<EndpointState, { state: string; label: string }> = {
  starting: { state: 'running', label: 'Starting' },
  ready: { state: 'succeeded', label: 'Ready' },
  failed: { state: 'failed', label: 'Failed' },
};

/** versionLook says how a version stands: served here, stored only, or not loadable. */
export function versionLook(version: Pick<ModelVersionView, 'status' | 'flavor'>): { state: string; label: string } {
  if (version.status === 'failed') return { state: 'failed', label: 'Cannot be loaded' };
  if (version.status === 'registering') return { state: 'running', label: 'Being looked at' };
  return version.flavor === null ? { state: 'skipped', label: 'Stored only' } : { state: 'succeeded', label: 'Can be served' };
}

/** shapeText writes a tensor's shape; N is a number of rows that varies. */
export const shapeText = (tensor: Tensor): string => `[${tensor.shape.map((size, i) => (size === -1 ? (i === 0 ? 'N' : 'any') : String(size))).join(', ')}]`;

/** milliseconds writes a latency with the digits that matter. */
export const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en-US')} ms`;

/** share writes a part of a whole in percent. */
export const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${((part / whole) * 100).toLocaleString('en-US', { maximumFractionDigits: 2 })} %`);

/** valueText writes a value of a prediction for a table. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** WINDOWS are the spans of time that an endpoint's figures are read over. */
export const WINDOWS = [
  { value: 'hour', label: 'Last hour', ms: 3_600_000 },
  { value: 'day', label: '24 hours', ms: 86_400_000 },
  { value: 'week', label: '7 days', ms: 604_800_000 },
] as const;

const SAMPLE = { number: 1.5, integer: 1, boolean: true, string: 'text' } as const;

/** sampleRequest makes a request for a signature that the gateway takes: rows by name where features have names, tensors otherwise. */
export function sampleRequest(signature: Signature): Record<string, unknown> {
  if (signature.features.length > 0) return { dataframe_records: [Object.fromEntries(signature.features.map((feature) => [feature.name, SAMPLE[feature.type]]))] };
  return {
    inputs: signature.inputs.map((input) => {
      const shape = input.shape.map((size) => (size === -1 ? 1 : size));
      const size = shape.reduce((product, each) => product * each, 1);
      return { name: input.name, shape, datatype: input.datatype, data: Array.from({ length: Math.min(size, 64) }, () => (input.datatype === 'BYTES' ? 'text' : 0)) };
    }),
  };
}
