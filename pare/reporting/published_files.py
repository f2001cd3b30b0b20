"""The files of `pare benchmark`: rows and a report as published, of one run folder, or of many together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pare.errors import ConfigError
from pare.multi_scenario_runner.folder import RunFolder
from pare.reporting.sweep_files import write_whole
from pare.reporting.sweep_report import latest_rows
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.job import Job
from pare.scenarios.metrics.published_text import published_text
from pare.scenarios.multi_result import result_of
from pare.scenarios.published_rows import COLUMNS, PublishedRow, noise_of, published_row
from pare.scenarios.result_row import ResultRow
from pare.traces.files import run_name

RESULT = "_result.json"
REPORT = "_report.txt"
COMBINED = "combined"

ENDED = ("success", "failure", "no_validation")
"""Outcomes of runs that leave an export."""

MARK = "published.json"
"""In a run folder it says where published files are to be written, and of which split."""


@dataclass(frozen=True, slots=True)
class PublishedPlace:
    """Where the published files of a run go: ``<directory>/<base>/<descriptor>`` and an ending."""

    directory: Path
    base: str
    descriptor: str
    split: str

    @property
    def folder(self) -> Path:
        """The directory of the files."""
        return self.directory / self.base

    def traces(self, directory: Path) -> Path:
        """Give where traces and exports go below `directory`."""
        return directory / self.base / self.descriptor

    def named(self, ending: str) -> Path:
        """Give the file with an ending."""
        return self.folder / f"{self.descriptor}{ending}"


def place_of(directory: Path, experiment: str, split: str, config: ScenarioRunnerConfig) -> PublishedPlace:
    """Give the published names for a configuration; an unusual format of actions is added."""
    rate, seed, probability = noise_of(config)
    iterations = (
        f"umi_{config.user_max_iterations}_omi_{config.observe_max_iterations}"
        f"_emi_{config.execute_max_iterations}"
    )
    base = f"{experiment}_{split}_user_{config.user_model_alias}_mt_{config.max_turns}_{iterations}"
    models = f"obs_{config.observe_model_alias}_exec_{config.execute_model_alias}"
    usual = ScenarioRunnerConfig.model_fields["format"].default
    ending = "" if config.format == usual else f"_format_{config.format}"
    descriptor = f"{models}_enmi_{rate}_es_{seed}_tfp_{probability}{ending}"
    return PublishedPlace(directory, _file_name(base), _file_name(descriptor), split)


def _file_name(text: str) -> str:
    return text.replace("/", "_").replace("\\", "_")


# --- of one run folder --------------------------------------------------------------------------------------


def mark(folder: RunFolder, place: PublishedPlace) -> None:
    """Let a run folder know where its published files go, also for who resumes it.

    Raises:
        TraceError: the disk refuses.
    """
    folder.write_json(
        MARK,
        {
            "directory": str(place.directory.absolute()),
            "base": place.base,
            "descriptor": place.descriptor,
            "split": place.split,
        },
    )


def marked_place(folder: RunFolder) -> PublishedPlace | None:
    """Give where the published files of a run folder go; None if it has none."""
    found = folder.read_json(MARK)
    if found is None:
        return None
    return PublishedPlace(Path(found["directory"]), found["base"], found["descriptor"], found["split"])


def published_rows(
    folder: RunFolder, place: PublishedPlace, config: ScenarioRunnerConfig
) -> list[PublishedRow]:
    """Give the published rows of a run folder of one configuration, by scenario and run number.

    They name the exports that are put into `output_dir`, else the traces.
    """
    exports = None if config.output_dir is None or not config.export else place.traces(config.output_dir)
    seconds = seconds_of(folder)
    rows = []
    for row in latest_rows(folder.rows()[0].values()):
        result = result_of(row)
        if row.trace is not None:
            result.export_path = str((folder.path / row.trace).absolute())
        if exports is not None and row.outcome in ENDED:
            result.export_path = str((exports / export_names(config, row)[0]).absolute())
        rows.append(published_row(row.scenario_id, row.run_number, result, config, seconds))
    return rows


def export_names(config: ScenarioRunnerConfig, run: ResultRow | Job) -> list[Path]:
    """Name the exports of a run below the directory of its traces; that in the format hf first."""
    places = ("hf", "lite") if config.trace_dump_format == "both" else (".",)
    return [Path(place) / f"{run_name(run.scenario_id, run.run_number)}.json" for place in places]


def write_published(place: PublishedPlace, rows: list[PublishedRow]) -> str:
    """Write rows and their report, and give its text.

    Raises:
        OSError: a file cannot be written.
    """
    text = published_text(rows, place.split)
    place.folder.mkdir(parents=True, exist_ok=True)
    write_whole(place.named(RESULT), [orjson.dumps(rows, option=orjson.OPT_INDENT_2) + b"\n"])
    write_whole(place.named(REPORT), [text.encode()])
    return text


def seconds_of(folder: RunFolder) -> float | None:
    """Give for how long the last start of a sweep has run; None if that is not known."""
    told = folder.read_json("status.json") or {}
    return told["written"] - told["began"] if {"written", "began"} <= told.keys() else None


# --- of many together ---------------------------------------------------------------------------------------


def combined(directory: Path) -> list[PublishedRow]:
    """Read all result files of a directory (if it has none, those below it), by name, but the combined one.

    Raises:
        ConfigError: there is no such directory or no such file, or one of them is no result file.
    """
    if not directory.is_dir():
        raise ConfigError(f"there is no directory {directory}")
    return [row for file in _result_files(directory) for row in _read(file)]


def _result_files(directory: Path) -> list[Path]:
    for pattern in (f"*{RESULT}", f"**/*{RESULT}"):
        if files := sorted(file for file in directory.glob(pattern) if file.name != COMBINED + RESULT):
            return files
    raise ConfigError(f"{directory} has no files that end in {RESULT}, nor have directories below it")


def _read(file: Path) -> list[PublishedRow]:
    try:
        rows = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error
    if not isinstance(rows, list):
        raise ConfigError(f"{file} is no result file: it must be a list of rows")
    return [_checked(file, place, row) for place, row in enumerate(rows)]


def _checked(file: Path, place: int, row: Any) -> PublishedRow:
    """Give the published columns of a row; one that lacks any, or holds something else in it, is refused."""
    missing = [name for name in COLUMNS if name not in row] if isinstance(row, Mapping) else list(COLUMNS)[:1]
    if missing:
        raise ConfigError(f"{file}, row {place}: there is no {missing[0]}")
    for name, kind in COLUMNS.items():
        if not _fits(row[name], kind):
            raise ConfigError(f"{file}, row {place}: {name} is no {kind.__name__}: {row[name]!r}")
    return {name: row[name] for name in COLUMNS}


def _fits(value: Any, kind: type) -> bool:
    """Tell whether a value may stand in a column: a rate of noise may be no whole number."""
    if value is None or isinstance(value, bool):
        return value is None or kind is bool
    return isinstance(value, int | float) if kind in (int, float) else isinstance(value, kind)
