/**
 * `npm run bench -- NAME [--option value …]`: runs bench/NAME.ts. It prints progress on stderr and one JSON line last on
 * stdout. A bench's default export takes its options and gives the result (bench/result.ts).
 */
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { register } from 'tsx/esm/api';
import { install } from '../bin/start.mjs';
import { ROOT } from './generate.mjs';
import { prepare } from './prepare.mjs';

const SHARED = new Set(['result', 'processes', 'engine-bench', 'http-load', 'trace', 'beside-worker', 'lean-client', 'browser']);
const [name, ...rest] = process.argv.slice(2);
const known = readdirSync(path.join(ROOT, 'bench')).filter((file) => file.endsWith('.ts') && !file.includes('.test.')).map((file) => path.basename(file, '.ts')).filter((file) => !SHARED.has(file)).sort();
if (!name || !known.includes(name)) {
  console.error(`npm run bench -- NAME [options]; NAME is one of: ${known.join(', ')}.`);
  process.exit(2);
}

/** Every option is --name value, or --name alone for yes. */
const options = Object.fromEntries(
  parseArgs({ args: rest, strict: false, allowPositionals: true, tokens: true }).tokens.flatMap((token, i, all) => {
    if (token.kind !== 'option') return [];
    const next = all[i + 1];
    return [[token.name, token.value ?? (next?.kind === 'positional' ? next.value : true)]];
  }),
);

// Standard output is for the result alone.
const say = (text) => console.error(text);
const log = console.log;
console.log = say;
await install();
register();
const bench = await import(`../bench/${name}.ts`);
if (bench.needsBuild !== false) await prepare({ say });
const result = await bench.default(options, say);
log(JSON.stringify({ bench: name, params: options, ...result, loadAverage: os.loadavg().map((x) => Math.round(x * 100) / 100) }));
process.exit(0);
