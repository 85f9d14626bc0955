"""The tables that reach a task."""

from __future__ import annotations

import datetime
import decimal
import importlib.util
import json


class Table:
    """One incoming table. Iterating gives its rows as dicts; .pandas(), .arrow(), .polars() and .duckdb() give it whole."""

    def __init__(self, name, described):
        self.name = name
        self.path = described["parquet"]
        """Path of the table as a Parquet file."""
        self.columns = [column["name"] for column in described["columns"]]
        self.types = {column["name"]: column["type"] for column in described["columns"]}
        self._rows_path = described.get("rows")
        self._count = described["rowCount"]

    def __len__(self):
        return self._count

    def __repr__(self):
        return f"<Table {self.name}: {self._count} rows, columns {', '.join(self.columns)}>"

    def __iter__(self):
        return self.rows()

    def rows(self):
        """The rows one by one, as dicts."""
        if self._rows_path:
            convert = {name: _CONVERTERS[kind] for name, kind in self._kinds() if kind in _CONVERTERS}
            with open(self._rows_path, encoding="utf-8") as file:
                for line in file:
                    row = json.loads(line)
                    for name, function in convert.items():
                        if row.get(name) is not None:
                            row[name] = function(row[name])
                    yield row
        elif _has("pyarrow"):
            import pyarrow.parquet

            for batch in pyarrow.parquet.ParquetFile(self.path).iter_batches():
                yield from batch.to_pylist()
        elif _has("duckdb"):
            import duckdb

            cursor = duckdb.sql("select * from read_parquet($1)", params=[self.path])
            while chunk := cursor.fetchmany(10000):
                yield from (dict(zip(self.columns, values)) for values in chunk)
        else:
            import polars

            yield from polars.read_parquet(self.path).iter_rows(named=True)

    def list(self):
        """All rows as a list of dicts."""
        return list(self.rows())

    def column(self, name):
        """All values of one column."""
        if name not in self.columns:
            raise KeyError(f'The table "{self.name}" has no column "{name}". Its columns are {", ".join(self.columns)}.')
        return [row[name] for row in self.rows()]

    def pandas(self):
        """The table as a pandas DataFrame (add pandas to the task's packages)."""
        pandas = _need("pandas")
        if _has("pyarrow") or _has("fastparquet"):
            return pandas.read_parquet(self.path)
        return pandas.DataFrame(self.list(), columns=self.columns)

    df = to_pandas = pandas

    def arrow(self):
        """The table as a pyarrow Table (add pyarrow to the task's packages)."""
        _need("pyarrow")
        import pyarrow.parquet

        return pyarrow.parquet.read_table(self.path)

    def polars(self):
        """The table as a polars DataFrame (add polars to the task's packages)."""
        return _need("polars").read_parquet(self.path)

    def duckdb(self):
        """The table as a duckdb relation (add duckdb to the task's packages)."""
        return _need("duckdb").read_parquet(self.path)

    def _kinds(self):
        return [(name, kind.split("(")[0]) for name, kind in self.types.items()]


class Inputs:
    """All incoming tables, by name."""

    def __init__(self, described):
        self._tables = {}
        if described:
            with open(described, encoding="utf-8") as file:
                self._tables = {name: Table(name, each) for name, each in json.load(file).items()}

    def __getitem__(self, name):
        if name not in self._tables:
            raise KeyError(self._unknown(name))
        return self._tables[name]

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._tables:
            raise AttributeError(self._unknown(name))
        return self._tables[name]

    def __contains__(self, name):
        return name in self._tables

    def __iter__(self):
        return iter(self._tables)

    def __len__(self):
        return len(self._tables)

    def __repr__(self):
        return f"<Inputs {', '.join(self._tables) or 'none'}>"

    def get(self, name, default=None):
        return self._tables.get(name, default)

    def keys(self):
        return self._tables.keys()

    def values(self):
        return self._tables.values()

    def items(self):
        return self._tables.items()

    def _unknown(self, name):
        known = ", ".join(self._tables)
        return f'No table "{name}" reaches this task. ' + (f"These do: {known}." if known else "Connect a node to it first.")


def _has(module):
    return importlib.util.find_spec(module) is not None


def _need(module):
    if not _has(module):
        raise ModuleNotFoundError(f"No module named '{module}'", name=module)
    return __import__(module)


def _timestamp(text):
    text = text.replace(" ", "T", 1).replace("Z", "+00:00")
    if len(text) > 3 and text[-3] in "+-":
        text += ":00"
    return datetime.datetime.fromisoformat(text)


_CONVERTERS = {
    "DATE": datetime.date.fromisoformat,
    "TIMESTAMP": _timestamp,
    "TIMESTAMP WITH TIME ZONE": _timestamp,
    "TIMESTAMP_S": _timestamp,
    "TIMESTAMP_MS": _timestamp,
    "TIME": datetime.time.fromisoformat,
    "DECIMAL": lambda value: decimal.Decimal(str(value)),
}
