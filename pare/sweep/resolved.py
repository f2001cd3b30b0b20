"""A sweep as plain JSON, as it is kept beside its results, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel

from pare.llm.engine import EngineConfig
from pare.scenarios.config import MultiScenarioRunnerConfig, ScenarioRunnerConfig, part_of
from pare.scenarios.job import Cell
from pare.sweep.keys import ENGINES
from pare.sweep.problems import Problem, SweepError
from pare.sweep.selection import Selection
from pare.sweep.sweep import Sweep

VERSION = 1

Kind = Literal["identity", "transport", "display", "cell", "scenario", "runs"]

CONTENT = ("prompts", "augmentation_data")
"""Parts of an identity that are files' content, and no fields."""

Json = Mapping[str, Any]
Flat = dict[str, tuple[Kind, Any]]


def resolved(sweep: Sweep) -> dict[str, Any]:
    """Give everything that a sweep is, as plain JSON: also what was left to defaults, and hashes."""
    data: dict[str, Any] = {
        "version": VERSION,
        "name": sweep.name,
        "runs": sweep.runs,
        "scenario_ids": list(sweep.scenario_ids),
        "selection": sweep.selection.model_dump(mode="json"),
        "sources": [str(path) for path in sweep.sources],
        "results_dir": None if sweep.results_dir is None else str(sweep.results_dir),
        "config": sweep.config.model_dump(mode="json"),
        "cells": [_cell_out(cell) for cell in sweep.cells],
        "text": sweep.text,
    }
    plain: dict[str, Any] = orjson.loads(orjson.dumps(data))
    return plain


def _cell_out(cell: Cell) -> dict[str, Any]:
    return {
        "name": cell.name,
        "hash": cell.config_hash,
        "settings": dict(cell.settings),
        "config": cell.config.model_dump(mode="json"),
        "identity": cell.config.identity(),
    }


def from_resolved(data: Json) -> Sweep:
    """Make the sweep that `resolved` wrote.

    Raises:
        SweepError: it was written by another version, is damaged, or what identifies a cell, such as
            the content of its prompts, is another now.
    """
    if data.get("version") != VERSION:
        raise _refused([f"version {data.get('version')} of resolved sweeps cannot be read, only {VERSION}"])
    try:
        sweep = _sweep_in(data)
    except (KeyError, TypeError, ValueError) as error:
        raise _refused([f"the resolved sweep is damaged: {error}"]) from None
    changed = [
        f"the cell {cell.name!r} had config hash {kept['hash']} and has {cell.config_hash} now"
        for cell, kept in zip(sweep.cells, data["cells"], strict=True)
        if cell.config_hash != kept["hash"]
    ]
    if changed:
        raise _refused(changed)
    return sweep


def _sweep_in(data: Json) -> Sweep:
    results = data["results_dir"]
    return Sweep(
        name=data["name"],
        config=MultiScenarioRunnerConfig.model_validate(data["config"]),
        cells=tuple(_cell_in(cell) for cell in data["cells"]),
        scenario_ids=tuple(data["scenario_ids"]),
        selection=Selection.model_validate(data["selection"]),
        runs=data["runs"],
        sources=tuple(map(Path, data["sources"])),
        results_dir=None if results is None else Path(results),
        text=data["text"],
    )


def _cell_in(data: Json) -> Cell:
    return Cell(ScenarioRunnerConfig.model_validate(data["config"]), data["settings"])


def _refused(messages: Iterable[str]) -> SweepError:
    return SweepError(Problem(message, source="resolved sweep") for message in messages)


