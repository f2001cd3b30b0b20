"""A scripted endpoint: OpenAI's chat completions over HTTP, answered by policies instead of a model.

It can be slow, limit its rates, fail and be away, as settings say: for users who try their set-up without
a key, for tests, and for benchmarks. What it says is a function of the request; when it fails is drawn
from its seed, in the order of the calls.
"""

from __future__ import annotations

import hmac
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from types import MappingProxyType

import anyio
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from pare.errors import ConfigError
from pare.llm.digest import encode_json
from pare.llm.endpoint_wire import Refused, read_request, written_completion
from pare.llm.scripted import ScriptedPolicy, answer_as_server
from pare.llm.token_bucket import TokenBucket
from pare.llm.types import Completion, CompletionRequest
from pare.rng import derive_rng

LARGEST_BODY_BYTES = 64 << 20

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What goes wrong: shares (0 to 1) of the calls, and an outage.

    `errors` get a 500, `rate_limits` a 429 out of the blue, `drops` find the connection cut. From
    `outage_after` seconds after the start on, for `outage_seconds`, every call gets a 503. Requests with
    one of `refused_parameters` get a 400.
    """

    errors: float = 0.0
    rate_limits: float = 0.0
    drops: float = 0.0
    outage_after: float = 0.0
    outage_seconds: float = 0.0
    refused_parameters: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        shares = (self.errors, self.rate_limits, self.drops)
        if min(shares) < 0 or sum(shares) > 1:
            raise ConfigError("the shares of faults must be from 0 to 1, all together at most 1")


@dataclass(frozen=True, kw_only=True, eq=False)
class EndpointSettings:
    """How an endpoint answers.

    `models` maps names to policies; a policy alone answers for every name. Latency is uniform within
    `jitter_seconds` around `latency_seconds`. Limits of None are none. With a `key` only those who send
    it are answered.
    """

    models: ScriptedPolicy | Mapping[str, ScriptedPolicy]
    latency_seconds: float = 0.0
    jitter_seconds: float = 0.0
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    faults: Faults = Faults()
    key: str | None = field(default=None, repr=False)
    seed: int = 0

    def __post_init__(self) -> None:
        limits = (self.requests_per_minute, self.tokens_per_minute)
        if any(limit is not None and limit <= 0 for limit in limits):
            raise ConfigError("a rate limit must be above 0; leave it out for none")
        if min(self.latency_seconds, self.jitter_seconds) < 0:
            raise ConfigError("latency and jitter cannot be below 0")

    @property
    def model_names(self) -> list[str]:
        """The models that are listed."""
        return list(self.models) if isinstance(self.models, Mapping) else ["scripted"]

    def policy_of(self, model: str) -> ScriptedPolicy | None:
        """Give the policy that answers for `model`."""
        return self.models.get(model) if isinstance(self.models, Mapping) else self.models


@dataclass(slots=True)
class Counts:
    """What an endpoint has seen: calls received and replied to, those under way, refusals by code."""

    received: int = 0
    replied: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class Endpoint:
    """An endpoint as an ASGI application (`app`); who serves it sets `drop_connection` and calls `stop`."""

    def __init__(
        self,
        settings: EndpointSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self.settings = settings
        self.counts = Counts()
        self.drop_connection: Callable[[object], None] | None = None
        self._clock = clock
        self._sleep = sleep
        self._start = clock()
        self._rng = derive_rng("endpoint", settings.seed)
        self._sleeping: set[anyio.CancelScope] = set()
        self._is_stopped = False
        self._limits = {
            name: TokenBucket(limit, clock)
            for name, limit in (
                ("requests", settings.requests_per_minute),
                ("tokens", settings.tokens_per_minute),
            )
            if limit is not None
        }
        self.app = Starlette(
            routes=[
                Route("/v1/chat/completions", self._chat_completions, methods=["POST"]),
                Route("/v1/models", self._models, methods=["GET"]),
            ]
        )

    def stop(self) -> None:
        """Refuse, from now on and at once, the calls that still wait for their reply."""
        self._is_stopped = True
        for scope in self._sleeping:
            scope.cancel()

    async def _models(self, http: Request) -> Response:
        try:
            self._check_key(http)
        except Refused as refused:
            return self._refusal(refused)
        names = self.settings.model_names
        listed = [{"id": name, "object": "model", "created": 0, "owned_by": "pare"} for name in names]
        return _json({"object": "list", "data": listed})

    async def _chat_completions(self, http: Request) -> Response:
        self.counts.received += 1
        try:
            body = await _body_of(http)
            self._check_key(http)
            await self._fail(http)
            self._admit("requests", 1)
            request = read_request(body, http.headers, self.settings.faults.refused_parameters)
            return await self._reply(request)
        except Refused as refused:
            return self._refusal(refused)

    async def _reply(self, request: CompletionRequest) -> Response:
        completion = self._answer(request)
        self._admit("tokens", completion.usage.prompt_tokens)
        self._take(completion)
        with self._in_flight():
            await self._wait()
        self.counts.replied += 1
        return _json(written_completion(completion, self.counts.replied), headers=self._limit_headers())

    def _answer(self, request: CompletionRequest) -> Completion:
        policy = self.settings.policy_of(request.model)
        if policy is None:
            known = ", ".join(self.settings.model_names)
            text = f"The model '{request.model}' does not exist. There are: {known}."
            raise Refused(404, "model_not_found", text, param="model")
        return answer_as_server(policy, request)

    @contextmanager
    def _in_flight(self) -> Iterator[None]:
        counts = self.counts
        counts.in_flight += 1
        counts.most_in_flight = max(counts.most_in_flight, counts.in_flight)
        try:
            yield
        finally:
            counts.in_flight -= 1

    async def _wait(self) -> None:
        latency, jitter = self.settings.latency_seconds, self.settings.jitter_seconds
        seconds = max(0.0, latency + (self._rng.uniform(-jitter, jitter) if jitter else 0.0))
        with anyio.CancelScope() as scope:
            self._sleeping.add(scope)
            try:
                await self._sleep(0 if self._is_stopped else seconds)
            finally:
                self._sleeping.discard(scope)
        if self._is_stopped:
            raise Refused(503, "shutting_down", "The endpoint is shutting down.", kind="server_error")

    # --- what it refuses ------------------------------------------------------------------------------------

    def _check_key(self, http: Request) -> None:
        key = self.settings.key
        if key is None:
            return
        sent = http.headers.get("authorization", "") or http.headers.get("api-key", "")
        sent = sent.removeprefix("Bearer ")
        if not hmac.compare_digest(sent.encode(), key.encode()):
            raise Refused(401, "invalid_api_key", "Incorrect API key provided.")

    async def _fail(self, http: Request) -> None:
        """Fail, if it is this call's turn to."""
        faults = self.settings.faults
        if 0 <= self._clock() - self._start - faults.outage_after < faults.outage_seconds:
            raise Refused(503, "service_unavailable", "The server is away.", kind="server_error")
        draw = self._rng.random()
        if draw < faults.drops:
            await self._drop(http)
        if draw < faults.drops + faults.errors:
            raise Refused(500, "server_error", "The server had an error.", kind="server_error")
        if draw < faults.drops + faults.errors + faults.rate_limits:
            raise _too_many("requests", 1.0)

    async def _drop(self, http: Request) -> None:
        if self.drop_connection is not None:
            self.drop_connection(http.scope.get("client"))
            while (await http.receive())["type"] != "http.disconnect":
                pass
        raise Refused(500, "connection_dropped", "The connection is cut.", kind="server_error")

    def _admit(self, name: str, amount: float) -> None:
        bucket = self._limits.get(name)
        wait = bucket.wait_for(amount) if bucket else 0.0
        if wait > 0:
            raise _too_many(name, wait)

    def _take(self, completion: Completion) -> None:
        usage = completion.usage
        amounts = {"requests": 1, "tokens": usage.prompt_tokens + usage.completion_tokens}
        for name, bucket in self._limits.items():
            bucket.take(amounts[name])

    def _limit_headers(self) -> dict[str, str]:
        headers = {}
        for name, bucket in self._limits.items():
            headers[f"x-ratelimit-limit-{name}"] = f"{bucket.per_minute:.0f}"
            headers[f"x-ratelimit-remaining-{name}"] = str(max(0, int(bucket.level)))
            headers[f"x-ratelimit-reset-{name}"] = f"{bucket.wait_until_full():.3f}s"
        return headers

    def _refusal(self, refused: Refused) -> Response:
        self.counts.refused[refused.code] += 1
        return _json(refused.body, refused.status, {**self._limit_headers(), **refused.headers})


def _too_many(name: str, wait: float) -> Refused:
    headers = {"retry-after": str(max(1, ceil(wait))), "retry-after-ms": str(ceil(wait * 1000))}
    text = f"Rate limit reached for {name} per minute. Please try again in {wait:.3f}s."
    return Refused(429, "rate_limit_exceeded", text, kind=name, headers=headers)


async def _body_of(http: Request) -> bytes:
    length = http.headers.get("content-length", "0")
    if len(length) > 15 or int(length) > LARGEST_BODY_BYTES:
        raise Refused(413, "request_too_large", "The request is too large.", headers={"connection": "close"})
    try:
        return await http.body()
    except ClientDisconnect:
        raise Refused(400, "client_disconnected", "The client went away.") from None


def _json(value: object, status: int = 200, headers: Mapping[str, str] = NO_HEADERS) -> Response:
    return Response(encode_json(value), status, headers, "application/json")
