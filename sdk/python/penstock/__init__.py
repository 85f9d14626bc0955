"""What a Penstock Python task talks to.

    from penstock import inputs, output, result, params, progress, metrics, artifact, checkpoint, log

Only the standard library is needed. pandas, pyarrow, polars and duckdb are used when they are installed.
"""

from __future__ import annotations

import datetime as _datetime
import decimal as _decimal
import json as _json
import math as _math
import os as _os
import sys as _sys
import uuid as _uuid

from ._inputs import Inputs, Table

__all__ = [
    "inputs", "output", "result", "params", "progress", "metrics", "artifact", "checkpoint", "log",
    "external", "item", "message", "skip", "run", "Table",
]


def _plain(value):
    """A JSON value for what Python programs usually hold."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if _math.isfinite(value) else None
    if isinstance(value, (_datetime.datetime, _datetime.date, _datetime.time)):
        return value.isoformat()
    if isinstance(value, _datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, (_decimal.Decimal, _uuid.UUID)):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):  # numpy scalars
        return _plain(value.item())
    if hasattr(value, "tolist"):  # numpy arrays
        return _plain(value.tolist())
    raise TypeError(f"A value of type {type(value).__name__} cannot be written as JSON.")


def _send(report):
    """One line of the task protocol."""
    _sys.stdout.write("::penstock " + _json.dumps(_plain(report), ensure_ascii=False, separators=(",", ":")) + "\n")
    _sys.stdout.flush()


params = _json.loads(_os.environ.get("PENSTOCK_PARAMS") or "{}")
"""The run's params as a dict."""

item = _json.loads(_os.environ.get("PENSTOCK_ITEM") or "null")
"""The item of a mapped task's part; None in a task that is not mapped."""

inputs = Inputs(_os.environ.get("PENSTOCK_INPUTS"))
"""The tables that reach this task, by name: inputs["flights"] or inputs.flights."""


class _Run:
    """What run this is: run.id, run.pipeline, run.task_id, run.attempt, run.logical_date, run.interval_start, run.interval_end."""

    id = _os.environ.get("PENSTOCK_RUN_ID")
    pipeline = _os.environ.get("PENSTOCK_PIPELINE")
    task_id = _os.environ.get("PENSTOCK_TASK_ID")
    attempt = int(_os.environ.get("PENSTOCK_ATTEMPT") or 1)
    logical_date = _os.environ.get("PENSTOCK_LOGICAL_DATE") or None
    interval_start = _os.environ.get("PENSTOCK_INTERVAL_START") or None
    interval_end = _os.environ.get("PENSTOCK_INTERVAL_END") or None


run = _Run()

_written = None


def output(table):
    """Write the task's table: a list (or iterator) of dicts, a pandas or polars DataFrame, a pyarrow table, or a file's path.

    Rows may be written in several calls; everything else once.
    """
    global _written
    target = _os.environ["PENSTOCK_OUTPUT"]
    kind = _kind_of(table)
    if _written is not None and not (_written == "rows" and kind == "rows"):
        raise RuntimeError("output() was called before with another table. Join the tables first, then call it once.")
    _written = kind
    if kind == "file":
        import shutil

        shutil.copyfile(table, target)
    elif kind == "pandas":
        _write_pandas(table, target)
    elif kind == "arrow":
        import pyarrow.parquet

        pyarrow.parquet.write_table(table, target)
    elif kind == "polars":
        (table.collect() if hasattr(table, "collect") else table).write_parquet(target)
    elif kind == "duckdb":
        table.write_parquet(target)
    else:
        with open(target, "a", encoding="utf-8") as file:
            for row in [table] if isinstance(table, dict) else table:
                if not isinstance(row, dict):
                    raise TypeError(f"output() takes rows as dicts, but got a {type(row).__name__}: {row!r:.80}")
                file.write(_json.dumps(_plain(row), ensure_ascii=False) + "\n")


def _kind_of(table):
    module = type(table).__module__.split(".")[0]
    if isinstance(table, (str, _os.PathLike)):
        return "file"
    if module == "pandas":
        return "pandas"
    if module == "pyarrow":
        return "arrow"
    if module == "polars":
        return "polars"
    if module in ("duckdb", "_duckdb"):
        return "duckdb"
    return "rows"


def _write_pandas(frame, target):
    if hasattr(frame, "to_frame"):  # a Series
        frame = frame.to_frame()
    if frame.index.name is not None or type(frame.index).__name__ == "MultiIndex":
        frame = frame.reset_index()
    frame.columns = [str(column) for column in frame.columns]
    try:
        import pyarrow  # noqa: F401

        frame.to_parquet(target, index=False)
    except ImportError:
        frame.to_json(target, orient="records", lines=True, date_format="iso", force_ascii=False)


def result(value):
    """Set tasks.<id>.output, which later expressions can read (any JSON value)."""
    _send({"output": value})


def progress(fraction, message=None):
    """Say how far the task is, from 0 to 1."""
    report = {"progress": min(1.0, max(0.0, float(fraction)))}
    if message is not None:
        report["message"] = str(message)
    _send(report)


def message(text):
    """Say in a line what the task is doing."""
    _send({"message": str(text)})


def metrics(values=None, **more):
    """Record numbers: metrics(rows=10, share=0.5) or metrics({"rows": 10})."""
    given = {**(values or {}), **more}
    _send({"metrics": {name: float(number) for name, number in given.items() if _math.isfinite(float(number))}})


def artifact(path, name=None, type=""):
    """Keep a file of the working folder with the run."""
    _send({"artifact": {"name": str(name or _os.path.basename(path)), "path": str(path), "type": str(type)}})


class _Checkpoint:
    """checkpoint(value) saves where the task is; checkpoint.value is what the last try saved, or None."""

    def __init__(self):
        text = _os.environ.get("PENSTOCK_CHECKPOINT")
        self.value = _json.loads(text) if text else None

    def __call__(self, value):
        self.value = value
        _send({"checkpoint": value})

    def get(self, default=None):
        return default if self.value is None else self.value


checkpoint = _Checkpoint()


class _External:
    """external(system, id) names the work's id in another system; external.value is what the last try named."""

    def __init__(self):
        text = _os.environ.get("PENSTOCK_EXTERNAL")
        self.value = _json.loads(text) if text else None

    def __call__(self, system, id):
        self.value = {"system": system, "id": id}
        _send({"external": self.value})


external = _External()


def log(*parts):
    """Write a line to the task's log."""
    print(*parts, flush=True)


def skip(reason=None):
    """End the task as skipped."""
    if reason is not None:
        message(reason)
        log(reason)
    _sys.stdout.flush()
    raise SystemExit(99)
