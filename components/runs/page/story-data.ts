/** An attempt in the story of a run; times are ISO 8601. */
export type AttemptMomentData = {
  taskId: string;
  mapIndex: number | null;
  number: number;
  state: string;
  worker: string | null;
  claimedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  message: string | null;
};

/** What happened in a run beside its own times. */
export type StoryData = {
  attempts: AttemptMomentData[];
  events: { taskId: string; mapIndex: number | null; attempt: number; kind: 'stalled' | 'resumed'; since: string; at: string; text: string }[];
  acts: { id: string; at: string; actor: string; verb: string; before: unknown; after: unknown }[];
};
