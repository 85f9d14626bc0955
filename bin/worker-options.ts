/** What a worker process does: everything, only performing tasks (`executor`), or everything but that (`rest`). */
export type WorkerPart = 'executor' | 'rest';

export type WorkerArguments = { tags: string[]; slots?: number; port?: number; part?: WorkerPart };

/**
 * workerOptions reads the arguments that `penstock up` and `penstock worker` hand to a worker process.
 * @returns tags; slots, part and the port for metrics and health where given
 */
export function workerOptions(args: string[]): WorkerArguments {
  const valueOf = (name: string) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  const slots = Number(valueOf('--slots') ?? '');
  const port = Number(valueOf('--port') ?? '');
  const part = valueOf('--part');
  const tags = (valueOf('--tags') ?? '').split(',').map((tag) => tag.trim()).filter((tag) => tag !== '');
  return {
    tags,
    ...(Number.isInteger(slots) && slots > 0 ? { slots } : {}),
    ...(Number.isInteger(port) && port > 0 ? { port } : {}),
    ...(part === 'executor' || part === 'rest' ? { part } : {}),
  };
}
