import { plural } from '@/components/time/format';

export type HomeCounts = { failed: number; quarantined: number; waiting: number; running: number };

/** homeSentence answers the page's question, what needs me, in one line. */
export function homeSentence({ failed, quarantined, waiting, running }: HomeCounts): string {
  const parts = [
    failed > 0 ? `${plural(failed, 'pipeline')} failed` : '',
    quarantined > 0 ? `${plural(quarantined, 'dataset')} ${quarantined === 1 ? 'is' : 'are'} held back` : '',
    waiting > 0 ? `${plural(waiting, 'step waits', 'steps wait')} for your approval` : '',
  ].filter((p) => p !== '');
  if (parts.length > 0) return parts.join(', ');
  return running > 0 ? `Nothing needs you, ${plural(running, 'run')} at work` : 'Nothing needs you';
}

/** pastDay says what the last hours brought: "33 runs in the last 24 h, 27 succeeded." */
export function pastDay(states: readonly string[], hours: number, more: boolean): string {
  const span = hours % 24 === 0 && hours > 24 ? `${hours / 24} days` : `${hours} h`;
  if (states.length === 0) return `No run in the last ${span}.`;
  const good = states.filter((s) => s === 'succeeded').length;
  const total = more ? `More than ${plural(states.length, 'run')}` : plural(states.length, 'run');
  return `${total} in the last ${span}, ${good === states.length ? 'all' : good} succeeded.`;
}

const DONE: Record<string, string> = {
  create: 'created',
  publish: 'published',
  update: 'changed',
  delete: 'deleted',
  archive: 'archived',
  restore: 'brought back',
  pause: 'paused',
  resume: 'switched on',
  unpause: 'switched on',
  release: 'released from quarantine',
  quarantine: 'quarantined',
  put: 'set',
  set: 'set',
  revoke: 'revoked',
  invite: 'invited',
  accept: 'joined',
  remove: 'removed',
  upload: 'uploaded',
};

export type AuditLine = { verb: string; target: string; targetId: string; after: unknown };

const versionOf = (after: unknown): number | null => {
  if (typeof after !== 'object' || after === null) return null;
  const version =
    'version' in after ? after.version : 'currentVersion' in after ? after.currentVersion : null;
  return typeof version === 'number' ? version : null;
};

const ROLLOUT_DONE: Record<string, string> = { start: 'started', approve: 'approved', hold: 'held', resume: 'resumed', promote: 'promoted', abort: 'rolled back', guard: 'rolled back by a guard', complete: 'completed' };

const endpointOf = (after: unknown): string =>
  typeof after === 'object' && after !== null && 'endpoint' in after && typeof after.endpoint === 'string' ? after.endpoint : 'an endpoint';

/** changeWords says one line of the audit as news: "late-flights v3 published", "secret smtp-password set". */
export function changeWords({ verb, target, targetId, after }: AuditLine): string {
  const act = verb.split('.').at(-1) ?? verb;
  if (target === 'rollout') return `rollout of ${endpointOf(after)} ${ROLLOUT_DONE[act] ?? act}`;
  const done = DONE[act] ?? act.replaceAll('_', ' ');
  const version = versionOf(after);
  const name = /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(targetId) ? targetId.slice(0, 8) : targetId;
  const what =
    target === 'pipeline' || target === 'dataset' ? name : `${target.replaceAll('_', ' ')} ${name}`;
  return `${what}${version === null ? '' : ` v${version}`} ${done}`;
}