# --- differences --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that has another value, or a cell, scenario or number of runs that is another.

    A field is of the kind that it is marked as: only "identity" can change a score. `cell` names the
    cell; without one the difference is the whole sweep's. What was added has no `old`, what was removed
    no `new`.
    """

    kind: Kind
    field: str
    old: Any
    new: Any
    cell: str | None = None

    def __str__(self) -> str:
        """Give one line for people."""
        if self.kind in ("cell", "scenario"):
            return f"{self.kind} {self.new} added" if self.old is None else f"{self.kind} {self.old} removed"
        where = "" if self.cell is None else f" in cell {self.cell!r}"
        return f"{self.field}{where}: {self.old!r} is now {self.new!r} ({self.kind})"


def differences(old: Sweep | Json, new: Sweep | Json) -> list[Difference]:
    """Tell what differs between two sweeps, or what `resolved` gave of them.

    Cells are the same if their config hashes are, else if they are named alike.
    """
    before, after = _plain(old), _plain(new)
    return [
        *_of_sweep(before, after),
        *_of_sets("scenario", before["scenario_ids"], after["scenario_ids"]),
        *_of_cells(before["cells"], after["cells"]),
    ]


def _plain(sweep: Sweep | Json) -> Json:
    return resolved(sweep) if isinstance(sweep, Sweep) else sweep


def _of_sweep(old: Json, new: Json) -> Iterator[Difference]:
    if old["runs"] != new["runs"]:
        yield Difference("runs", "runs", old["runs"], new["runs"])
    for name in ("results_dir", "sources"):
        if old[name] != new[name]:
            yield Difference("display" if name == "results_dir" else "transport", name, old[name], new[name])
    own = MultiScenarioRunnerConfig.model_fields.keys() - ScenarioRunnerConfig.model_fields.keys()
    yield from _of_fields(_flat(old["config"], own), _flat(new["config"], own), None)


def _of_sets(kind: Kind, old: Iterable[str], new: Iterable[str]) -> Iterator[Difference]:
    before, after = list(old), list(new)
    yield from (Difference(kind, kind, name, None) for name in before if name not in {*after})
    yield from (Difference(kind, kind, None, name) for name in after if name not in {*before})


def _of_cells(old: list[Json], new: list[Json]) -> Iterator[Difference]:
    pairs = list(_pairs(old, new))
    yield from _of_sets(
        "cell",
        [cell["name"] for cell in old if not any(cell is before for before, _ in pairs)],
        [cell["name"] for cell in new if not any(cell is after for _, after in pairs)],
    )
    for before, after in pairs:
        yield from _of_cell(before, after)


def _pairs(old: list[Json], new: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Pair each new cell with the old one that it was."""
    for key in ("hash", "name"):
        there = {cell[key]: cell for cell in old}
        for cell in new:
            if cell[key] in there:
                yield there[cell[key]], cell
        taken = {cell[key] for cell in new}
        old, new = (
            [cell for cell in old if cell[key] not in taken],
            [cell for cell in new if cell[key] not in there],
        )


def _of_cell(old: Json, new: Json) -> Iterator[Difference]:
    name, is_same = new["name"], old["hash"] == new["hash"]
    fields = ScenarioRunnerConfig.model_fields.keys()
    found = list(_of_fields(_flat(old["config"], fields), _flat(new["config"], fields), name))
    for content in CONTENT:
        before, after = old["identity"].get(content), new["identity"].get(content)
        if before != after:
            found.append(Difference("identity", content, before, after, name))
    if not is_same and not any(difference.kind == "identity" for difference in found):
        found.append(Difference("identity", "config hash", old["hash"], new["hash"], name))
    yield from (difference for difference in found if not (is_same and difference.kind == "identity"))


def _of_fields(old: Flat, new: Flat, cell: str | None) -> Iterator[Difference]:
    for name in {**old, **new}:
        kind, _ = new.get(name) or old[name]
        before, after = (side[name][1] if name in side else None for side in (old, new))
        if before != after:
            yield Difference(kind, name, before, after, cell)


def _flat(config: Json, names: Iterable[str]) -> Flat:
    """Give the fields of a configuration with their parts, those of engines one by one."""
    own = {
        name: config[name] for name in MultiScenarioRunnerConfig.model_fields if name in {*names} & {*config}
    }
    flat = _marked(
        MultiScenarioRunnerConfig, {name: item for name, item in own.items() if name not in ENGINES}
    )
    for name in ENGINES:
        if name in own:
            inner = _marked(EngineConfig, own[name])
            flat |= {f"{name}.{field}": item for field, item in inner.items()}
    return flat


def _marked(model: type[BaseModel], values: Json) -> Flat:
    fields = model.model_fields
    return {name: (part_of(fields[name]), item) for name, item in values.items() if name in fields}
