/** A source of domain time. Decisions get `now`; only effects hold a clock. Leases use the database's clock instead. */
export type Clock = () => Date;

/** systemClock is the wall clock. */
export const systemClock: Clock = () => new Date();
