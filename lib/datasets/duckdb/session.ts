import { mkdirSync } from 'node:fs';
import { DuckDBInstance, StatementType, type DuckDBConnection, type DuckDBResultReader } from '@duckdb/node-api';
import { type Column } from '../table-ref';
import { judgeStatement, refusal } from './allow';
import { explainError, placeOf } from './explain-error';
import { type BoundValue, type Confinement, type DuckdbProblem, type Facts, type Rows, type SessionTable, type Written } from './protocol';
import { splitSql, type Piece } from './split-sql';
import { bindList, bindNamed, plainValue } from './values';

/** SqlProblem carries a problem that is already in words. */
export class SqlProblem extends Error {
  constructor(readonly problem: DuckdbProblem) {
    super(problem.message);
  }
}

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const textList = (texts: string[]): string => `[${texts.map(quoteText).join(', ')}]`;

/** What the parser may call a statement that the first words allowed. PIVOT makes a type and a transaction of its own. */
const TYPES: Record<string, StatementType[]> = {
  SELECT: [StatementType.SELECT],
  CREATE: [StatementType.CREATE, StatementType.CREATE_FUNC],
  INSERT: [StatementType.INSERT],
  UPDATE: [StatementType.UPDATE],
  DELETE: [StatementType.DELETE],
};

