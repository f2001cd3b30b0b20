"""Settings as they are written, at which places, and how one layer of them lies over another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from pare.agents.prompting import Prompts
from pare.agents.registry import agent_factory, user_factory
from pare.errors import ConfigError
from pare.llm.engine import EngineConfig
from pare.scenarios.config import UNSUPPORTED, ScenarioRunnerConfig
from pare.sweep.checking import Problems, describe
from pare.sweep.keys import (
    MODELS,
    OVERRIDDEN,
    PLACES,
    annotation_of,
    cell_settings,
    limit_settings,
    settings_of,
    sweep_settings,
    varying,
    words_for,
)
from pare.sweep.models import Models, place_engine, read_engine
from pare.sweep.problems import Path


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setting is set to, as its field takes it; as it is written; and where."""

    value: Any
    written: Any
    path: Path


Layer = dict[str, Setting]
"""Settings by name."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a cell: the words that vary and their values, and the settings that they make."""

    shown: Mapping[str, Any] = field(default_factory=dict)
    layer: Layer = field(default_factory=dict)

    def __or__(self, other: Piece) -> Piece:
        """Give both together."""
        return Piece({**self.shown, **other.shown}, {**self.layer, **other.layer})


def laid_over(base: Layer, layer: Layer) -> Layer:
    """Lay a cell's settings over those of `base`; a whole one sweeps away the parts that lie below."""
    swept = {part for name in layer for part in OVERRIDDEN.get(name, ())}
    return {**{name: item for name, item in base.items() if name not in swept}, **layer}


@dataclass(frozen=True, slots=True)
class LayerReader:
    """Reads settings out of a document; `models` tells which aliases there are.

    Roles in `placed` have a provider of their own, so their models need no alias.
    """

    found: Problems
    models: Models
    placed: Collection[str] = ()

    def base(self, path: Path, entries: Iterable[str], allowed: frozenset[str]) -> Layer:
        """Read the settings under the words `entries` of the mapping at `path`."""
        layer: Layer = {}
        for word in entries:
            if self._is_allowed((*path, word), word, allowed):
                self._add(layer, word, self.settings((*path, word), word), path)
        return layer

    def piece(self, path: Path) -> Piece | None:
        """Read the mapping at `path`, an extra cell or one to leave out."""
        node = self.found.document.node(path)
        if node is None or not isinstance(node.value, dict):
            self.found.mistaken(path, "a mapping of settings")
            return None
        if not node.value:
            self.found.add(path, "the mapping is empty: name what sets this cell apart")
        layer = self.base(path, node.value, varying())
        return Piece(node.plain(), layer)

    def axis(self, path: Path, word: str) -> list[Piece]:
        """Read the list at `path`: the values that `word` takes, one a piece."""
        if not self._is_allowed(path, word, varying()):
            return []
        node = self.found.document.node(path)
        if node is None or not isinstance(node.value, list):
            self.found.mistaken(path, f"a list of values for {word}")
            return []
        if not node.value:
            self.found.add(path, "the list is empty, so there would be no cell at all: leave the key out")
        return [
            Piece({word: item.plain()}, self.settings((*path, place), word))
            for place, item in enumerate(node.value)
        ]

    def settings(self, path: Path, word: str) -> Layer:
        """Read what `word` sets, with the value at `path`; nothing of what is refused."""
        layer, node = {}, self.found.document.node(path)
        written = None if node is None else node.plain()
        before = len(self.found.found)
        for name in settings_of(word):
            value = self._value(path, word, name, written)
            layer[name] = Setting(
                not value if word == "no_cache" and value is not None else value, written, path
            )
        return layer if len(self.found.found) == before else {}

    def _value(self, path: Path, word: str, name: str, written: Any) -> Any:
        if name in MODELS:
            return self._model(path, word, name, written)
        value = self.found.check(path, annotation_of(name), written)
        if name in UNSUPPORTED and value != ScenarioRunnerConfig.model_fields[name].default:
            self.found.add(path, f"not supported in this version: {UNSUPPORTED[name]}; leave it out")
        elif value is not None and (reason := _refusal(name, value)):
            self.found.add(path, reason)
        return value

    def _model(self, path: Path, word: str, name: str, written: Any) -> str | EngineConfig | None:
        if isinstance(written, dict):
            return read_engine(self.found, path)
        if not isinstance(written, str) or not written:
            self.found.add(path, f"expected the alias of a model, found {self._described(path, written)}")
            return None
        if name.removesuffix("_model") not in self.placed:
            engine = place_engine(written, None, (), self.models)
            if isinstance(engine, str):
                hint = f" Define it under `models`, or name its provider in {_stem(word)}_provider."
                self.found.add(
                    path, engine + hint if engine else f"the model {written!r} is refused where it is defined"
                )
        return written

    def _described(self, path: Path, written: Any) -> str:
        there = describe(self.found.document.node(path))
        is_alias = not isinstance(written, str) and str(written) in self.models
        return f"{there} (quotes around it make it text)" if is_alias else there

    def _add(self, layer: Layer, word: str, settings: Layer, path: Path) -> None:
        for name, setting in settings.items():
            if name in layer:
                message = f"{name} is set by {layer[name].path[-1]} already: leave one of them out"
                self.found.add((*path, word), message, at_key=True)
            layer[name] = setting

    def _is_allowed(self, path: Path, word: str, allowed: frozenset[str]) -> bool:
        meant = settings_of(word)
        if all(name in allowed for name in meant):
            return True
        if reason := _elsewhere(word, meant, allowed):
            self.found.add(path, reason, at_key=True)
        else:
            self.found.unknown(path, "the setting", word, words_for(allowed), at_key=True)
        return False

    def tell_repeated(self, path: Path) -> None:
        """Tell which values of the list at `path` stand in it again."""
        node = self.found.document.node(path)
        values = node.plain() if node is not None and isinstance(node.value, list) else []
        first: dict[str, int] = {}
        for place, value in enumerate(values):
            before = first.setdefault(repr(value), place)
            if before != place:
                self.found.add((*path, place), f"the same value stands at position {before} of the list")


def _elsewhere(word: str, meant: Sequence[str], allowed: frozenset[str]) -> str:
    """Say where a setting belongs that is known but cannot stand here."""
    parts = {**cell_settings(), **sweep_settings()}
    if not all(name in parts for name in meant):
        return ""
    if allowed == varying():
        home = "base" if meant[0] in cell_settings() else "limits"
        return (
            f"cells cannot differ in {word}: it is {parts[meant[0]]}, no part of what identifies a run; "
            f"set it in `{home}`"
        )
    home = "limits" if meant[0] in limit_settings() else "base"
    return f"{word} belongs into `{home}`"


def _refusal(name: str, value: Any) -> str:
    """Say what only a look elsewhere can tell: that there is no such agent, or no such prompts."""
    try:
        match name:
            case "agent_type":
                agent_factory(value)
            case "user_type":
                user_factory(value)
            case "prompts_dir":
                Prompts(FilePath(value)).digest()
    except (ConfigError, OSError, ValueError) as error:
        return str(error)
    return ""


def placed_roles(words: Iterable[str]) -> frozenset[str]:
    """Name the roles whose providers are among what `words` set."""
    names = {name for word in words for name in settings_of(word) if name in PLACES}
    return frozenset(name.removesuffix("_provider") for name in names if name.endswith("_provider"))


def _stem(word: str) -> str:
    """Give the word for a role or roles in a word that sets their model."""
    return word.removesuffix("_engine_config").removesuffix("_model")
