"""Aliases of models: those of a sweep over those of the models file over those that are well known."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from pare.errors import nearest
from pare.llm.engine import EngineConfig
from pare.llm.factory import SCRIPTED
from pare.llm.providers import PROVIDERS
from pare.scenario_runner.models import scripted_policies
from pare.scenarios.config import Engine
from pare.sweep import problems
from pare.sweep.checking import Problems, unknown
from pare.sweep.document import read_document
from pare.sweep.problems import Problem, SweepError

MODELS_FILE = Path("configs/models.yaml")
MODELS_FILE_VARIABLE = "PARE_MODELS_FILE"

NEED_OPTIONS = ("fixed", "steps")
"""Scripted models that take options, which only ``pare endpoint`` can give them."""

Models = Mapping[str, EngineConfig | None]
"""Engines by alias; None stands for one that is refused, and was told of."""


def _hosted(provider: str, models: Mapping[str, str]) -> dict[str, EngineConfig]:
    return {alias: EngineConfig(provider=provider, model=model) for alias, model in models.items()}


WELL_KNOWN: Models = MappingProxyType({
    **_hosted("openai", {name: name for name in ("gpt-4o-mini", "gpt-4o", "gpt-5-mini", "gpt-5")}),
    **_hosted("anthropic", {
        "claude-4.5-sonnet": "claude-sonnet-4-5-20250929",
        "claude-4.5-haiku": "claude-haiku-4-5-20251001",
        "claude-4.5-opus": "claude-opus-4-5-20251101",
    }),
    **_hosted("fireworks_ai", {
        "gpt-oss-20b": "accounts/fireworks/models/gpt-oss-20b",
        "gpt-oss-120b": "accounts/fireworks/models/gpt-oss-120b",
        "deepseek-v3.2": "accounts/fireworks/models/deepseek-v3p2",
        "qwen-3-8B-base": "accounts/fireworks/models/qwen3-8b",
        "minimax-2.5": "accounts/fireworks/models/minimax-m2p5",
    }),
    **_hosted("gemini", {
        "gemini-3-pro": "gemini-3-pro-preview",
        "gemini-3-flash": "gemini-3-flash-preview",
    }),
})  # fmt: skip
"""Aliases that need no file."""


def models_file(environ: Mapping[str, str] = os.environ, folder: Path | None = None) -> Path | None:
    """Give the file of models: the one that the environment names, else ``configs/models.yaml`` if there.

    Relative paths start in `folder`, by default the working directory.
    """
    if named := environ.get(MODELS_FILE_VARIABLE):
        return (folder or Path()) / named
    usual = (folder or Path()) / MODELS_FILE
    return usual if usual.is_file() else None


def load_models(file: Path | None) -> Models:
    """Read a file of models, a mapping of aliases to engines, over the well known ones.

    Raises:
        SweepError: it cannot be read, or an engine is refused; all such engines are named.
    """
    models, wrong = models_in(file)
    if wrong:
        raise SweepError(wrong)
    return models


def models_in(file: Path | None) -> tuple[Models, list[Problem]]:
    """Do what `load_models` does, and give what is wrong beside the models that are known all the same."""
    if file is None:
        return WELL_KNOWN, []
    try:
        found = Problems(read_document(read_text(file), str(file)))
    except SweepError as error:
        return WELL_KNOWN, [*error.problems]
    models = read_models(found, ())
    return {**WELL_KNOWN, **models}, found.found


def read_text(file: Path) -> str:
    """Read the text of a file.

    Raises:
        SweepError: it cannot be read, or is no UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"the file is no UTF-8: byte {error.start} cannot be read"
    except (OSError, ValueError) as error:
        reason = f"the file cannot be read: {getattr(error, 'strerror', None) or error}"
    raise SweepError([Problem(reason, source=str(file))])


def read_models(found: Problems, path: problems.Path) -> dict[str, EngineConfig | None]:
    """Read the engines of a mapping at `path`, and tell what is wrong with them."""
    node = found.document.node(path)
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict):
        found.mistaken(path, "a mapping of aliases to models")
        return {}
    return {alias: read_engine(found, (*path, alias)) for alias in node.value}


def read_engine(found: Problems, path: problems.Path) -> EngineConfig | None:
    """Read the engine at `path`; None if it is refused."""
    node = found.document.node(path)
    if node is None or not isinstance(node.value, dict):
        found.mistaken(path, "a model: a mapping with provider and model")
        return None
    engine: EngineConfig | None = found.check(path, Engine, node.plain())
    if engine is None or not (fault := engine_fault(engine)):
        return engine
    field, message = fault
    found.add((*path, field), message)
    return None


def engine_fault(engine: EngineConfig) -> tuple[str, str] | None:
    """Tell why an engine cannot be asked, and the field that says so."""
    if engine.provider == SCRIPTED and not engine.endpoints:
        names = [name for name in scripted_policies().names if name not in NEED_OPTIONS]
        return (
            None if engine.model in names else ("model", unknown("the scripted model", engine.model, names))
        )
    if engine.urls:
        return _url_fault(engine)
    if engine.provider in PROVIDERS:
        return "provider", f"{engine.provider!r} has no endpoint of its own: name yours in `endpoints`"
    meant = nearest(engine.provider, PROVIDERS)
    known = ", ".join(PROVIDERS)
    message = (
        f"the provider {engine.provider!r} is not known, and there are no `endpoints`.{meant} Known: {known}."
    )
    return "provider", message


def _url_fault(engine: EngineConfig) -> tuple[str, str] | None:
    bad = [url for url in engine.endpoints if not url.startswith(("http://", "https://"))]
    return ("endpoints", f"{bad[0]!r} is no URL: it must begin with http:// or https://") if bad else None


def place_engine(
    model: str, provider: str | None, endpoints: tuple[str, ...], models: Models
) -> EngineConfig | str:
    """Give the engine of `model`, an alias or a name on the wire, where `provider` and `endpoints` say.

    A text in its place says why there is none; it is empty if that was told already.
    """
    if model in models:
        known = models[model]
        return "" if known is None else _placed(known, provider, endpoints)
    if provider is None:
        return unknown("the model alias", model, list(models))
    return _checked({"provider": provider, "model": model, "endpoints": endpoints})


def _placed(engine: EngineConfig, provider: str | None, endpoints: tuple[str, ...]) -> EngineConfig | str:
    if provider is None and not endpoints:
        return engine
    changes = {"provider": provider or engine.provider, "endpoints": endpoints or engine.endpoints}
    return _checked({name: getattr(engine, name) for name in engine.model_fields_set} | changes)


def _checked(values: Mapping[str, object]) -> EngineConfig | str:
    try:
        engine = EngineConfig.model_validate(values)
    except ValidationError as error:
        return "; ".join(item["msg"].removeprefix("Value error, ") for item in error.errors())
    fault = engine_fault(engine)
    return fault[1] if fault else engine


def alias_of(model: str, models: Models) -> str:
    """Give the alias of a model: itself if it is one, else the last part of its name on the wire."""
    return model if model in models else model.rsplit("/", 1)[-1]