/** openDatabase makes an in-memory database that can reach nothing but what the confinement names, for good. */
export async function openDatabase(confinement: Confinement): Promise<DuckDBInstance> {
  mkdirSync(confinement.spillFolder, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', { threads: String(Math.max(1, confinement.threads)) });
  const connection = await instance.connect();
  const settings = [
    `memory_limit=${quoteText(`${confinement.memoryMb}MiB`)}`,
    `temp_directory=${quoteText(confinement.spillFolder)}`,
    `max_temp_directory_size=${quoteText(`${confinement.maxSpillMb}MiB`)}`,
    'global errors_as_json=true',
    'preserve_insertion_order=true',
    'autoinstall_known_extensions=false',
    'autoload_known_extensions=false',
    'allow_community_extensions=false',
    `allowed_paths=${textList(confinement.paths)}`,
    `allowed_directories=${textList(confinement.folders.map((folder) => `${folder}/`))}`,
    'enable_external_access=false',
  ];
  for (const setting of settings) await connection.run(`set ${setting}`);
  await connection.run("set global TimeZone='UTC'");
  await connection.run('set lock_configuration=true');
  connection.closeSync();
  return instance;
}

/** showTables makes each table visible as a view over its read-only files; without files, as an empty table. */
export async function showTables(connection: DuckDBConnection, tables: SessionTable[]): Promise<void> {
  for (const table of tables) {
    const name = quoteName(table.name);
    if (table.files.length === 0) {
      const columns = table.columns.map((column) => `${quoteName(column.name)} ${column.type}`).join(', ');
      await connection.run(`create table ${name} (${columns})`);
      continue;
    }
    const step = sampleStep(table);
    const files = textList(table.files);
    const many = table.files.length > 1 ? ", union_by_name = true" : "";
    const from =
      step > 1
        ? `(select * exclude (file_row_number) from read_parquet(${files}, file_row_number = true${many}) where (file_row_number // ${SAMPLE_RUN}) % ${step} = 0)`
        : `read_parquet(${files}${many})`;
    await connection.run(`create view ${name} as select * from ${from}`);
  }
}

/** Rows that stay together in a sample: long enough to read fast, short enough to be even. */
const SAMPLE_RUN = 16;

/** sampleStep says that every how-manieth run of rows belongs to the sample; 1 means all. */
export function sampleStep(table: Pick<SessionTable, 'sampleRows' | 'rowCount'>): number {
  if (!table.sampleRows || !table.rowCount || table.rowCount <= table.sampleRows) return 1;
  return Math.ceil(table.rowCount / table.sampleRows);
}

/**
 * runScript runs what a person wrote, statement by statement, and stores the last one's rows as Parquet.
 * @param values bound values by parameter name
 * @param target absolute path of the Parquet file
 * @throws SqlProblem with line and column in the script
 */
export async function runScript(connection: DuckDBConnection, sql: string, values: Record<string, BoundValue>, target: string): Promise<Written> {
  const pieces = readScript(sql);
  for (const [i, piece] of pieces.entries()) {
    const last = i === pieces.length - 1;
    if (!last) await located(sql, piece, 0, () => runPiece(connection, piece, values));
    else await runLast(connection, sql, piece, values, target);
  }
  return describeFile(connection, target);
}

/** describeFile gives the columns and rows of a Parquet file just written. */
async function describeFile(connection: DuckDBConnection, file: string): Promise<Written> {
  const columns = await columnsOf(connection, `select * from read_parquet(${quoteText(file)})`);
  const counted = await connection.runAndReadAll(`select sum(num_rows)::bigint from parquet_file_metadata(${quoteText(file)})`);
  return { columns, rowCount: Number(counted.getRows()[0]?.[0] ?? 0) };
}

/** readScript cuts a script and refuses every statement that is not on the list. */
export function readScript(sql: string): Piece[] {
  const pieces = splitSql(sql);
  if (pieces.length === 0) throw new SqlProblem({ code: 'syntax', message: 'There is no SQL statement here. Write at least one SELECT.', line: 1, column: 1 });
  for (const piece of pieces) {
    const verdict = judgeStatement(piece);
    if (verdict.allowed) continue;
    const place = placeOf(sql, piece.offset + leadingSpace(piece.text));
    throw new SqlProblem(isWord(verdict.what) ? { code: 'refused', message: refusal(verdict.what), ...place } : { code: 'syntax', message: `The SQL cannot be read at "${piece.text.trim().slice(0, 40)}".`, hint: 'A statement begins with a word like SELECT, WITH or CREATE.', ...place });
  }
  return pieces;
}

const KNOWN_VERBS = new Set(
  'COPY SET RESET PRAGMA ATTACH DETACH INSTALL LOAD DROP ALTER TRUNCATE MERGE CALL EXECUTE PREPARE DEALLOCATE EXPLAIN BEGIN START COMMIT ROLLBACK ABORT CHECKPOINT FORCE VACUUM ANALYZE EXPORT IMPORT USE COMMENT UPDATE GRANT'.split(' '),
);
const isWord = (what: string): boolean => KNOWN_VERBS.has(what) || what.startsWith('CREATE');
const leadingSpace = (text: string): number => text.length - text.trimStart().length;

async function runPiece(connection: DuckDBConnection, piece: Piece, values: Record<string, BoundValue>): Promise<void> {
  const verdict = judgeStatement(piece);
  const extracted = await connection.extractStatements(piece.text);
  for (let i = 0; i < extracted.count; i += 1) {
    const statement = await extracted.prepare(i);
    const type = statement.statementType;
    const allowed = verdict.allowed && (TYPES[verdict.verb]?.includes(type) || (isPivot(piece) && PIVOT_PARTS.includes(type)));
    if (!allowed) throw new SqlProblem({ code: 'refused', message: refusal(StatementType[type] ?? '') });
    bindNamed(statement, values);
    await statement.run();
    statement.destroySync();
  }
}

const PIVOT_PARTS = [StatementType.CREATE, StatementType.SELECT, StatementType.TRANSACTION];
const isPivot = (piece: Piece): boolean => /\bpivot/i.test(piece.text);

/** runLast stores the rows of the last statement: a SELECT by COPY, one with RETURNING through a table. */
async function runLast(connection: DuckDBConnection, sql: string, piece: Piece, values: Record<string, BoundValue>, target: string): Promise<void> {
  const verdict = judgeStatement(piece);
  if (!verdict.allowed) throw new SqlProblem({ code: 'refused', message: refusal(verdict.what) });
  if (verdict.verb !== 'SELECT') {
    const place = placeOf(sql, piece.offset + leadingSpace(piece.text));
    if (verdict.verb === 'CREATE' || !/\breturning\b/i.test(piece.text)) {
      throw new SqlProblem({
        code: 'refused',
        message: `The last statement is ${verdict.verb}, which gives no rows, and the last statement's rows are the node's output.`,
        hint: 'End with a SELECT, for example: select * from the_table.',
        ...place,
      });
    }
    await located(sql, piece, 0, () => storeReturned(connection, piece, values, target));
    return;
  }
  // The statement must be whole by itself before it is put in brackets.
  await located(sql, piece, 0, () => checkAlone(connection, piece));
  const before = 'copy (\n';
  const whole = `${before}${piece.text}\n) to ${quoteText(target)} (format parquet, compression zstd, compression_level 1)`;
  await located(sql, piece, before.length, () => runAll(connection, whole, values), whole);
}

async function checkAlone(connection: DuckDBConnection, piece: Piece): Promise<void> {
  const extracted = await connection.extractStatements(piece.text);
  if (isPivot(piece)) return;
  if (extracted.count !== 1) throw new SqlProblem({ code: 'syntax', message: 'The last statement cannot be read as one statement.' });
  const statement = await extracted.prepare(0);
  const type = statement.statementType;
  statement.destroySync();
  if (type !== StatementType.SELECT) throw new SqlProblem({ code: 'refused', message: refusal(StatementType[type] ?? '') });
}

async function runAll(connection: DuckDBConnection, text: string, values: Record<string, BoundValue>): Promise<void> {
  const extracted = await connection.extractStatements(text);
  for (let i = 0; i < extracted.count; i += 1) {
    const statement = await extracted.prepare(i);
    if (![StatementType.COPY, ...PIVOT_PARTS].includes(statement.statementType)) throw new SqlProblem({ code: 'refused', message: refusal('') });
    bindNamed(statement, values);
    await statement.run();
    statement.destroySync();
  }
}

async function storeReturned(connection: DuckDBConnection, piece: Piece, values: Record<string, BoundValue>, target: string): Promise<void> {
  const statement = await connection.prepare(piece.text);
  bindNamed(statement, values);
  const reader = await statement.runAndReadAll();
  const columns = reader.deduplicatedColumnNames().map((name, i) => `${quoteName(name)} ${String(reader.columnType(i))}`);
  await connection.run(`create temp table __penstock_returned (${columns.join(', ')})`);
  const appender = await connection.createAppender('__penstock_returned', null, 'temp');
  for (const row of reader.getRows()) {
    row.forEach((value, i) => (value === null ? appender.appendNull() : appender.appendValue(value, reader.columnType(i))));
    appender.endRow();
  }
  appender.closeSync();
  await connection.run(`copy temp.__penstock_returned to ${quoteText(target)} (format parquet, compression zstd)`);
}

/** located turns an error of one statement into a problem with its place in the whole script. */
async function located<T>(script: string, piece: Piece, shift: number, work: () => Promise<T>, text = piece.text): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SqlProblem) {
      if (error.problem.line !== undefined) throw error;
      throw new SqlProblem({ ...error.problem, ...placeOf(script, piece.offset + leadingSpace(piece.text)) });
    }
    throw new SqlProblem(explainError(error, script, piece.offset, shift, text.slice(0, shift) === '' ? piece.text : text.slice(shift)));
  }
}

