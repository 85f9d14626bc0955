import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coolDuckdb, store, takeDuckdb, type TableRef } from '@/lib/datasets/server';
import { attemptOf, perform } from './attempt-fixture';

const home = mkdtempSync(path.join(os.tmpdir(), 'penstock-user-code-'));
process.env.PENSTOCK_HOME = home;

const shell = (command: string) => ({ kind: 'shell' as const, config: { command } });
const python = (script: string, more: { requirements?: string[]; python?: string } = {}) => ({ kind: 'python' as const, config: { script, ...more } });

let flights: TableRef;
beforeAll(async () => {
  const file = path.join(home, 'flights.csv');
  writeFileSync(file, 'origin,delay,day\nJFK,5,2001-01-31\nSFO,-3,2001-02-01\nمطار,12,\n');
  const made = await perform(attemptOf(shell(`cp ${file} "$PENSTOCK_OUTPUT"`)));
  if (!made.table) throw new Error(JSON.stringify(made));
  flights = made.table;
}, 60_000);
afterAll(async () => {
  await coolDuckdb();
  rmSync(home, { recursive: true, force: true });
});

/** writeWheel makes the smallest Python package that pip installs without a package index */
function writeWheel(folder: string, name: string, code: string): string {
  const file = path.join(folder, `${name}-1.0-py3-none-any.whl`);
  const info = `${name}-1.0.dist-info`;
  const entries = {
    [`${name}.py`]: code,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: `${name}.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  };
  execFileSync('python3', ['-c', 'import json, sys, zipfile\nz = zipfile.ZipFile(sys.argv[1], "w")\nfor k, v in json.loads(sys.argv[2]).items(): z.writestr(k, v)\nz.close()', file, JSON.stringify(entries)]);
  return file;
}

async function rowsOf(table: TableRef | undefined): Promise<unknown[][]> {
  const files = await Promise.all((table?.files ?? []).map((key) => store().get(key)));
  const duckdb = await takeDuckdb();
  try {
    await duckdb.ask({ op: 'open', confinement: { memoryMb: 256, threads: 1, spillFolder: path.join(home, 'spill'), maxSpillMb: 100, paths: files, folders: [] } });
    const { rows } = await duckdb.ask({ op: 'query', sql: `select * from read_parquet([${files.map((file) => `'${file}'`).join(',')}])`, values: [], maxRows: 1000 });
    return rows;
  } finally {
    duckdb.kill();
  }
}

describe('a shell task', () => {
  it('makes a table of the CSV it writes', () => {
    expect(flights.rowCount).toBe(3);
    expect(flights.schema).toEqual([
      { name: 'origin', type: 'VARCHAR' },
      { name: 'delay', type: 'BIGINT' },
      { name: 'day', type: 'DATE' },
    ]);
  });

  it('makes a table of JSON lines, and of a Parquet file', async () => {
    const lines = await perform(attemptOf(shell(`printf '{"a":1,"b":"x"}\\n{"a":2,"b":null}\\n' > "$PENSTOCK_OUTPUT"`)));
    expect(lines.table?.rowCount).toBe(2);
    const copied = await perform(attemptOf(shell('cp "$PENSTOCK_INPUT_LINES" "$PENSTOCK_OUTPUT"'), { inputs: [{ name: 'lines', table: lines.table as TableRef }] }));
    expect(copied.outcome).toBe('succeeded');
    expect(await rowsOf(copied.table)).toEqual(await rowsOf(lines.table));
  }, 30_000);

  it('gets params as quoted values, never as code', async () => {
    const result = await perform(attemptOf(shell('echo {{ params.name }}'), { params: { name: '"; touch hacked; echo $(id)' } }));
    expect(result.log).toContain('"; touch hacked; echo $(id)');
    expect(result.log).not.toContain('uid=');
  });

  it('knows what run it is, and nothing of the worker', async () => {
    process.env.SOME_PASSWORD = 'hunter2hunter2';
    const result = await perform(attemptOf(shell('env'), { params: { a: 1 }, attempt: 3, checkpoint: { at: 7 } }));
    expect(result.log).toMatch(/PENSTOCK_RUN_ID=[0-9a-f-]{36}/);
    expect(result.log).toContain('PENSTOCK_TASK_ID=task');
    expect(result.log).toContain('PENSTOCK_ATTEMPT=3');
    expect(result.log).toContain('PENSTOCK_PARAMS={"a":1}');
    expect(result.log).toContain('PENSTOCK_CHECKPOINT={"at":7}');
    expect(result.log).not.toContain('hunter2');
  });

  it('reports by the task protocol; broken lines stay in the log and are counted', async () => {
    const result = await perform(
      attemptOf(
        shell(`echo '::penstock {"progress":0.5,"message":"half","metrics":{"rows":2}}'
echo '::penstock {"output":{"n":[1,2]}}'
echo '::penstock {"checkpoint":{"page":3}}'
echo '::penstock nonsense'
echo '::penstock {"progress":7}'
echo hello > note.txt
echo '::penstock {"artifact":{"name":"a note","path":"note.txt","type":"text/plain"}}'
echo '::penstock {"artifact":{"name":"passwd","path":"/etc/passwd"}}'`),
      ),
    );
    expect(result.outcome).toBe('succeeded');
    expect(result.reports).toContainEqual({ progress: 0.5, message: 'half', metrics: { rows: 2 } });
    expect(result.reports).toContainEqual({ checkpoint: { page: 3 } });
    expect(result.output).toEqual({ n: [1, 2] });
    expect(result.brokenLines).toBe(2);
    expect(result.log).toContain('::penstock nonsense');
    expect(result.log).not.toContain('half');
    expect(result.artifacts?.map((each) => [each.name, each.bytes])).toEqual([['a note', 6]]);
    expect(result.log).toContain('The artifact "passwd" (/etc/passwd) was not kept: it lies outside the working folder.');
  });

  it.each([
    ['exit 0', 'succeeded', undefined],
    ['exit 99', 'skipped', undefined],
    ['echo boom >&2; exit 3', 'failed', 'The task ended with exit code 3: boom'],
    ['no-such-thing', 'failed', 'There is no command "no-such-thing" on the machine that ran this.'],
  ])('%s → %s', async (command, outcome, message) => {
    const result = await perform(attemptOf(shell(command)));
    expect(result.outcome).toBe(outcome);
    expect(result.error?.message).toBe(message);
  });

  it('shows no secret: not in its log, output or resolved config, also not encoded', async () => {
    const secrets = { token: 's3cr3t-välue/+ 1' };
    const result = await perform(
      attemptOf(shell(`T={{ secrets.token }}
echo "plain $T"; printf %s "user:$T" | base64; echo "::penstock {\\"output\\":\\"got $T\\"}"; echo "err $T" >&2; exit 4`)),
      { secrets },
    );
    expect(result.outcome).toBe('failed');
    const all = JSON.stringify(result);
    expect(all).not.toContain('s3cr3t');
    expect(all).not.toContain(Buffer.from(`user:${secrets.token}`).toString('base64').slice(8, 20));
    expect(result.output).toBe('got ••••••');
    expect(result.error?.message).toContain('err ••••••');
  });

  it('without its secret fails in words', async () => {
    const result = await perform(attemptOf(shell('echo {{ secrets.nope }}')));
    expect(result.error).toMatchObject({ code: 'no_secret', message: 'There is no secret "nope" in this workspace.' });
  });

  it('cannot change the stored table it reads', async () => {
    const before = await rowsOf(flights);
    await perform(attemptOf(shell('chmod 666 "$PENSTOCK_INPUT_FLIGHTS"; echo broken > "$PENSTOCK_INPUT_FLIGHTS"'), { inputs: [{ name: 'flights', table: flights }] }));
    expect(await rowsOf(flights)).toEqual(before);
  }, 30_000);

  it('that loops endlessly is stopped at its time limit and leaves no folder behind', async () => {
    const result = await perform(attemptOf(shell('while :; do :; done'), { limits: { memoryMb: 256, threads: 1, timeoutSeconds: 0.4 } }));
    expect(result.outcome).toBe('timed_out');
    expect(result.error?.message).toMatch(/^The task ran longer than its time limit of 0.4 seconds and was stopped\.$/);
    expect(existsSync(path.join(home, 'work')) ? readdirSync(path.join(home, 'work')) : []).toEqual([]);
  });

  it('that gives no sign of life is stopped, one that does is not', async () => {
    const silent = await perform(attemptOf({ ...shell('sleep 30'), heartbeatTimeoutSeconds: 0.3 }));
    expect(silent.error?.code).toBe('heartbeat_timeout');
    const alive = await perform(attemptOf({ ...shell('for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done'), heartbeatTimeoutSeconds: 0.4 }));
    expect(alive.outcome).toBe('succeeded');
  });

  it('that is cancelled ends as cancelled', async () => {
    const controller = new AbortController();
    const input = attemptOf(shell("echo '::penstock {\"progress\":0}'; sleep 60"));
    const result = await perform(input, { signal: controller.signal, report: () => controller.abort() });
    expect(result.outcome).toBe('cancelled');
  });

  it('that writes no table it promises, or a broken one, says so', async () => {
    const broken = await perform(attemptOf(shell('printf PAR1garbagePAR1 > "$PENSTOCK_OUTPUT"')));
    expect(broken.outcome).toBe('failed');
    expect(broken.error?.code).toBe('broken_file');
    const link = await perform(attemptOf(shell('ln -s /etc/passwd "$PENSTOCK_OUTPUT"')));
    expect(link.error?.message).toBe('The output is not a plain file.');
  }, 30_000);
});

describe('a python task', () => {
  it('reads inputs without any package, and writes rows, a result and progress', async () => {
    const script = `
from penstock import inputs, output, result, params, progress, metrics, log
import datetime
rows = inputs["flights"].list()
assert rows[0]["day"] == datetime.date(2001, 1, 31), rows
assert inputs.flights.columns == ["origin", "delay", "day"]
progress(0.5, "half way")
output({"origin": r["origin"], "late": r["delay"] > params["limit"], "day": r["day"]} for r in inputs.flights)
metrics(rows=len(inputs.flights))
result({"worst": max(r["delay"] for r in rows)})
log("fertig ✓")
`;
    const result = await perform(attemptOf(python(script), { params: { limit: 4 }, inputs: [{ name: 'flights', table: flights }] }));
    expect(result.error).toBeUndefined();
    expect(result.outcome).toBe('succeeded');
    expect(result.output).toEqual({ worst: 12 });
    expect(result.table?.schema.map((column) => column.type)).toEqual(['VARCHAR', 'BOOLEAN', 'DATE']);
    expect((await rowsOf(result.table)).map((row) => row[0])).toEqual(['JFK', 'SFO', 'مطار']);
    expect(result.reports).toContainEqual({ progress: 0.5, message: 'half way' });
    expect(result.log).toContain('fertig ✓');
  }, 30_000);

  it('sees a sample of its inputs in a try', async () => {
    const result = await perform(attemptOf(python('from penstock import inputs, result\nresult(len(inputs.flights.list()))'), { inputs: [{ name: 'flights', table: flights }], sampleRows: 1 }));
    expect(result.error).toBeUndefined();
    expect(result.output).toBeLessThan(3);
  }, 30_000);

  it('goes on where the last try stopped', async () => {
    const script = 'from penstock import checkpoint, result\nstart = checkpoint.get(0)\ncheckpoint(start + 1)\nresult(start)';
    const first = await perform(attemptOf(python(script)));
    expect(first.reports).toContainEqual({ checkpoint: 1 });
    const second = await perform(attemptOf(python(script), { checkpoint: 1 }));
    expect(second.output).toBe(1);
  });

  it.each([
    ['import pandas', 'no_module', 'The script in line 1 needs the Python package "pandas", which is not installed for this task.', 'Add pandas to the task\'s Packages (config.requirements).'],
    ['x = 1\nraise ValueError("bad day")', 'python_error', 'The script failed in line 2: ValueError: bad day', undefined],
    ['x = (1', 'syntax', undefined, undefined],
    ['from penstock import inputs\ninputs["nope"]', 'python_error', undefined, undefined],
    ['from penstock import inputs\ninputs.flights.pandas()', 'no_module', 'The script in line 2 needs the Python package "pandas", which is not installed for this task.', undefined],
  ])('%s fails in words', async (script, code, message, hint) => {
    const result = await perform(attemptOf(python(script), { inputs: [{ name: 'flights', table: flights }] }));
    expect(result.outcome).toBe('failed');
    expect(result.error?.code).toBe(code);
    if (message) expect(result.error?.message).toBe(message);
    if (hint) expect(result.error?.hint).toBe(hint);
    expect(result.error?.message).toMatch(/line \d/);
  }, 30_000);

  it('gets its packages in an environment that is made once and then shared', async () => {
    const wheel = writeWheel(home, 'greeting', 'word = "salut"\n');
    const script = 'import greeting\nfrom penstock import result\nresult(greeting.word)';
    const first = await perform(attemptOf(python(script, { requirements: [wheel] })));
    expect(first.error).toBeUndefined();
    expect(first.output).toBe('salut');
    expect(first.log).toContain('This happens once for this list.');
    const second = await perform(attemptOf(python(script, { requirements: [wheel] })));
    expect(second.output).toBe('salut');
    expect(second.log).not.toContain('This happens once');
  }, 120_000);

  it('whose package cannot be installed says which and why', async () => {
    const result = await perform(attemptOf(python('1', { requirements: [path.join(home, 'no-such-1.0-py3-none-any.whl')] })));
    expect(result.error?.code).toBe('requirements');
    expect(result.error?.message).toContain("The task's packages could not be installed: ");
    expect(result.error?.message).toContain('no-such-1.0');
  }, 120_000);

  it('that wants a Python the machine lacks is told which one', async () => {
    const result = await perform(attemptOf(python('1', { python: '3.99' })));
    expect(result.error?.code).toBe('no_python');
    expect(result.error?.message).toMatch(/^The task needs Python 3\.99, but the machine that ran it does not have it/);
  });

  it('that eats memory is stopped, and memory is named as the cause', async () => {
    const result = await perform(attemptOf(python('import time\na = []\nfor i in range(60):\n    a.append(bytearray(10_000_000)); time.sleep(0.02)\ntime.sleep(20)'), { limits: { memoryMb: 200, threads: 1, timeoutSeconds: 30 } }));
    expect(result.error?.code).toBe('memory');
    expect(result.error?.message).toMatch(/^The task used more memory than its limit of 200 MB \(\d+ MB\) and was stopped\.$/);
  }, 30_000);

  it('that asks for more memory at once than there may be is told so too', async () => {
    const result = await perform(attemptOf(python('a = bytearray(30_000_000_000)'), { limits: { memoryMb: 100, threads: 1, timeoutSeconds: 30 } }));
    expect(result.error?.code).toBe('memory');
  }, 30_000);
});

describe('kinds that run no code', () => {
  it('empty touches no disk and is done at once', async () => {
    const result = await perform(attemptOf({ kind: 'empty', config: {} }));
    expect(result).toMatchObject({ outcome: 'succeeded', log: '' });
  });

  it.each([
    [4, ['late']],
    [1, ['fine']],
  ])('branch takes by its first true case: %i → %j', async (n, taken) => {
    const config = { cases: [{ if: 'tasks.count.output.n > 3', take: ['late'] }], otherwise: ['fine'] };
    const result = await perform(attemptOf({ kind: 'branch', config }, { upstream: { count: { state: 'succeeded', output: { n } } } }));
    expect(result.output).toEqual({ taken });
  });

  it('branch with an expression that does not work fails in words', async () => {
    const result = await perform(attemptOf({ kind: 'branch', config: { cases: [{ if: 'tasks.count.output.n > "x"', take: ['a'] }] } }, { upstream: { count: { state: 'succeeded', output: { n: 1 } } } }));
    expect(result.error?.code).toBe('expression');
  });

  it('subpipeline waits for the run it started, and cancels it when it is cancelled', async () => {
    const config = { pipeline: 'other', params: { day: '{{ params.day }}', deep: [1] }, wait: true };
    const started: unknown[] = [];
    const cancelled: string[] = [];
    const subruns = {
      start: (request: unknown) => {
        started.push(request);
        return Promise.resolve({ runId: 'r1' });
      },
      wait: () => Promise.resolve({ state: 'succeeded', output: { rows: 3 }, table: null }),
      find: () => Promise.resolve(null),
      cancel: (id: string) => {
        cancelled.push(id);
        return Promise.resolve();
      },
    };
    const done = await perform(attemptOf({ kind: 'subpipeline', config }, { params: { day: 5 } }), { subruns });
    expect(done).toMatchObject({ outcome: 'succeeded', output: { runId: 'r1', state: 'succeeded', output: { rows: 3 } } });
    expect(started).toEqual([{ pipeline: 'other', params: { day: 5, deep: [1] } }]);

    const failed = await perform(attemptOf({ kind: 'subpipeline', config: { pipeline: 'other' } }), { subruns: { ...subruns, wait: () => Promise.resolve({ state: 'failed', output: null, table: null }) } });
    expect(failed.error?.message).toBe('The run of "other" ended as failed.');

    const controller = new AbortController();
    const wait = (_: string, signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
        controller.abort();
      });
    const stopped = await perform(attemptOf({ kind: 'subpipeline', config: { pipeline: 'other' } }), { subruns: { ...subruns, wait }, signal: controller.signal });
    expect(stopped.outcome).toBe('cancelled');
    expect(cancelled).toEqual(['r1']);
  });
});
