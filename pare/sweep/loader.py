"""Read a sweep file: YAML to cells and selected scenarios, and everything that is wrong with it at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from pare.scenarios.config import MultiScenarioRunnerConfig
from pare.scenarios.job import Cell
from pare.sweep.cells import config_values, make_cells, read_drafts, tell_unpriced
from pare.sweep.checking import Problems
from pare.sweep.choosing import Surroundings, choose
from pare.sweep.document import Node, read_document
from pare.sweep.keys import (
    EXPERIMENT_NAME,
    RESULTS_DIR,
    cell_settings,
    limit_settings,
    settings_of,
    sweep_settings,
    words_for,
)
from pare.sweep.layers import Layer, LayerReader, placed_roles
from pare.sweep.models import Models, models_file, models_in, read_models, read_text
from pare.sweep.noise import longest_of
from pare.sweep.overrides import OWN_KEYS, SECTIONS, lay_over
from pare.sweep.problems import Problem, SweepError
from pare.sweep.selection import Catalogue
from pare.sweep.sweep import Sweep

T = TypeVar("T")

LONGEST_NAME = 100

TEXT = "sweep"
"""Stands for the name of the file where a sweep is read from a text."""


def load_sweep(
    source: str | Path,
    *,
    catalogue: Catalogue | None = None,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Sweep:
    """Read a sweep from a file, or from a text: that is what holds a line break or a colon with a space.

    `catalogue` gives the tags of the scenarios that there are, by id; without it they are looked for, in
    the directories that the sweep names. ``configs/models.yaml``, ``data/splits`` and directories of
    scenarios are looked for in `folder`, by default the working directory. `overrides`, in the words of a
    flat file, go before what the file says; only what varies between cells cannot be overridden.

    Raises:
        SweepError: with all that is wrong.
    """
    text, name = _text_of(source)
    surroundings = Surroundings(catalogue, folder, os.environ if environ is None else environ)
    found = Problems(read_document(text, name))
    lay_over(found, overrides or {})
    loading = _Loading(found, surroundings)
    return loading.sweep(text, TEXT if name == TEXT else Path(name).stem)


def _text_of(source: str | Path) -> tuple[str, str]:
    if isinstance(source, str) and ("\n" in source or ": " in source or source.endswith(":")):
        return source, TEXT
    return read_text(Path(source)), str(source)


class _Loading:
    """The reading of one document; what is wrong is collected until the end."""

    def __init__(self, found: Problems, surroundings: Surroundings) -> None:
        self._found = found
        self._surroundings = surroundings
        self._elsewhere: list[Problem] = []
        self._words = list(_entries(found, ()))

    def sweep(self, text: str, stem: str) -> Sweep:
        """Read all, or raise all that is wrong."""
        models = self._models()
        settings = self._settings(models)
        name, runs = self._name(settings, stem), self._runs()
        before = len(self._found.found)
        chosen = choose(self._found, self._surroundings)
        self._elsewhere += chosen.elsewhere
        of_choice = len(self._found.found) - before
        reader = LayerReader(self._found, models, placed_roles(settings))
        cells = self._cells(reader, settings, chosen.ids, runs, of_choice)
        config = self._config(settings, models, name, of_choice)
        if config is None or self._found.found or self._elsewhere:
            raise SweepError(sorted(self._found.found, key=_order) + self._elsewhere)
        return Sweep(
            name=name,
            config=config,
            cells=cells,
            scenario_ids=chosen.ids,
            selection=chosen.selection,
            runs=runs,
            sources=chosen.sources,
            results_dir=settings[RESULTS_DIR].value if RESULTS_DIR in settings else None,
            text=text,
        )

    def _models(self) -> Models:
        own = read_models(self._found, ("models",))
        file = models_file(self._surroundings.environ, self._surroundings.folder)
        models, wrong = models_in(file)
        self._elsewhere += wrong
        return {**models, **own}

    def _settings(self, models: Models) -> Layer:
        """Read the settings of the whole sweep: those of `base`, of `limits`, and of a flat file."""
        base, limits = _entries(self._found, ("base",)), _entries(self._found, ("limits",))
        flat = self._flat_words()
        reader = LayerReader(self._found, models, placed_roles([*base, *flat]))
        layer = reader.base((), flat, frozenset({*cell_settings(), *sweep_settings()}))
        layers = (
            reader.base(("base",), base, frozenset(cell_settings())),
            reader.base(("limits",), limits, limit_settings()),
        )
        for name, setting in [item for other in layers for item in other.items()]:
            if name in layer:
                self._found.add(setting.path, f"{name} is set twice: leave one of them out", at_key=True)
            layer[name] = setting
        return layer

    def _flat_words(self) -> list[str]:
        """Give the settings at the top of a flat file; tell the words that cannot stand there."""
        every = frozenset({*cell_settings(), *sweep_settings()})
        words = [word for word in self._words if word not in OWN_KEYS]
        is_flat = not any(word in SECTIONS for word in self._words)
        good = []
        for word in words:
            if not all(name in every for name in settings_of(word)):
                self._found.unknown((word,), "the key", word, [*OWN_KEYS, *words_for(every)], at_key=True)
            elif is_flat or word == EXPERIMENT_NAME:
                good.append(word)
            else:
                home = "base" if settings_of(word)[0] in cell_settings() else "limits"
                self._found.add((word,), f"{word} belongs into `{home}`", at_key=True)
        return good

    def _name(self, settings: Layer, stem: str) -> str:
        """Give the name of the sweep, which names files."""
        given = settings.get(EXPERIMENT_NAME)
        path, name = (given.path, given.value) if given else (("name",), stem)
        if "name" in self._words:
            path, name = ("name",), self._value("name", str, stem)
            if given is not None:
                self._found.add(
                    given.path, "the sweep has a `name` already: leave one of them out", at_key=True
                )
        if not name.strip() or len(name) > LONGEST_NAME or {*"/\\\n\r\t"} & {*name} or name in (".", ".."):
            self._found.add(path, "a name is a part of file names: not empty, not long, without / and \\")
        return name or stem

    def _runs(self) -> int:
        return self._value("runs", Annotated[int, Field(ge=1)], 1)

    def _value(self, word: str, annotation: object, default: T) -> T:
        node = self._found.document.node((word,))
        if node is None:
            return default
        value = self._found.check((word,), annotation, node.plain())
        return default if value is None else value

    def _cells(
        self, reader: LayerReader, settings: Layer, ids: Sequence[str], runs: int, of_choice: int
    ) -> tuple[Cell, ...]:
        """Make the cells, unless their settings are refused already."""
        base = {name: item for name, item in settings.items() if name in cell_settings()}
        drafts = read_drafts(reader, base, max(1, len(ids)) * runs)
        if len(self._found.found) > of_choice or self._elsewhere:
            return ()
        there = ids if self._surroundings.catalogue is None else ()  # of a catalogue no durations are known
        cells = make_cells(self._found, drafts, reader.models, cache(lambda: longest_of(there)))
        if "max_cost" in settings and settings["max_cost"].value is not None:
            tell_unpriced(self._found, cells, settings["max_cost"].path)
        return cells

    def _config(
        self, settings: Layer, models: Models, name: str, of_choice: int
    ) -> MultiScenarioRunnerConfig | None:
        if len(self._found.found) > of_choice or self._elsewhere:
            return None
        values = config_values(self._found, settings, models)
        if values is None:
            return None
        own = {word: value for word, value in values.items() if word != RESULTS_DIR}
        try:
            return MultiScenarioRunnerConfig(**{**own, EXPERIMENT_NAME: name})
        except ValidationError as error:
            for item in error.errors():
                self._found.add(("base",), item["msg"].removeprefix("Value error, "))
        return None


def _entries(found: Problems, path: tuple[str, ...]) -> Iterable[str]:
    """Give the words of the mapping at `path`; none if nothing stands there."""
    node: Node | None = found.document.node(path)
    if node is None or (node.value is None and path):
        return ()
    if isinstance(node.value, dict):
        return tuple(node.value)
    found.mistaken(path, "a mapping of settings")
    return ()


def _order(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, problem.column or 0
