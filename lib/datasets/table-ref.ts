/** One column of a table; `type` is DuckDB's name of the type. */
export type Column = { name: string; type: string; nullable?: boolean };

/** A table in the store: Parquet files by store key, their schema and size in rows and bytes. */
export type TableRef = { files: string[]; schema: Column[]; rowCount: number; bytes: number };
