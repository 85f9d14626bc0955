/** A refusal as server actions give it back. */
export type FormProblem = { detail: string; errors: readonly { path: string; message: string }[] };

/** fieldError collects the sentences for one field. */
export const fieldError = (problem: FormProblem | null, path: string): string | null =>
  problem?.errors
    .filter((e) => e.path === path)
    .map((e) => e.message)
    .join(' ') || null;

/** generalError is what belongs to no field of the form. */
export const generalError = (problem: FormProblem | null, paths: readonly string[]): string | null =>
  problem && !problem.errors.some((e) => paths.includes(e.path)) ? problem.detail : null;
