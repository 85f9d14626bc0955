import { type Json, type JsonObject } from '@/lib/core/json';
import { type EventKind, type Param } from '@/lib/pipeline';

/**
 * eventParams gives a run the parts of its event that have a param of the same name: of a call the fields of its body, and the whole of it
 * as `body`; of a file its `path`.
 */
export function eventParams(kind: EventKind, data: JsonObject, declared: readonly Pick<Param, 'name'>[]): JsonObject {
  const given: JsonObject = kind === 'file' ? { path: data.path ?? null } : kind === 'webhook' ? { body: data.body ?? null, ...fields(data.body) } : {};
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => value !== null && declared.some((param) => param.name === name)));
}

const fields = (body: Json | undefined): JsonObject => (typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {});
