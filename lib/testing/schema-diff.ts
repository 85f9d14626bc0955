import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as engineBindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import type { DiffTarget } from '@prisma/schema-engine-wasm';

/** Type numbers of PostgreSQL's catalogue. */
const CHAR = 18;
const CHAR_ARRAY = 1002;
const FILTERS = { externalTables: [], externalEnums: [] };
let loaded: Promise<void> | undefined;

/** Prisma's own schema engine as WebAssembly: the same SQL that Prisma Migrate would write, without its binary. */
function load(): Promise<void> {
  loaded ??= (async () => {
    const bindings = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
    const bytes = await readFile(path.join(path.dirname(bindings), 'schema_engine_bg.wasm'));
    const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': engineBindings as unknown as WebAssembly.ModuleImports });
    (engineBindings as unknown as { __wbg_set_wasm(wasm: unknown): void }).__wbg_set_wasm(instance.exports);
    (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
  })();
  return loaded;
}

async function readSchema(dir: string): Promise<{ path: string; content: string }[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.prisma')).sort();
  return Promise.all(names.map(async (name) => ({ path: path.join(dir, name), content: await readFile(path.join(dir, name), 'utf8') })));
}

/**
 * An adapter that reads PostgreSQL's one-byte type "char", in which the catalogue's flags stand: the stock one refuses it.
 * It passes the adapter as an array of them, whose number it knows, and is called a character again behind it.
 */
function catalogAdapter(url: string): PrismaPg {
  const pool = new pg.Pool({ connectionString: url });
  const query = pool.query.bind(pool) as unknown as (...given: unknown[]) => Promise<pg.QueryResult>;
  const marked = async (...given: unknown[]) => {
    const result = await query(...given);
    for (const field of result.fields) if (field.dataTypeID === CHAR) field.dataTypeID = CHAR_ARRAY;
    return result;
  };
  const factory = new PrismaPg(Object.assign(pool, { query: marked }), { disposeExternalPool: true });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (sql) => {
      const result = await queryRaw(sql);
      const columnTypes = result.columnTypes.map((type) => (type === ColumnTypeEnum.CharacterArray ? ColumnTypeEnum.Character : type));
      return { ...result, columnTypes };
    };
    return adapter;
  };
  return factory;
}

/**
 * schemaDiff gives the SQL that leads from a database to the Prisma schema; an empty text when none is needed.
 * @param from address of the database
 * @param schemaDir folder of the .prisma files
 */
export async function schemaDiff(from: string, schemaDir: string): Promise<string> {
  await load();
  const files = await readSchema(schemaDir);
  const engine = await engineBindings.SchemaEngine.new(
    { datamodels: files.map((f): [string, string] => [f.path, f.content]) },
    () => undefined,
    bindSqlAdapterFactory(catalogAdapter(from)),
  );
  const source: DiffTarget = { tag: 'schemaDatasource', files, configDir: schemaDir };
  const { stdout } = await engine.diff({ from: source, to: { tag: 'schemaDatamodel', files }, script: true, exitCode: null, filters: FILTERS });
  const sql = (stdout ?? '').trim();
  return sql === '-- This is an empty migration.' ? '' : sql;
}
