/**
 * Makes what the product runs from: the Prisma client (prisma/generated), the bundles of its processes (dist/) and the web
 * build (.next). Each step runs only when its inputs changed since the last time.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { whileAlone } from './alone.mjs';
import { generate, ROOT } from './generate.mjs';
import { isCurrent, listFiles, stampOf, writeStamp } from './stamp.mjs';

const isTest = (file) => /\.test\.tsx?$/.test(file) || file.startsWith('lib/testing');
const ALWAYS = ['package-lock.json'];

/**
 * The processes of the product: one bundle each. Every `child.ts` and `*.child.ts` below lib/ is a process that another one
 * starts; lib/datasets/duckdb/child.ts becomes dist/duckdb-child.mjs, lib/executor/python.child.ts dist/python-child.mjs.
 */
export function bundleEntries() {
  const children = listFiles(ROOT, ['lib'], isTest).filter((file) => /(^|\/)([\w-]+\.)?child\.ts$/.test(file));
  const named = children.map((file) => {
    const name = path.basename(file, '.ts').replaceAll('.', '-');
    return [name === 'child' ? `${path.basename(path.dirname(file))}-child` : name, file];
  });
  return Object.fromEntries([['penstock', 'bin/penstock.ts'], ['web', 'bin/web.ts'], ['worker', 'bin/worker.ts'], ['gateway', 'bin/gateway.ts'], ['gateway-router', 'bin/gateway-router.ts'], ...named]);
}

/** What the compilers read of tsconfig.json; its file list is left out, since `next dev` and `next build` write into it. */
function compilerOptions() {
  return JSON.stringify(JSON.parse(readFileSync(path.join(ROOT, 'tsconfig.json'), 'utf8')).compilerOptions);
}

async function bundle() {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: bundleEntries(),
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { '@': ROOT },
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    metafile: true,
  });
  const made = new Set(Object.keys(metafile.outputs).map((file) => path.basename(file)));
  const stale = readdirSync(path.join(ROOT, 'dist')).filter((file) => /\.mjs(\.map)?$/.test(file) && !made.has(file));
  for (const file of stale) rmSync(path.join(ROOT, 'dist', file));
}

function buildWeb(distDir) {
  const cli = path.join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next');
  rmSync(path.join(ROOT, distDir, 'lock'), { force: true });
  try {
    execFileSync(process.execPath, [cli, 'build'], {
      cwd: ROOT,
      stdio: 'pipe',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NEXT_DIST_DIR: distDir, PENSTOCK_BUILDING: '1' },
    });
  } catch (error) {
    throw new Error(`The web build failed:\n${String(error.stdout ?? '')}${String(error.stderr ?? '')}`);
  }
}

/**
 * prepare brings everything up to date, while no other process builds in this copy.
 * @param options.web false to leave the web build alone
 * @param options.say called with one sentence per step that has work to do
 * @returns milliseconds by step, 0 for what was current
 */
export function prepare(options = {}) {
  return whileAlone(() => bringUpToDate(options));
}

async function bringUpToDate({ web = true, say = () => {} }) {
  const times = { generate: 0, bundle: 0, web: 0 };
  const step = async (name, stampFile, stamp, sentence, work) => {
    if (isCurrent(stampFile, stamp)) return;
    say(sentence);
    const started = performance.now();
    await work();
    writeStamp(stampFile, stamp);
    times[name] = Math.round(performance.now() - started);
  };

  const schema = listFiles(ROOT, ['prisma/schema', 'package-lock.json']);
  const schemaStamp = stampOf(ROOT, schema);
  await step('generate', path.join(ROOT, 'prisma', 'generated', '.stamp'), schemaStamp, 'Generating the database client …', generate);

  const code = listFiles(ROOT, ['bin', 'lib', 'app/api/v1', 'sdk', ...ALWAYS, 'scripts/prepare.mjs'], isTest);
  const codeStamp = stampOf(ROOT, code, [schemaStamp, compilerOptions()]);
  await step('bundle', path.join(ROOT, 'dist', '.stamp'), codeStamp, 'Bundling the processes …', bundle);

  if (!web) return times;
  const distDir = process.env.NEXT_DIST_DIR || '.next';
  const pages = listFiles(ROOT, ['app', 'components', 'lib', 'public', ...ALWAYS], (file) => isTest(file) || /^lib\/(executor|worker)(\/|$)/.test(file));
  const settings = listFiles(ROOT, ['proxy.ts', 'middleware.ts', 'instrumentation.ts', 'next.config.js', 'postcss.config.js']);
  const webStamp = stampOf(ROOT, [...pages, ...settings], [schemaStamp, compilerOptions()]);
  await step('web', path.join(ROOT, distDir, '.stamp'), webStamp, 'Building the pages (about a minute, once) …', () => buildWeb(distDir));
  return times;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(JSON.stringify(await prepare({ web: !process.argv.includes('--no-web'), say: (text) => console.log(text) })));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
