import { nameCondition, type NameCondition } from '@/lib/core/expressions';
import { globPattern } from './glob';
import { type Trigger } from './triggers';

export const EVENT_KINDS = ['dataset', 'webhook', 'file', 'run'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** A trigger that waits for something to happen. */
export type EventTrigger = Exclude<Trigger, { kind: 'schedule' }>;
export type DatasetTrigger = Extract<Trigger, { kind: 'dataset' }>;
export type WebhookTrigger = Extract<Trigger, { kind: 'webhook' }>;

/** The ends of another pipeline's run that start one, when the trigger names none. */
const STATES = ['succeeded'];

/** datasetCondition says of which datasets a trigger needs a new version. @throws ExpressionError for an expression that is none */
export function datasetCondition(trigger: DatasetTrigger): NameCondition {
  if (trigger.expression !== undefined) return nameCondition(trigger.expression, 'datasets');
  const { all, any } = trigger;
  if (all) return { names: [...new Set(all)], holds: (there) => all.every((name) => there.has(name)) };
  return { names: [...new Set(any ?? [])], holds: (there) => (any ?? []).some((name) => there.has(name)) };
}

/** webhookAuth is how a webhook's callers show who they are; `secret` names a secret of the workspace. */
export function webhookAuth({ auth }: WebhookTrigger): { type: 'token' | 'hmac'; secret: string | null } {
  return typeof auth === 'object' ? { type: auth.type, secret: auth.secret ?? null } : { type: auth ?? 'token', secret: null };
}

/** What the database compares facts with. */
export type Hears = { names: string[]; states: string[]; pattern: string | null };

/** hearsOf is what a trigger waits for, as its row says it. */
export function hearsOf(trigger: EventTrigger): Hears {
  switch (trigger.kind) {
    case 'dataset':
      return { names: datasetCondition(trigger).names, states: [], pattern: null };
    case 'run':
      return { names: [trigger.pipeline], states: trigger.states ?? STATES, pattern: null };
    case 'file':
      return { names: [], states: [], pattern: globPattern(trigger.glob).source };
    case 'webhook':
      return { names: [], states: [], pattern: null };
  }
}

/** An event trigger of the version before, as far as it goes on in the next one. */
export type Kept = { id: string; triggerIndex: number; kind: string; trigger: EventTrigger };

/** eventTriggers lists a spec's event triggers with their place among its triggers. */
export const eventTriggers = (triggers: readonly { kind?: unknown }[]): { index: number; trigger: EventTrigger }[] =>
  triggers.flatMap((trigger, index) => (EVENT_KINDS.some((kind) => kind === trigger.kind) ? [{ index, trigger: trigger as EventTrigger }] : []));

/**
 * keepTriggers says which trigger of a new version goes on from which one before, and so keeps a webhook's address and what it has seen:
 * the one that says the same, else the one of its kind in the same place, else the first of its kind that is left.
 * @returns for each the id of the one before, or null for a new one
 */
export function keepTriggers(before: readonly Kept[], next: { index: number; trigger: EventTrigger }[]): { index: number; trigger: EventTrigger; id: string | null }[] {
  const left = new Map(before.map((each) => [each.id, each]));
  const take = (fits: (each: Kept) => boolean): string | null => {
    const found = [...left.values()].find(fits);
    if (found) left.delete(found.id);
    return found?.id ?? null;
  };
  const text = (trigger: EventTrigger) => JSON.stringify(Object.entries({ ...trigger, enabled: undefined }).sort(([a], [b]) => (a < b ? -1 : 1)));
  let found = next.map((each) => ({ ...each, id: take((old) => text(old.trigger) === text(each.trigger)) }));
  found = found.map((each) => ({ ...each, id: each.id ?? take((old) => old.kind === each.trigger.kind && old.triggerIndex === each.index) }));
  return found.map((each) => ({ ...each, id: each.id ?? take((old) => old.kind === each.trigger.kind) }));
}

const list = (names: readonly string[], word: string) => (names.length > 1 ? `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1) ?? ''}` : (names[0] ?? 'no dataset'));

/** triggerWords says in a sentence when an event trigger starts its pipeline. */
export function triggerWords(trigger: EventTrigger): string {
  switch (trigger.kind) {
    case 'dataset': {
      const what = trigger.on === 'schema' ? 'a changed schema' : 'a new version';
      if (trigger.expression !== undefined) return `When there is ${what} by ${trigger.expression}`;
      return trigger.all ? `When there is ${what} of ${trigger.all.length > 1 ? 'each of ' : ''}${list(trigger.all, 'and')}` : `When there is ${what} of ${list(trigger.any ?? [], 'or')}`;
    }
    case 'webhook':
      return webhookAuth(trigger).type === 'hmac' ? 'When its address is called with a signature' : 'When its address is called';
    case 'file':
      return `When a file ${trigger.glob} is uploaded`;
    case 'run':
      return `When a run of ${trigger.pipeline} has ${list(trigger.states ?? STATES, 'or').replace('cancelled', 'been cancelled')}`;
  }
}
