import { z } from 'zod';
import { isId } from '@/lib/core/ids';
import { EVENT_KINDS, slugSchema } from '@/lib/pipeline';

export const DELIVERY_STATES = ['new', 'waiting', 'started', 'counted', 'passed', 'refused'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

const moment = z.date();
const reason = z.object({ code: z.string(), text: z.string() });

/** A place in the list of events: behind the event of this time and id. */
export type EventCursor = { at: string; id: string };
export const writeCursor = ({ at, id }: { at: Date; id: string }): string => `${at.getTime()}_${id}`;
function readCursor(text: string): EventCursor | null {
  const [, at, id] = /^(\d{1,15})_([\w-]+)$/.exec(text) ?? [];
  return at !== undefined && id !== undefined && isId(id) ? { at: new Date(Number(at)).toISOString(), id } : null;
}

export const listEventsQuery = z.object({
  id: z.string().refine(isId, 'Give the id of an event, as the trigger of its run names it.').optional().describe('only this event; a run that an event started names it in trigger.id'),
  kind: z.enum(EVENT_KINDS).optional(),
  pipeline: slugSchema.optional().describe('only what was meant for this pipeline'),
  state: z.enum(DELIVERY_STATES).optional().describe('only with a pipeline for which it came to this'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .transform((text, context) => {
      const place = readCursor(text);
      if (place === null) context.addIssue({ code: 'custom', message: 'The cursor is not one that this list gave. Leave it out to begin at the start.' });
      return place ?? { at: '', id: '' };
    })
    .optional(),
});
export type ListEvents = z.output<typeof listEventsQuery>;

/** What one trigger made of one event. */
export const deliveryShape = z.object({
  pipeline: z.string(),
  state: z.enum(DELIVERY_STATES).describe('new: not looked at yet; waiting: its pipeline is paused; started: a run; counted: towards a set; passed: not meant for it; refused: no run could be made.'),
  runId: z.string().nullable(),
  reason: reason.nullable().describe('why it started no run of its own'),
});

export const eventShape = z.object({
  id: z.string(),
  kind: z.enum(EVENT_KINDS),
  subject: z.string().describe('the dataset, the pipeline of the webhook, the path of the file, the pipeline that ran'),
  subjectId: z.string().nullable().describe('the dataset version, or the run'),
  at: moment,
  data: z.record(z.string(), z.unknown()),
  causedByRun: z.string().nullable(),
  started: z.array(deliveryShape),
});
export type EventView = z.output<typeof eventShape>;

/** What a call of a webhook is answered. */
export const hookAnswerShape = z.object({ eventId: z.string(), runId: z.string().optional(), reason: z.string().optional().describe('why it started no run') });
export type HookAnswer = z.output<typeof hookAnswerShape>;

/** A trigger of a pipeline's current version that waits for events. */
export const eventTriggerShape = z.object({
  id: z.string(),
  index: z.number().int().describe("its place in the spec's triggers"),
  kind: z.enum(EVENT_KINDS),
  words: z.string(),
  enabled: z.boolean(),
  awaited: z.array(z.string()).describe('of a dataset trigger: which datasets have no new version since it last fired'),
  came: z.array(z.string()).describe('of a dataset trigger: which have one that counts already'),
  hook: z
    .object({ url: z.string(), path: z.string(), auth: z.enum(['token', 'hmac']), secret: z.string().nullable(), signingSecret: z.string().nullable() })
    .nullable()
    .describe('of a webhook, for whoever may change the pipeline: its address; the name of the secret its callers show or sign with; what they sign with when no secret is named'),
  lastEvent: z.object({ id: z.string(), at: moment, state: z.enum(DELIVERY_STATES), runId: z.string().nullable() }).nullable(),
});
export type EventTriggerView = z.output<typeof eventTriggerShape>;
