/** The DuckDB process: opened once, closed in, asked over the IPC channel, gone with its parent. Bundled into dist/. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DuckDBConnection, type DuckDBInstance } from '@duckdb/node-api';
import { explainError } from './explain-error';
import { type DuckdbProblem, type Reply, type Request } from './protocol';
import { factsOf, openDatabase, runQuery, runScript, runSelect, showTables, SqlProblem } from './session';

let database: DuckDBInstance | undefined;
let session: DuckDBConnection | undefined;
const folders = new Set<string>();

function leave(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

async function perform(request: Request): Promise<unknown> {
  if (request.op === 'facts') return facts(request);
  if (request.op === 'open') {
    database = await openDatabase(request.confinement);
    session = await database.connect();
    return null;
  }
  if (!database || !session) throw new SqlProblem({ code: 'other', message: 'The query process is not open yet.' });
  switch (request.op) {
    case 'tables':
      await showTables(session, request.tables);
      return null;
    case 'script':
      return runScript(session, request.sql, request.values, request.target);
    case 'select':
      return runSelect(session, request.sql, request.values, request.maxRows);
    case 'query': {
      // queries of one process may overlap, so each has a connection of its own
      const own = await database.connect();
      try {
        return await runQuery(own, request.sql, request.values, request.maxRows);
      } finally {
        own.closeSync();
      }
    }
  }
}

/** facts judges one script in a database of its own, so that no script sees another's tables. */
async function facts(request: Extract<Request, { op: 'facts' }>): Promise<unknown> {
  const spillFolder = mkdtempSync(path.join(tmpdir(), 'penstock-facts-'));
  folders.add(spillFolder);
  const instance = await openDatabase({ memoryMb: 256, threads: 1, spillFolder, maxSpillMb: 1, paths: [], folders: [] });
  const connection = await instance.connect();
  const timer = setTimeout(() => connection.interrupt(), request.timeoutMs);
  try {
    await showTables(connection, request.tables);
    return await factsOf(connection, request.sql);
  } finally {
    clearTimeout(timer);
    connection.closeSync();
    instance.closeSync();
    rmSync(spillFolder, { recursive: true, force: true });
    folders.delete(spillFolder);
  }
}

const problemOf = (error: unknown): DuckdbProblem => (error instanceof SqlProblem ? error.problem : explainError(error));

process.on('disconnect', leave);
process.on('SIGTERM', leave);
process.on('message', ({ id, request }: { id: number; request: Request }) => {
  perform(request)
    .then((result): Reply => ({ id, result }), (error: unknown): Reply => ({ id, problem: problemOf(error) }))
    .then((reply) => process.send?.(reply))
    .catch(leave);
});
process.send?.({ id: 0, result: 'ready' });
