"""From settings to the cells of a sweep: a grid, lists that vary together, extras and exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from pydantic import ValidationError

from pare.errors import ConfigError
from pare.llm.engine import EngineConfig
from pare.llm.factory import SCRIPTED
from pare.noise import AugmentationDataError
from pare.scenario_runner.table import roles_of
from pare.scenarios.config import ROLES, ScenarioRunnerConfig
from pare.scenarios.job import Cell
from pare.sweep.checking import Problems
from pare.sweep.keys import MODELS, NOISE, PLACES, settings_of
from pare.sweep.layers import Layer, LayerReader, Piece, laid_over
from pare.sweep.models import Models, alias_of, place_engine
from pare.sweep.noise import EVENTS, TOOLS, Longest, noise_values, place_of, tell_excess
from pare.sweep.problems import Path, dotted

MOST_CELLS = 10_000
MOST_JOBS = 1_000_000


@dataclass(frozen=True, slots=True)
class Axis:
    """What varies together: a cell takes one of the pieces. `places` says where each word stands."""

    pieces: list[Piece]
    places: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Draft:
    """A cell before it is configured: what varies, all its settings, and where it stands."""

    shown: Mapping[str, Any]
    layer: Layer
    path: Path


# --- what varies --------------------------------------------------------------------------------------------


def read_axes(reader: LayerReader) -> list[Axis]:
    """Read `grid` and `zip`, and tell which settings vary twice."""
    axes = [*_grid(reader), *_zips(reader)]
    taken: dict[str, str] = {}
    for word, path in [place for axis in axes for place in axis.places.items()]:
        for name in settings_of(word):
            if name in taken:
                message = f"{name} is set by {taken[name]} already: leave one of them out"
                reader.found.add(path, message, at_key=True)
            taken[name] = dotted(path)
    return axes


def _grid(reader: LayerReader) -> Iterator[Axis]:
    node = reader.found.document.node(("grid",))
    if node is None or node.value is None:
        return
    if not isinstance(node.value, dict):
        reader.found.mistaken(("grid",), "a mapping of settings to lists of values")
        return
    for word in node.value:
        reader.tell_repeated(("grid", word))
        yield Axis(reader.axis(("grid", word), word), {word: ("grid", word)})


def _zips(reader: LayerReader) -> Iterator[Axis]:
    for path in mappings_in(reader.found, ("zip",), "a list of mappings of settings to lists"):
        node = reader.found.document.node(path)
        if node is None or not isinstance(node.value, dict) or not node.value:
            reader.found.mistaken(path, "a mapping of settings to lists of equal length")
            continue
        lists = {word: reader.axis((*path, word), word) for word in node.value}
        if len({len(axis) for axis in lists.values()}) > 1:
            counts = ", ".join(f"{word} {len(axis)}" for word, axis in lists.items())
            reader.found.add(path, f"lists that vary together must be equally long, found {counts}")
        pieces = [_joined(together) for together in zip(*lists.values(), strict=False)]
        yield Axis(pieces, {word: (*path, word) for word in lists})


def mappings_in(found: Problems, path: Path, wanted: str) -> list[Path]:
    """Give the paths of the items of the list at `path`; none if nothing stands there."""
    node = found.document.node(path)
    if node is None or node.value is None:
        return []
    if not isinstance(node.value, list):
        found.mistaken(path, wanted)
        return []
    return [(*path, place) for place in range(len(node.value))]


def _joined(pieces: Iterable[Piece]) -> Piece:
    joined = Piece()
    for piece in pieces:
        joined |= piece
    return joined


# --- cells --------------------------------------------------------------------------------------------------


def read_drafts(reader: LayerReader, base: Layer, runs_each: int) -> list[Draft]:
    """Read the cells: the points of grid and zip, without those of `exclude`, and those of `include`.

    Where nothing varies, `base` is a cell of its own unless `include` names some. `runs_each` is how
    many jobs a cell is: too many cells or jobs are told, and not made.
    """
    found = reader.found
    axes = read_axes(reader)
    extra = _pieces(reader, "include")
    excluded = _pieces(reader, "exclude")
    if excluded and not axes:
        found.add(("exclude",), "there is neither a grid nor a zip to exclude cells from", at_key=True)
        excluded = []
    points = prod(len(axis.pieces) for axis in axes) if axes or not extra else 0
    if _is_too_large(found, points + len(extra), runs_each):
        return []
    pieces = [_joined(chosen) for chosen in product(*(axis.pieces for axis in axes))]
    place: Path = next(iter(axes[0].places.values()))[:1] if axes else ()
    grid = [Draft(piece.shown, laid_over(base, piece.layer), place) for piece in pieces if points]
    kept = _without_excluded(found, grid, excluded)
    if grid and not (kept or extra):
        found.add(("exclude",), "all cells are excluded: nothing would run", at_key=True)
    return kept + [Draft(piece.shown, laid_over(base, piece.layer), path) for piece, path in extra]


def _pieces(reader: LayerReader, section: str) -> list[tuple[Piece, Path]]:
    paths = mappings_in(reader.found, (section,), "a list of mappings of settings")
    read = [(reader.piece(path), path) for path in paths]
    return [(piece, path) for piece, path in read if piece is not None]


def _is_too_large(found: Problems, cells: int, runs_each: int) -> bool:
    jobs = cells * runs_each
    if jobs > MOST_JOBS:
        each = f"{cells:,} cells of {runs_each:,} runs each"
        found.add(
            ("grid",), f"the sweep has {jobs:,} jobs ({each}); at most {MOST_JOBS:,} are taken", at_key=True
        )
    elif cells > MOST_CELLS:
        found.add(("grid",), f"the sweep has {cells:,} cells; at most {MOST_CELLS:,} are taken", at_key=True)
    return jobs > MOST_JOBS or cells > MOST_CELLS


def _without_excluded(
    found: Problems, drafts: list[Draft], excluded: Sequence[tuple[Piece, Path]]
) -> list[Draft]:
    for piece, path in excluded:
        if not piece.layer:
            continue
        kept = [draft for draft in drafts if not _has(draft, piece)]
        if len(kept) == len(drafts) and drafts:
            found.add(path, "no cell has all of these values, so nothing is excluded")
        drafts = kept
    return drafts


def _has(draft: Draft, piece: Piece) -> bool:
    return all(
        name in draft.layer and repr(draft.layer[name].value) == repr(setting.value)
        for name, setting in piece.layer.items()
    )


def make_cells(
    found: Problems, drafts: Sequence[Draft], models: Models, longest: Longest
) -> tuple[Cell, ...]:
    """Configure cells, and tell which are refused and which are the same; `longest` is asked for noise."""
    cells, first = [], dict[str, Cell]()
    for draft in drafts:
        config = configured(found, draft, models)
        if config is None:
            continue
        tell_excess(found, draft.layer, config, longest)
        cell = Cell(config, dict(draft.shown))
        cells.append(cell)
        if (same := _first_with_hash(found, draft, cell, first)) is not None:
            message = (
                f"the cells {same.name!r} and {cell.name!r} have the same configuration ({cell.config_hash})"
            )
            found.add(draft.path, f"{message}: their results would be one and the same")
    return tuple(cells)


def _first_with_hash(found: Problems, draft: Draft, cell: Cell, first: dict[str, Cell]) -> Cell | None:
    try:
        same = first.setdefault(cell.config_hash, cell)
    except AugmentationDataError as error:
        found.add(draft.path or place_of(draft.layer, (*TOOLS, *EVENTS)), str(error))
        return None
    except (ConfigError, OSError) as error:
        found.add(draft.path, str(error))
        return None
    return None if same is cell else same


def configured(found: Problems, draft: Draft, models: Models) -> ScenarioRunnerConfig | None:
    """Give the configuration of a cell; None, and problems, if it is refused."""
    values = config_values(found, draft.layer, models)
    if values is None:
        return None
    try:
        return ScenarioRunnerConfig(**values)
    except ValidationError as error:
        for item in error.errors():
            name = str(item["loc"][0]) if item["loc"] else ""
            place = draft.layer[name].path if name in draft.layer else draft.path
            found.add(place, item["msg"].removeprefix("Value error, "))
    except (ConfigError, OSError) as error:
        found.add(draft.path, str(error))
    return None


# --- the values of a configuration --------------------------------------------------------------------------


def config_values(found: Problems, layer: Layer, models: Models) -> dict[str, Any] | None:
    """Give the fields of a configuration that settings make; None, and a problem, if noise is refused."""
    own = {
        name: setting.value
        for name, setting in layer.items()
        if not (name in MODELS or name in PLACES or name in NOISE)
    }
    engines: dict[str, Any] = {}
    for role in ROLES:
        engines |= _engine_values(found, role, layer, models)
    noise = noise_values(found, layer)
    return None if noise is None else {**engines, **own, **noise}


def _engine_values(found: Problems, role: str, layer: Layer, models: Models) -> dict[str, Any]:
    provider, endpoints = _value(layer, f"{role}_provider"), _urls(_value(layer, f"{role}_endpoint"))
    setting = layer.get(f"{role}_model")
    if setting is None and provider is None and not endpoints:
        return {}
    default = ScenarioRunnerConfig.model_fields[f"{role}_engine_config"].default.model
    model = default if setting is None else setting.value
    if isinstance(model, EngineConfig):
        return {f"{role}_engine_config": model}
    engine = place_engine(model, provider, endpoints, models)
    if isinstance(engine, str):
        place = setting or layer.get(f"{role}_provider") or layer[f"{role}_endpoint"]
        found.add(place.path, engine or f"the model {model!r} is refused where it is defined")
        return {}
    return {f"{role}_engine_config": engine, f"{role}_model_alias": alias_of(model, models)}


def _value(layer: Layer, name: str) -> Any:
    return layer[name].value if name in layer else None


def _urls(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()


# --- prices -------------------------------------------------------------------------------------------------


def tell_unpriced(found: Problems, cells: Iterable[Cell], path: Path) -> None:
    """Tell which models have no price, where the cost of a sweep is limited."""
    missing: dict[str, None] = {}
    for cell in cells:
        for role in roles_of(cell.config):
            engine: EngineConfig = getattr(cell.config, f"{role}_engine_config")
            if engine.price is None and engine.provider != SCRIPTED:
                missing[getattr(cell.config, f"{role}_model_alias")] = None
    if missing:
        names = ", ".join(missing)
        hint = "give each under `models`, per million tokens, as in price: {prompt: 0.25, completion: 2}"
        found.add(path, f"max_cost needs a price of every model, and there is none of {names}: {hint}")
