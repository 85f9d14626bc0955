import type { TestProject } from 'vitest/node';
import { temporalServer } from './temporal';

/** One Temporal server for all test files of the project that runs the engine's tests on it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await temporalServer();
  project.provide('temporalServer', server.address);
  return () => server.remove();
}

declare module 'vitest' {
  export interface ProvidedContext {
    temporalServer: string;
  }
}
