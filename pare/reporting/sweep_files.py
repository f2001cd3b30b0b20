"""The files of a report: each is there whole or not at all."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from pare.errors import ConfigError
from pare.reporting.sweep_render import markdown_of, text_of
from pare.reporting.sweep_report import SweepReport, json_of, latest_rows, report_of
from pare.reporting.untrusted import text_in
from pare.scenarios.metrics import MAX_INFRASTRUCTURE_SHARE
from pare.scenarios.metrics.summary import added
from pare.scenarios.result_row import BrokenLine, ResultRow

Value = str | int | float | bool | None

_WORDS = (
    *("cell", "scenario_id", "tags", "outcome", "rationale", "error_kind", "error", "error_stage"),
    *("end_reason", "end_role", "end_message", "events_unfired", "usage", "wall_effort", "trace"),
    *("config_hash", "scenario_hash", "fingerprint"),
)
_FLAGS = ("success", "strict_success", "load_dependent", "cached")
_FRACTIONS = ("simulated_seconds", "duration", "cost")
_TOTALS = ("calls", "prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens", "cost")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_report(
    folder: Path,
    rows: Iterable[ResultRow],
    cells: Sequence[str] | None = None,
    *,
    baseline: str | None = None,
    max_infrastructure_share: float = MAX_INFRASTRUCTURE_SHARE,
    broken: Iterable[BrokenLine] = (),
) -> SweepReport:
    """Write report.txt, report.md, report.json and results.csv into `folder`, and give the report.

    The arguments are those of `report_of`; results.csv holds the rows of all cells, one a run.

    Raises:
        ConfigError: there is no cell of the name `baseline`.
        OSError: a file cannot be written.
    """
    kept = list(rows)
    report = report_of(
        kept,
        cells,
        baseline=baseline,
        max_infrastructure_share=max_infrastructure_share,
        folder=folder,
        broken=broken,
    )
    write_whole(folder / "report.txt", [text_of(report).encode()])
    write_whole(folder / "report.md", [markdown_of(report).encode()])
    write_whole(folder / "report.json", [json_of(report)])
    write_whole(folder / "results.csv", csv_of(latest_rows(kept)))
    return report


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file beside its place and move it there, so that nobody ever reads a part of it.

    Raises:
        OSError: it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


# --- rows as tables -----------------------------------------------------------------------------------------


def columns_of(rows: Iterable[ResultRow]) -> list[str]:
    """Give the columns of a table of rows: the settings after the cell, and sums of the usage."""
    settings = sorted({f"settings.{name}" for row in rows for name in row.settings})
    names = [name for name in ResultRow.model_fields if name not in ("cell", "settings")]
    return ["cell", *settings, *names, *_TOTALS]


def flat_row(row: ResultRow) -> dict[str, Value]:
    """Give a row as plain values: lists joined by "; ", what is nested as JSON, the usage also summed up."""
    values: dict[str, Value] = {name: _flat(value) for name, value in row if name != "settings"}
    values |= {f"settings.{name}": text_in(value) for name, value in row.settings.items()}
    total = added(row.usage.values())
    return values | {name: getattr(total, name) for name in _TOTALS}


def _flat(value: Any) -> Any:
    if isinstance(value, tuple):
        return "; ".join(value)
    return text_in(value) if isinstance(value, dict) else value


def csv_of(rows: Sequence[ResultRow]) -> Iterator[bytes]:
    """Give the rows as CSV (UTF-8, a header); no text begins as a formula of a spreadsheet does."""
    columns, out = columns_of(rows), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(_harmless, columns))
    for row in rows:
        values = flat_row(row)
        writer.writerow([_harmless(values.get(name)) for name in columns])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()


def _harmless(value: Value) -> Value:
    """Write true and false as JSON does, and an apostrophe before what a spreadsheet would work out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        is_formula = value.startswith(_FORMULA_STARTS)
        # A bare carriage return begins a row for some readers, and is not always quoted.
        text = value.replace("\x00", "\\x00").replace("\r", "\\r")
        return f"'{text}" if is_formula else text
    return value


def write_parquet(path: Path, rows: Sequence[ResultRow]) -> None:
    """Write the columns of `results.csv` as Parquet.

    Raises:
        ConfigError: polars is missing.
        OSError: the file cannot be written.
    """
    try:
        polars = import_module("polars")
    except ImportError as error:
        raise ConfigError("Parquet needs polars, which is missing: pip install 'pare[tables]'") from error
    kinds = {
        **dict.fromkeys(_WORDS, polars.String),
        **dict.fromkeys(_FLAGS, polars.Boolean),
        **dict.fromkeys(_FRACTIONS, polars.Float64),
    }
    columns = columns_of(rows)
    schema = {
        name: polars.String if name.startswith("settings.") else kinds.get(name, polars.Int64)
        for name in columns
    }
    flat = [flat_row(row) for row in rows]
    data = {name: [values.get(name) for values in flat] for name in columns}
    out = io.BytesIO()
    polars.DataFrame(data, schema=schema).write_parquet(out)
    write_whole(path, [out.getvalue()])
