import { pathToFileURL } from 'node:url';
import { Command, CommanderError } from 'commander';
import { AppError } from '@/lib/core/errors';
import { Failure, Misuse } from './client/failure';
import { printer, type Print } from './client/print';
import { Rest } from './client/rest';
import { clientSettings } from './client/settings';
import { type BackfillOptions } from './commands/backfill';
import { type TrafficOptions } from './commands/demo';
import { type RunOptions } from './commands/runs';
import { bundle, ROOT, version } from './root';

/** Processes of ours that start others find the bundles here, whatever folder the command was given in. */
process.env.PENSTOCK_ROOT ??= ROOT;

/** Options that every command knows. */
type Common = { json?: boolean; workspace?: string };

const program = new Command('penstock')
  .description('Draw data pipelines, run them, and open the gate to a new model step by step.')
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(run with --help to see how it is used)');

const printOf = (options: Common): Print => printer(options.json === true);
const collect = (value: string, before: string[]) => [...before, value];

/** A command of ours; `--json` stands everywhere. */
function command(name: string, what: string): Command {
  return program.command(name).description(what).option('--json', 'answer as JSON');
}

/** A command that speaks REST to a running Penstock. */
function client(name: string, what: string): Command {
  return command(name, what).option('-w, --workspace <slug>', 'the workspace (PENSTOCK_WORKSPACE)');
}

/** Runs a client command: `work` gets the connection, the printer, and the command's own options. */
async function remotely<O extends Common>(options: O, work: (rest: Rest, print: Print) => Promise<void>): Promise<void> {
  await work(new Rest(clientSettings(options)), printOf(options));
}

command('up', 'start everything on this machine: database, web, worker, gateway').action(async () => {
  const { up } = await import('./up/up');
  process.exit(await up());
});

for (const [name, what] of [
  ['web', 'start the web process alone (DATABASE_URL)'],
  ['worker', 'start a worker process alone (DATABASE_URL)'],
  ['gateway', 'start a model gateway alone (DATABASE_URL)'],
] as const) {
  const single = command(name, what);
  if (name === 'worker') single.option('--tags <a,b>', 'tags that tasks may ask for').option('--slots <n>', 'attempts at the same time').option('--port <n>', 'port for metrics and health (a free one)')
      .option('--min <n>', 'keep at least so many executor processes; with --max, by what waits in the queue')
      .option('--max <n>', 'keep at most so many executor processes')
      .option('--executor <name>', 'local, or temporal with TEMPORAL_ADDRESS (PENSTOCK_EXECUTOR)');
  single.action(async (options: { executor?: string; min?: string; max?: string; slots?: string; tags?: string }) => {
    process.env.PENSTOCK_PROCESS ??= name;
    if (name === 'worker') await chooseExecutor(options.executor);
    const { joinDatabase } = await import('./commands/join');
    await joinDatabase();
    // a gateway serves what it has in memory, also while the store is away
    if (name !== 'gateway') await (await import('./up/reach-store')).reachStore();
    const { scaleBounds } = await import('./up/scale-bounds');
    const bounds = name === 'worker' ? scaleBounds(options) : null;
    if (bounds) {
      const { superviseAlone } = await import('./up/supervise');
      await superviseAlone(bounds, options);
      process.exit(0);
    }
    await import(pathToFileURL(bundle(name)).href);
  });
}

command('install', 'bring what a part needs that is not installed by default')
  .argument('<part>', 'temporal')
  .action(async (part: string, options: Common) => {
    if (part !== 'temporal') throw new Misuse(`"install ${part}" is unknown; there is "install temporal".`);
    const { installTemporal } = await import('./commands/install');
    const folder = await installTemporal((text) => process.stderr.write(`${text}\n`));
    printOf(options).answer({ folder }, `The packages of the Temporal executor are in ${folder}.`);
  });

command('migrate', 'bring the database to this version').action(async (options: Common) => {
  const { migrateNow } = await import('./commands/local');
  await migrateNow(printOf(options));
});

command('doctor', 'look at everything Penstock needs on this machine').action(async (options: Common) => {
  const { doctor } = await import('./commands/doctor');
  await doctor(printOf(options));
});

command('backup', 'write the database, the files and the secret key into one archive; the product may run meanwhile')
  .argument('[file]', 'the archive (penstock-<time>.tar.gz in this folder otherwise)')
  .action(async (file: string | undefined, options: Common) => {
    const { backUp } = await import('./commands/backup');
    await backUp(printOf(options), file, new Date());
  });

command('restore', 'fill an empty PENSTOCK_HOME from a backup')
  .argument('<file>', 'the archive')
  .action(async (file: string, options: Common) => {
    const { restore } = await import('./commands/backup');
    await restore(printOf(options), file);
  });

