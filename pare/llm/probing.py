"""Finding out which parameters a model takes, by asking it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import cast, get_args

from pare.llm.client import EndpointError
from pare.llm.engine import AcceptedParameters, EngineConfig, MaxTokensField, Parameter
from pare.llm.types import CallLabel, Completion, CompletionRequest, Message

PROBE_STOP = ("<end_action>",)
"""What agents stop at, asked for where the engine names nothing else."""

Ask = Callable[[AcceptedParameters], Awaitable[Completion]]

_PARAMETERS: tuple[Parameter, ...] = get_args(Parameter)
_LIMITS: tuple[MaxTokensField, ...] = get_args(MaxTokensField)
_NAMES = "|".join((*_LIMITS, "stop_sequences", *_PARAMETERS))
_NAMED = (
    re.compile(rf"\(parameter '({_NAMES})"),
    re.compile(rf"['\"`]({_NAMES})\b"),
    re.compile(rf"\b({_NAMES})\b"),
)
_IS_TOO_LARGE = re.compile(
    r"too (large|high|many|big)|at most|maximum|less than|greater than|exceed", re.IGNORECASE
)


def probe_request(engine: EngineConfig) -> CompletionRequest:
    """Make the smallest request that carries every parameter which the runs of `engine` will send."""
    sampling = engine.sampling
    return CompletionRequest(
        engine.model,
        [Message("user", "Reply with the word OK.")],
        CallLabel("preflight", 0, "", "preflight", 0),
        replace(
            sampling, stop=sampling.stop or PROBE_STOP, seed=1 if sampling.seed is None else sampling.seed
        ),
    )


@dataclass(frozen=True, slots=True)
class Probed:
    """What a model answered, and with which parameters."""

    completion: Completion
    accepted: AcceptedParameters


async def probe(ask: Ask, default: AcceptedParameters) -> Probed:
    """Ask with fewer and fewer parameters until the model answers.

    A refusal that names a parameter takes that one away; one that names none is tried without each.

    Raises:
        EndpointError: the model does not answer whatever is left out.
    """
    accepted = default
    while True:
        result = await _asked(ask, accepted)
        if isinstance(result, Completion):
            return Probed(result, accepted)
        narrower = without_named(accepted, result, default)
        if narrower is None:
            return await _eliminate(ask, accepted, result)
        accepted = narrower


async def _eliminate(ask: Ask, accepted: AcceptedParameters, error: EndpointError) -> Probed:
    """Try without each parameter alone, then without all."""
    left = [name for name in _PARAMETERS if name not in accepted.refused]
    attempts = [frozenset({name}) for name in left] + [frozenset(left)] if _is_about_parameters(error) else []
    for refused in attempts:
        fewer = replace(accepted, refused=accepted.refused | refused)
        result = await _asked(ask, fewer)
        if isinstance(result, Completion):
            return Probed(result, fewer)
    raise error


async def _asked(ask: Ask, accepted: AcceptedParameters) -> Completion | EndpointError:
    try:
        return await ask(accepted)
    except EndpointError as error:
        return error


def _is_about_parameters(error: EndpointError) -> bool:
    return error.kind == "bad_request" and error.status in {400, 422}


def without_named(
    accepted: AcceptedParameters, error: EndpointError, default: AcceptedParameters
) -> AcceptedParameters | None:
    """Take away what `error` names, or call the token limit by its other name; None if that is no way on."""
    name = named_parameter(str(error), accepted) if _is_about_parameters(error) else None
    if name is None:
        return None
    if name not in _LIMITS:
        return replace(accepted, refused=accepted.refused | {cast(Parameter, name)})
    other = next(limit for limit in _LIMITS if limit != name)
    is_about_value = _IS_TOO_LARGE.search(str(error)) is not None
    if is_about_value or name != default.max_tokens_field:
        return None
    return replace(accepted, max_tokens_field=other)


def named_parameter(message: str, accepted: AcceptedParameters) -> str | None:
    """Find the parameter that a refusal names, of those that were sent."""
    for pattern in _NAMED:
        for match in pattern.finditer(message):
            name = match[1].removesuffix("_sequences")
            if name == accepted.max_tokens_field or (name not in _LIMITS and name not in accepted.refused):
                return name
    return None
