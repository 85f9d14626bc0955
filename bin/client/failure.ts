import { z } from 'zod';

export const problemSchema = z.looseObject({
  title: z.string().default('The call failed'),
  status: z.number(),
  detail: z.string().optional(),
  errors: z.array(z.looseObject({ path: z.string(), message: z.string(), severity: z.string().optional() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** Failure ends a command with exit code 1: the sentence for a person, and the server's problem for `--json`. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly problem?: Problem,
  ) {
    super(message);
    this.name = 'Failure';
  }
}

/** Misuse ends a command with exit code 2: wrong arguments. */
export class Misuse extends Error {}