command('reset-password', 'let a person back in: sets a new password and ends their sessions')
  .argument('<email>')
  .option('--password <text>', 'the new password (one is made up otherwise)')
  .action(async (email: string, options: Common & { password?: string }) => {
    const { resetPasswordNow } = await import('./commands/local');
    await resetPasswordNow(printOf(options), email, options.password);
  });

client('audit', "the record of changes: the workspace's of PENSTOCK_URL or the login; without a token all of this machine's")
  .argument('<verb>', 'verify')
  .action(async (verb: string, options: Common) => {
    if (verb !== 'verify') throw new Misuse(`"audit ${verb}" is unknown; there is "audit verify".`);
    const { knownToken } = await import('./client/settings');
    if (knownToken() !== undefined) {
      const { verifyAuditThere } = await import('./commands/audit');
      return remotely(options, verifyAuditThere);
    }
    const { verifyAuditNow } = await import('./commands/local');
    await verifyAuditNow(printOf(options));
  });

command('version', 'this version').action((options: Common) => printOf(options).answer({ version: version(), node: process.versions.node }, version()));

client('login', 'keep an address, token and workspace for the next commands')
  .option('--url <address>', 'address of Penstock (PENSTOCK_URL)')
  .option('--token <token>', 'an API token (PENSTOCK_TOKEN)')
  .action(async (options: Common & { url?: string; token?: string }) => {
    const { login } = await import('./commands/login');
    await login(printOf(options), options);
  });

client('pipelines', 'list the pipelines').action(async (options: Common) => {
  const { listPipelines } = await import('./commands/specs');
  await remotely(options, listPipelines);
});

client('validate', 'check a spec without saving it')
  .argument('<file>', 'JSON or YAML; - for standard input')
  .option('--slug <slug>', "the pipeline (the file's name otherwise)")
  .action(async (file: string, options: Common & { slug?: string }) => {
    const { validateFile } = await import('./commands/specs');
    await remotely(options, (rest, print) => validateFile(rest, print, file, options));
  });

client('publish', 'publish a spec as a new version')
  .argument('<file>', 'JSON or YAML')
  .option('--slug <slug>', "the pipeline (the file's name otherwise)")
  .option('--name <name>', 'its name, when it is new')
  .option('-m, --message <text>', 'what changed')
  .action(async (file: string, options: Common & { slug?: string; name?: string; message?: string }) => {
    const { publishFile } = await import('./commands/specs');
    await remotely(options, (rest, print) => publishFile(rest, print, file, options));
  });

client('import', 'save a spec as a draft')
  .argument('<file>', 'JSON or YAML')
  .option('--slug <slug>', "the pipeline (the file's name otherwise)")
  .option('--name <name>', 'its name, when it is new')
  .action(async (file: string, options: Common & { slug?: string; name?: string }) => {
    const { importFile } = await import('./commands/specs');
    await remotely(options, (rest, print) => importFile(rest, print, file, options));
  });

client('export', 'write a spec, or all of them with --output FOLDER')
  .argument('[slug]')
  .option('--format <form>', 'yaml or json', 'yaml')
  .option('--version <n>', 'a version number, or "draft" (the published one otherwise)')
  .option('-o, --output <path>', 'file, or folder for all')
  .action(async (slug: string | undefined, options: Common & { format: string; version?: string; output?: string }) => {
    const { format } = options;
    if (format !== 'yaml' && format !== 'json') throw new Misuse(`--format ${format}: expected yaml or json.`);
    const { exportSpecs } = await import('./commands/specs');
    await remotely(options, (rest, print) => exportSpecs(rest, print, slug, { ...options, format }));
  });

client('diff', 'what differs between two versions')
  .argument('<slug>')
  .argument('<a>')
  .argument('<b>')
  .action(async (slug: string, a: string, b: string, options: Common) => {
    const { diffVersions } = await import('./commands/specs');
    await remotely(options, (rest, print) => diffVersions(rest, print, slug, a, b));
  });

client('apply', 'publish every spec of a folder')
  .requiredOption('-f, --folder <folder>', "the folder; a file's name is the pipeline's slug")
  .option('-m, --message <text>', 'what changed')
  .option('--dry-run', 'only say what would happen')
  .action(async (options: Common & { folder: string; message?: string; dryRun?: boolean }) => {
    const { applyFolder } = await import('./commands/specs');
    await remotely(options, (rest, print) => applyFolder(rest, print, options.folder, options));
  });

