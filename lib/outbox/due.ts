/**
 * Messages of the given kinds that are to be delivered: an interval until then (zero or less: now), null: none. `$1` is domain time;
 * leases go by the database's clock.
 * @param kinds of messages that there is a sender for
 */
export const messagesDue = (kinds: readonly ('mail' | 'webhook')[]): string =>
  `(select greatest(not_before - $1::timestamptz, leased_until - now()) from outbox_message
    where delivered_at is null and failed_at is null and kind in (${kinds.map((kind) => `'${kind}'`).join(', ')}) order by 1 limit 1)`;
