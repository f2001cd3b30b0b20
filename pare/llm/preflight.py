"""Asking endpoints, before anything runs, whether they answer: to this key, for this model."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any, TypeVar
from urllib.parse import urlsplit

import anyio

from pare.errors import ConfigError, nearest
from pare.llm.client import RETRIED, EndpointError
from pare.llm.connect import REAL_NETWORK, Network, client_for, open_exchange
from pare.llm.engine import AcceptedParameters, EngineConfig
from pare.llm.exchange import Exchange
from pare.llm.probing import Probed, probe, probe_request
from pare.llm.providers import PROVIDERS
from pare.llm.proxies import is_http_url
from pare.llm.reading import read_json
from pare.llm.transport import Timeouts
from pare.llm.types import Completion

Answer = TypeVar("Answer")

PREFLIGHT_TIMEOUTS = Timeouts(connect=15.0, pool=15.0, read=120.0, total=150.0)
"""A local server may have to load its model first."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the endpoint `url` of `alias` cannot be used. `variable` is the one that its key comes from."""

    alias: str
    url: str
    variable: str
    text: str

    def __str__(self) -> str:
        """Give one line for the person who has to mend it."""
        key = f" [key: {self.variable}]" if self.variable else ""
        return f"{self.alias} at {self.url or 'no URL'}: {self.text}{key}"


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """What an endpoint said of itself: the part of a run's fingerprint that is known beforehand.

    `notes` are for the person: what is accepted otherwise than asked for.
    """

    alias: str
    url: str
    model: str
    served_model: str | None
    system_fingerprint: str | None
    accepted: AcceptedParameters
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PreflightReport:
    """What was found, in the order of the aliases and of each one's endpoints."""

    problems: tuple[Problem, ...]
    facts: tuple[EndpointFacts, ...]

    def raise_for_problems(self) -> None:
        """Refuse to go on if anything is wrong.

        Raises:
            ConfigError: with all the problems, one on each line.
        """
        if self.problems:
            raise ConfigError("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Preflight:
    """Ask endpoints whether they are ready, all at once.

    An endpoint that is away, busy or still loading is asked again every `poll_seconds`, until
    `wait_seconds` have passed since the start.
    """

    wait_seconds: float = 0.0
    poll_seconds: float = 5.0
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    timeouts: Timeouts = PREFLIGHT_TIMEOUTS
    network: Network = REAL_NETWORK
    sleep: Callable[[float], Awaitable[Any]] = anyio.sleep

    async def __call__(self, engines: Mapping[str, EngineConfig]) -> PreflightReport:
        """Check every endpoint of `engines`, which are named by alias and have runs to make."""
        targets = [
            _Target(alias, engine, url) for alias, engine in engines.items() for url in engine.urls or ("",)
        ]
        deadline = self.network.clock() + self.wait_seconds
        async with anyio.create_task_group() as group:
            for target in targets:
                group.start_soon(self._check, target, deadline)
        problems = [target.problem for target in targets if target.problem]
        facts = tuple(target.facts for target in targets if target.facts)
        return PreflightReport((*problems, *_disagreements(facts, engines)), facts)

    async def _check(self, target: _Target, deadline: float) -> None:
        wrong = wrong_by_itself(target.engine, target.url)
        if wrong is None and target.url:
            try:
                target.facts = await self._ask(target, deadline)
            except ConfigError as error:
                wrong = str(error)
        if wrong is not None:
            target.problem = Problem(target.alias, target.url, variable_of(target.engine), wrong)

    async def _ask(self, target: _Target, deadline: float) -> EndpointFacts:
        opened = open_exchange(
            target.engine, target.url, environ=self.environ, timeouts=self.timeouts, network=self.network
        )
        async with opened as exchange:
            listed: frozenset[str] | None = None
            try:
                listed = await self._listed(exchange, deadline)
                probed = await self._probe(target.engine, exchange, deadline)
            except EndpointError as error:
                said = explanation(error, target.engine, target.url, listed)
                is_late = error.kind in RETRIED and self.wait_seconds and error.cause not in NO_ENDPOINT
            else:
                return target.facts_from(probed, listed)
        raise ConfigError(f"not ready after {self.wait_seconds:g} s: {said}" if is_late else said)

    async def _probe(self, engine: EngineConfig, exchange: Exchange, deadline: float) -> Probed:
        request = probe_request(engine)

        async def ask(accepted: AcceptedParameters) -> Completion:
            client = client_for(engine, exchange, accepted)
            return await self._patiently(partial(client, request), deadline)

        return await probe(ask, engine.default_parameters)

    async def _listed(self, exchange: Exchange, deadline: float) -> frozenset[str] | None:
        """Give the models that the endpoint lists, None if it lists none.

        Many a server has no list, or hides it from a key that may ask the model: only an endpoint that
        is out of reach, or refuses the key as such, is given up here.
        """
        try:
            reply = await self._patiently(partial(exchange.get, "/models"), deadline)
        except EndpointError as error:
            if error.status in {None, 401}:
                raise
            return None
        return listed_models(reply.body)

    async def _patiently(self, call: Callable[[], Awaitable[Answer]], deadline: float) -> Answer:
        """Repeat `call` while waiting may help and there is time."""
        while True:
            try:
                return await call()
            except EndpointError as error:
                pause = max(self.poll_seconds, error.retry_after or 0.0)
                may_help = error.kind in RETRIED and error.cause not in NO_ENDPOINT
                if not may_help or self.network.clock() + pause > deadline:
                    raise
            await self.sleep(pause)


@dataclass(slots=True)
class _Target:
    """An endpoint to check, and what was found."""

    alias: str
    engine: EngineConfig
    url: str
    problem: Problem | None = None
    facts: EndpointFacts | None = None

    def facts_from(self, probed: Probed, listed: frozenset[str] | None) -> EndpointFacts:
        engine, completion = self.engine, probed.completion
        notes = [f"refuses {name!r}, which is not sent" for name in sorted(probed.accepted.refused)]
        if listed is not None and engine.model not in listed:
            notes.append(f"does not list the model {engine.model!r}.{nearest(engine.model, listed)}")
        return EndpointFacts(
            self.alias,
            self.url,
            engine.model,
            completion.model,
            completion.system_fingerprint,
            probed.accepted,
            tuple(notes),
        )


# --- what is wrong, in words --------------------------------------------------------------------------------

NO_ENDPOINT = frozenset({"not_http", "not_json", "not_completion", "no_choices", "body_too_large"})
"""Causes that say: something answers, but no model."""


def wrong_by_itself(engine: EngineConfig, url: str) -> str | None:
    """Say what is wrong with an engine before anybody is asked; None if nothing is."""
    if engine.known_provider is None:
        guess = nearest(engine.provider, PROVIDERS)
        return f"unknown provider {engine.provider!r}.{guess} Known are: {', '.join(PROVIDERS)}."
    if engine.api == "anthropic" and engine.sampling.reasoning_effort is not None:
        return "Anthropic's API knows no reasoning_effort: set what it knows in `extra_body`"
    if not url:
        is_in_process = engine.provider == "scripted"
        return (
            None
            if is_in_process
            else f"{engine.provider} has no endpoint of its own: name one in `endpoints`"
        )
    return None if is_http_url(url) else "this is no HTTP URL, such as http://localhost:8000/v1"


def variable_of(engine: EngineConfig) -> str:
    """Name the environment variable that an engine's key comes from ("" if it comes from elsewhere)."""
    source = engine.key_source
    return (source.env or "") if source else ""


def listed_models(body: bytes) -> frozenset[str] | None:
    """Read a list of models; None if it is none, or empty."""
    try:
        data = read_json(body)
    except ValueError:
        return None
    models = data.get("data") or data.get("models") if isinstance(data, dict) else data
    entries = models if isinstance(models, list) else []
    names = (entry.get("id") or entry.get("name") for entry in entries if isinstance(entry, dict))
    return frozenset(name for name in names if isinstance(name, str)) or None


def explanation(error: EndpointError, engine: EngineConfig, url: str, listed: frozenset[str] | None) -> str:
    """Say what an error means for the person who set up `engine`."""
    said = str(error).removeprefix(f"{url}: ")
    source = engine.key_source
    if error.kind == "auth" and error.status is not None and error.cause != "proxy_auth":
        return f"the key is refused ({said}): set {source}" if source else f"wants a key ({said}): set `key`"
    if error.cause in NO_ENDPOINT or (error.kind == "model_gone" and not _is_about_model(said, listed)):
        hint = "" if urlsplit(url).path.strip("/") else "; its URL may have to end in /v1"
        return f"answers, but is no LLM endpoint: {said}{hint}"
    if error.kind == "model_gone":
        return f"does not offer the model {engine.model!r}.{nearest(engine.model, listed or ())} ({said})"
    return said


def _is_about_model(said: str, listed: frozenset[str] | None) -> bool:
    return "redirects to" not in said and (listed is not None or "model" in said.lower())


def _disagreements(
    facts: tuple[EndpointFacts, ...], engines: Mapping[str, EngineConfig]
) -> Iterator[Problem]:
    """Find aliases whose endpoints are not the same model, or do not take the same parameters."""
    for alias, group in groupby(facts, lambda found: found.alias):
        replicas = list(group)
        for name in ("served_model", "accepted"):
            values = [getattr(found, name) for found in replicas]
            if len(set(values)) > 1:
                said = "; ".join(
                    f"{found.url}: {value}" for found, value in zip(replicas, values, strict=True)
                )
                urls = ", ".join(found.url for found in replicas)
                text = f"its endpoints are not the same ({name}): {said}"
                yield Problem(alias, urls, variable_of(engines[alias]), text)
