import { completeFromList, type Completion } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { python } from '@codemirror/lang-python';
import { PostgreSQL, SQLDialect, sql } from '@codemirror/lang-sql';
import { StreamLanguage } from '@codemirror/language';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import { yaml } from '@codemirror/legacy-modes/mode/yaml';
import type { Extension } from '@codemirror/state';

export type CodeLanguage = 'sql' | 'python' | 'shell' | 'json' | 'yaml' | 'text';

/** CodeSchema lists what completion offers in SQL: tables (or inputs) by name with their columns. */
export type CodeSchema = Record<string, readonly { name: string; type?: string }[]>;

const duckdb = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${PostgreSQL.spec.keywords ?? ''} qualify pivot unpivot exclude replace asof semi anti positional summarize describe macro sample`,
  builtin: `${PostgreSQL.spec.builtin ?? ''} read_parquet read_csv read_json list_aggregate struct_pack date_trunc date_diff strftime try_cast approx_quantile arg_max arg_min median quantile_cont histogram`,
});

/** languageOf gives the grammar of a language; `schema` feeds SQL completion, `completions` is offered in every language. */
export function languageOf(
  language: CodeLanguage,
  schema: CodeSchema,
  completions: readonly Completion[],
): Extension[] {
  const extra = completeFromList([...completions]);
  switch (language) {
    case 'sql': {
      const tables = Object.fromEntries(
        Object.entries(schema).map(([table, columns]) => [
          table,
          columns.map((c) => ({ label: c.name, type: 'property', detail: c.type?.toLowerCase() })),
        ]),
      );
      const only = Object.keys(tables);
      const support = sql({
        dialect: duckdb,
        schema: tables,
        defaultTable: only.length === 1 ? only[0] : undefined,
      });
      return [support, duckdb.language.data.of({ autocomplete: extra })];
    }
    case 'python': {
      const support = python();
      return [support, support.language.data.of({ autocomplete: extra })];
    }
    case 'shell':
    case 'yaml': {
      const grammar = StreamLanguage.define(language === 'shell' ? shell : yaml);
      return [grammar, grammar.data.of({ autocomplete: extra })];
    }
    case 'json':
      return [json()];
    case 'text':
      return [];
  }
}
