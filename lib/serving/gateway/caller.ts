import { type IncomingHttpHeaders } from 'node:http';
import { includesRole } from '@/lib/tenancy';
import { bad, Refusal } from './refusal';
import { readPass, type Holders } from './holders';
import { type Holder } from './messages';
import { type RoutingTable, type TableEndpoint } from './table';

const LONGEST = 200;

/** holderOfRequest finds out who calls. @throws Refusal 401 without a good token, 503 when it cannot be looked up */
export async function holderOfRequest(headers: IncomingHttpHeaders, holders: Holders, secret: string): Promise<Exclude<Holder, { refused: string }>> {
  const [, text] = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (!text) throw new Refusal(401, 'Send an API token of the workspace: "Authorization: Bearer pst_…". Create one in Settings, Tokens.');
  const pass = text.startsWith('psp_') ? readPass(secret, text, Date.now()) : null;
  const holder = pass ?? (await holders.holderOf(text));
  if ('refused' in holder) throw new Refusal(holder.status, holder.refused, holder.status === 503 ? 1 : undefined);
  return holder;
}

/** workspaceFor refuses a workspace that the holder does not belong to as if it were not there. @throws Refusal 404 */
export function workspaceFor(table: RoutingTable, slug: string, holder: Exclude<Holder, { refused: string }>): string {
  const id = table.workspaces[slug];
  if (id === undefined || (holder.workspaceId !== null && holder.workspaceId !== id)) throw new Refusal(404, `There is no workspace "${slug}", or this token does not belong to it.`);
  return id;
}

/** endpointIn finds an endpoint of a workspace. @throws Refusal 404 */
export function endpointIn(endpoints: Map<string, TableEndpoint>, workspace: string, slug: string): TableEndpoint {
  const found = endpoints.get(`${workspace}/${slug}`);
  if (!found) throw new Refusal(404, `There is no endpoint "${slug}" in the workspace "${workspace}".`);
  return found;
}

const one = (value: string | string[] | undefined, name: string): string | null => {
  const text = Array.isArray(value) ? value[0] : value;
  if (text === undefined || text === '') return null;
  if (text.length > LONGEST) throw bad(`The header ${name} has ${text.length} characters; ${LONGEST} is the most.`);
  return text;
};

/** What the headers of a call say about it. */
export type Told = { unitId: string | null; requestId: string | null; eventTime: string | null };

/**
 * readTold reads the headers x-unit-id, x-request-id and x-event-time.
 * @throws Refusal 403 for an event time by a viewer's token, 400 for one that is no time
 */
export function readTold(headers: IncomingHttpHeaders, holder: Exclude<Holder, { refused: string }>): Told {
  const eventTime = one(headers['x-event-time'], 'x-event-time');
  if (eventTime !== null && !includesRole(holder.role, 'editor')) throw new Refusal(403, `The header x-event-time needs at least an editor's token; this one is a ${holder.role}'s. Leave the header out, or ask an admin for such a token.`);
  return { unitId: one(headers['x-unit-id'], 'x-unit-id'), requestId: one(headers['x-request-id'], 'x-request-id'), eventTime: eventTime === null ? null : timeOf(eventTime) };
}

function timeOf(text: string): string {
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d|$)/.test(text) || Number.isNaN(time.getTime())) throw bad(`The header x-event-time is "${text}". Expected a time like 2026-01-31T12:00:00Z.`);
  return time.toISOString();
}
