/**
 * workerOptions reads the arguments that `penstock up` and `penstock worker` hand to a worker process.
 * @returns tags, and slots where given
 */
export function workerOptions(args: string[]): { tags: string[]; slots?: number } {
  const valueOf = (name: string) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  const slots = Number(valueOf('--slots') ?? '');
  const tags = (valueOf('--tags') ?? '').split(',').map((tag) => tag.trim()).filter((tag) => tag !== '');
  return { tags, ...(Number.isInteger(slots) && slots > 0 ? { slots } : {}) };
}
