import { listRunsQuery } from '@/lib/runs';

export type Search = Record<string, string | string[] | undefined>;

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

/** runQueryOf reads the filters of the address; a value that does not fit is left out rather than refused. */
export function runQueryOf(search: Search, now: Date) {
  const hours = Number(one(search.since));
  const raw = {
    q: one(search.q),
    pipeline: one(search.pipeline),
    state: one(search.state),
    trigger: one(search.trigger),
    who: one(search.who),
    cursor: one(search.cursor),
    from: hours > 0 ? new Date(now.getTime() - hours * 3_600_000).toISOString() : undefined,
  };
  const parsed = listRunsQuery.safeParse(raw);
  return parsed.success ? parsed.data : listRunsQuery.parse({ q: raw.q });
}
