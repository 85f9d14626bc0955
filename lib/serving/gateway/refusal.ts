/** Refusal ends a call with a status and a sentence for whoever sent it. */
export class Refusal extends Error {
  /** set when the call reached a variant and was counted there */
  counted = false;

  constructor(
    readonly status: number,
    message: string,
    /** seconds after which it is worth trying again */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

/** bad refuses what a caller sent. */
export const bad = (message: string): Refusal => new Refusal(400, message);
