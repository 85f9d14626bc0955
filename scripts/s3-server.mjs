/** Brings an S3 server for tests into a cache folder outside the checkout, once. Plain JavaScript. */
import path from 'node:path';
import { cacheFolder, once, pythonPackages } from './cache.mjs';

/** A server that honours conditional writes; these are the parts of `moto[server]` that its S3 needs. */
export const PACKAGES = ['moto[s3]==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'];

/**
 * s3Server installs the server unless it is there.
 * @returns the folder to set as PYTHONPATH; `python3 -m moto.server` starts it
 * @throws Error with pip's words
 */
export function s3Server(say = () => {}) {
  const folder = once(path.join(cacheFolder(), 'moto-5.2.5'), (half) => {
    say('Installing an S3 server for the tests (once) …');
    pythonPackages(half, PACKAGES);
  });
  return path.join(folder, 'lib');
}
