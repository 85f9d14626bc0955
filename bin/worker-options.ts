/**
 * workerOptions reads the arguments that `penstock up` and `penstock worker` hand to a worker process.
 * @returns tags; slots and the port for metrics and health where given
 */
export function workerOptions(args: string[]): { tags: string[]; slots?: number; port?: number } {
  const valueOf = (name: string) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  const slots = Number(valueOf('--slots') ?? '');
  const port = Number(valueOf('--port') ?? '');
  const tags = (valueOf('--tags') ?? '').split(',').map((tag) => tag.trim()).filter((tag) => tag !== '');
  return { tags, ...(Number.isInteger(slots) && slots > 0 ? { slots } : {}), ...(Number.isInteger(port) && port > 0 ? { port } : {}) };
}