/** runSelect runs one SELECT that a person wrote, such as a check's, and reads its first rows. */
export async function runSelect(connection: DuckDBConnection, sql: string, values: Record<string, BoundValue>, maxRows: number): Promise<Rows> {
  const pieces = readScript(sql);
  const [piece] = pieces;
  const verdict = piece && judgeStatement(piece);
  if (!piece || pieces.length > 1 || !verdict?.allowed || verdict.verb !== 'SELECT') {
    throw new SqlProblem({ code: 'refused', message: 'Here stands one SELECT, no other statement.', line: 1, column: 1 });
  }
  return located(sql, piece, 0, async () => {
    await checkAlone(connection, piece);
    const statement = await connection.prepare(piece.text);
    bindNamed(statement, values);
    return readRows(await statement.streamAndReadUntil(maxRows), maxRows);
  });
}

/** runQuery runs SQL of ours. */
export async function runQuery(connection: DuckDBConnection, sql: string, values: BoundValue[], maxRows: number): Promise<Rows> {
  const statement = await connection.prepare(sql);
  bindList(statement, values);
  const reader = await statement.streamAndReadUntil(maxRows);
  const rows = readRows(reader, maxRows);
  statement.destroySync();
  return rows;
}

function readRows(reader: DuckDBResultReader, maxRows: number): Rows {
  const columns = reader.deduplicatedColumnNames().map((name, i) => ({ name, type: String(reader.columnType(i)) }));
  const rows = reader
    .getRowsJson()
    .slice(0, maxRows)
    .map((row) => row.map((value, i) => plainValue(value, columns[i]?.type ?? '')));
  return { columns, rows };
}

