import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../root';
import { Failure } from '../client/failure';

/**
 * installTemporal brings the packages of the Temporal executor into this machine's cache folder, unless they are there.
 * @returns the folder
 * @throws Failure with what npm said
 */
export async function installTemporal(say: (text: string) => void): Promise<string> {
  const { temporalSdk } = (await import(pathToFileURL(path.join(ROOT, 'scripts', 'temporal.mjs')).href)) as { temporalSdk: (say: (text: string) => void) => string };
  try {
    return temporalSdk(say);
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error));
  }
}
