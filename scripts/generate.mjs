/**
 * Generates the Prisma client into prisma/generated. The Prisma command line wants its native schema engine even here,
 * where it never runs it, and would download it; naming any existing file keeps `generate` off the network.
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** generate writes prisma/generated from prisma/schema; throws with Prisma's own output when the schema is wrong. */
export function generate() {
  const require = createRequire(path.join(ROOT, 'package.json'));
  const cli = path.join(path.dirname(require.resolve('prisma/package.json')), 'build', 'index.js');
  try {
    execFileSync(process.execPath, [cli, 'generate', '--no-hints'], {
      cwd: ROOT,
      stdio: 'pipe',
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
    });
  } catch (error) {
    throw new Error(`prisma generate failed:\n${String(error.stderr ?? '')}${String(error.stdout ?? error.message)}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate();