client('run', 'start a run')
  .argument('<slug>')
  .option('-p, --param <name=value>', 'a parameter; may be given often', collect, [])
  .option('--wait', 'wait for the end; exit code 1 unless it succeeded')
  .option('--logs', 'show the logs while it runs (waits too)')
  .option('--version <n>', 'another version than the current one')
  .option('--logical-date <time>', 'the logical date, ISO 8601')
  .option('--lane <name>', 'interactive, production, backfill or exploratory')
  .option('--note <text>', 'a note on the run')
  .action(async (slug: string, options: Common & RunOptions) => {
    const { startRun } = await import('./commands/runs');
    await remotely(options, (rest, print) => startRun(rest, print, slug, options));
  });

client('backfill', 'run a range of intervals')
  .argument('<slug>')
  .option('--from <time>', 'the first interval, by its start: a date, or a time')
  .option('--to <time>', 'the last interval, by its start')
  .option('--interval <time>', 'one interval by its start, instead of a range; may be given often', collect, [])
  .option('--dry-run', 'show the plan and start nothing')
  .option('--reprocess <which>', 'intervals with a run: none, failed or completed', 'none')
  .option('--order <order>', 'forward or reverse', 'forward')
  .option('--max-active-runs <n>', 'runs at the same time')
  .option('--task <id>', 'only this task; may be given often', collect, [])
  .option('-p, --param <name=value>', 'a parameter; may be given often', collect, [])
  .option('--lane <name>', 'interactive, production, backfill or exploratory', 'backfill')
  .option('--version <which>', "own (each interval's) or newest", 'own')
  .option('--wait', 'wait for the end; exit code 1 unless it succeeded')
  .action(async (slug: string, options: Common & BackfillOptions) => {
    const { backfill } = await import('./commands/backfill');
    await remotely(options, (rest, print) => backfill(rest, print, slug, options));
  });

client('runs', 'list runs, newest first')
  .option('--pipeline <slug>')
  .option('--state <state>')
  .option('--limit <n>', 'how many', '20')
  .action(async (options: Common & { pipeline?: string; state?: string; limit: string }) => {
    const { listRuns } = await import('./commands/runs');
    await remotely(options, (rest, print) => listRuns(rest, print, options));
  });

client('logs', 'print the logs of a run')
  .argument('<run>')
  .argument('[task]')
  .option('-f, --follow', 'go on until the run ends')
  .action(async (run: string, task: string | undefined, options: Common & { follow?: boolean }) => {
    const { printLogs } = await import('./commands/runs');
    await remotely(options, (rest, print) => printLogs(rest, print, run, task, options));
  });

client('demo', 'traffic: replay later flights of the demo as requests through the model gateway')
  .argument('<verb>', 'traffic')
  .option('--month <n>', 'the flights of this month of 2001, 1 to 6 (February to June otherwise)')
  .option('--from <day>', 'from this day on, for example 2001-02-01')
  .option('--to <day>', 'up to this day, itself left out')
  .option('--rows <n>', 'how many flights, an even sample of the span', '20000')
  .option('--rate <n>', 'flights a second, at most')
  .option('--endpoint <slug>', 'the endpoint that is asked', 'flight-delay')
  .option('--where <sql>', 'only flights for which this holds, for example "hour(date) >= 17" or "origin = \'ORD\'"')
  .option('--gateway <address>', "the model gateway (PENSTOCK_GATEWAY_URL, or this machine's)")
  .action(async (verb: string, options: Common & TrafficOptions) => {
    if (verb !== 'traffic') throw new Misuse(`"demo ${verb}" is unknown; there is "demo traffic".`);
    const { sendTraffic } = await import('./commands/demo');
    await sendTraffic(clientSettings({ workspace: options.workspace ?? process.env.PENSTOCK_WORKSPACE ?? 'demo' }), printOf(options), options);
  });

/** Sets the executor of this machine's worker, and brings what it needs. */
async function chooseExecutor(given: string | undefined): Promise<void> {
  const name = given ?? process.env.PENSTOCK_EXECUTOR ?? 'local';
  if (name !== 'local' && name !== 'temporal') throw new Misuse(`--executor ${name}: expected local or temporal.`);
  process.env.PENSTOCK_EXECUTOR = name;
  if (name === 'local') return;
  const { installTemporal } = await import('./commands/install');
  await installTemporal((text) => process.stderr.write(`${text}\n`));
}

/** Exit codes: 0 done, 1 failed, 2 wrong use. */
function endWith(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const problem = error instanceof Failure ? error.problem : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof Failure || error instanceof Misuse || error instanceof AppError;
  if (json) process.stderr.write(`${JSON.stringify({ error: problem ?? { detail: message } })}\n`);
  else {
    process.stderr.write(`${known || !(error instanceof Error) ? message : (error.stack ?? message)}\n`);
    for (const one of problem?.errors ?? []) process.stderr.write(`  ${one.path}: ${one.message}\n`);
  }
  return error instanceof Misuse ? 2 : 1;
}

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = endWith(error, process.argv.includes('--json'));
}