async function columnsOf(connection: DuckDBConnection, select: string): Promise<Column[]> {
  const statement = await connection.prepare(select);
  const columns: Column[] = [];
  for (let i = 0; i < statement.columnCount; i += 1) columns.push({ name: statement.columnName(i), type: String(statement.columnType(i)) });
  statement.destroySync();
  return columns;
}

/**
 * factsOf binds a script against empty tables and says its problems and the columns of its last statement.
 * Parameters that stand for expressions bind as unknown; statements that make tables run, on nothing.
 */
export async function factsOf(connection: DuckDBConnection, sql: string): Promise<Facts> {
  try {
    const pieces = readScript(sql);
    for (const [i, piece] of pieces.entries()) {
      if (i < pieces.length - 1) {
        await located(sql, piece, 0, () => runPiece(connection, piece, nulls(piece.text)));
        continue;
      }
      const verdict = judgeStatement(piece);
      if (verdict.allowed && verdict.verb !== 'SELECT') return { columns: [], problems: lastIsSilent(sql, piece, verdict.verb) };
      if (isPivot(piece)) {
        await located(sql, piece, 0, () => connection.extractStatements(piece.text));
        return { columns: [], problems: [] };
      }
      const columns = await located(sql, piece, 0, () => boundColumns(connection, piece.text));
      return { columns, problems: [] };
    }
    return { columns: [], problems: [] };
  } catch (error) {
    return { columns: [], problems: [error instanceof SqlProblem ? error.problem : explainError(error, sql)] };
  }
}

/** boundColumns gives a SELECT's columns; none when the type of one hangs on a value that is not there yet. */
async function boundColumns(connection: DuckDBConnection, select: string): Promise<Column[]> {
  const statement = await connection.prepare(select);
  const columns: Column[] = [];
  try {
    for (let i = 0; i < statement.columnCount; i += 1) columns.push({ name: statement.columnName(i), type: String(statement.columnType(i)) });
    return columns;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Unexpected type id')) return [];
    throw error;
  } finally {
    statement.destroySync();
  }
}

function lastIsSilent(sql: string, piece: Piece, verb: string): DuckdbProblem[] {
  if (verb !== 'CREATE' && /\breturning\b/i.test(piece.text)) return [];
  return [{ code: 'refused', message: `The last statement is ${verb}, which gives no rows, and the last statement's rows are the node's output.`, hint: 'End with a SELECT.', ...placeOf(sql, piece.offset + leadingSpace(piece.text)) }];
}

/** nulls gives every numbered parameter of a text the value null. */
function nulls(text: string): Record<string, null> {
  return Object.fromEntries([...text.matchAll(/\$(\w+)/g)].map((match) => [match[1] ?? '', null]));
}
