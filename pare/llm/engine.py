"""Which model answers, where, and how it is asked: an engine, as the user configures it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import inf
from typing import Annotated, Literal, Self

import orjson
from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from pare.llm.keys import KeySource, looks_like_a_key
from pare.llm.limit_settings import NO_LIMITS, LimitSettings
from pare.llm.prices import Price
from pare.llm.providers import PROVIDERS, Api, Provider
from pare.llm.strict import StrictModel, refuse_unknown
from pare.llm.types import SamplingParameters

Parameter = Literal["stop", "temperature", "top_p", "seed", "reasoning_effort"]
MaxTokensField = Literal["max_tokens", "max_completion_tokens"]

_SECRET_NAMES = frozenset({
    *("authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie"),
    *("key", "api_key", "apikey", "access_token", "token"),
})  # fmt: skip
_SECRET_NAME = re.compile(
    r"(?<![a-z])(api)?key(?![a-z])|secret|passw|credential|cookie|authori[sz]ation"
    r"|(auth|access|bearer|session)[-_]?token"
)
_NO_SECRET_NAMES = frozenset({"idempotency-key", "x-cache-key", "x-idempotency-key"})
_SECRET_IN_BODY = re.compile(r'"(api[-_]?key|authorization|access_token|password|secret)":', re.IGNORECASE)
_BEFORE_THE_HOST = re.compile(r"(\w+:)?[/\\]+")
_HEADER_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)


def _is_secret(name: str) -> bool:
    """Tell whether a header or parameter of that name, in small letters, holds a key."""
    if name in _NO_SECRET_NAMES:
        return False
    return name in _SECRET_NAMES or _SECRET_NAME.search(name) is not None


@dataclass(frozen=True, slots=True)
class AcceptedParameters:
    """What a model takes: the name of its token limit, and the parameters that it refuses.

    What it refuses is not sent. The preflight finds out; the result is part of a run's fingerprint.
    """

    max_tokens_field: MaxTokensField = "max_tokens"
    refused: frozenset[Parameter] = frozenset()


def _pairs(value: object) -> object:
    """Turn a mapping into pairs, which can be frozen and hashed; numbers become text, as YAML needs."""
    if not isinstance(value, Mapping):
        return value
    return tuple((str(name), str(text)) for name, text in value.items())


def _json_text(value: object) -> object:
    if isinstance(value, str):
        value = orjson.loads(value)
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping of JSON values")
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _endpoints(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Pairs = Annotated[tuple[tuple[str, str], ...], BeforeValidator(_pairs), PlainSerializer(dict)]
JsonObject = Annotated[str, BeforeValidator(_json_text), PlainSerializer(orjson.loads)]


def _known(value: object) -> object:
    if isinstance(value, SamplingParameters):
        return asdict(value)  # checked like any other: 1 becomes 1.0, which is hashed as itself
    if isinstance(value, Mapping):
        refuse_unknown(value, [field.name for field in fields(SamplingParameters)])
    return value


class EngineConfig(StrictModel):
    """A model behind one or more endpoints.

    `endpoints` are base URLs, such as ``http://localhost:8000/v1``; without any the provider's own is
    asked. `headers` and `query` are sent with every call and hold no keys: those come from `key`, in the
    header `auth_header` with the word `auth_scheme` before it. Both default to what the provider asks
    for, as does the key's environment variable. `extra_body` is merged into every request.
    `label_headers` names scenario, run, role and step to the server, which only scripted ones should
    learn. `limits` are those of each endpoint, `price` is the user's own. Each field is marked as
    identity, transport or display: only identity is part of a config hash. (`model` is none: the alias
    is, and the name on the wire is part of the fingerprint.)
    """

    provider: str = Field(json_schema_extra={"part": "transport"})
    model: str = Field(min_length=1, json_schema_extra={"part": "transport"})
    endpoints: Annotated[tuple[str, ...], BeforeValidator(_endpoints)] = Field(
        (), json_schema_extra={"part": "transport"}
    )
    revision: str | None = Field(None, json_schema_extra={"part": "identity"})
    sampling: Annotated[SamplingParameters, BeforeValidator(_known)] = Field(
        SamplingParameters(), json_schema_extra={"part": "identity"}
    )
    extra_body: JsonObject = Field("{}", json_schema_extra={"part": "identity"})
    headers: Pairs = Field((), json_schema_extra={"part": "transport"})
    query: Pairs = Field((), json_schema_extra={"part": "transport"})
    key: KeySource | None = Field(None, json_schema_extra={"part": "transport"})
    auth_header: str | None = Field(None, json_schema_extra={"part": "transport"})
    auth_scheme: str | None = Field(None, json_schema_extra={"part": "transport"})
    label_headers: bool = Field(False, json_schema_extra={"part": "transport"})
    limits: LimitSettings = Field(NO_LIMITS, json_schema_extra={"part": "transport"})
    price: Price | None = Field(None, json_schema_extra={"part": "display"})

    @model_validator(mode="after")
    def _refuse_secrets(self) -> Self:
        for name, _ in (*self.headers, *self.query):
            if _is_secret(name.lower()):
                raise ValueError(
                    f"{name!r} looks like a key, and what stands here is stored: name its source in `key`, "
                    "and the header in `auth_header`"
                )
        if any("@" in _host_of(url) for url in self.endpoints):
            raise ValueError("an endpoint's URL holds a user name or password: name its source in `key`")
        if any("?" in url or "#" in url for url in self.endpoints):
            raise ValueError("an endpoint's URL ends before `?` and `#`: what follows belongs into `query`")
        written = (*self.endpoints, *(text for _, text in (*self.headers, *self.query)), self.extra_body)
        if any(map(looks_like_a_key, written)) or _SECRET_IN_BODY.search(self.extra_body):
            raise ValueError(
                "something looks like a key, and what stands here is stored: name its source in `key`"
            )
        return self

    @model_validator(mode="after")
    def _check_headers(self) -> Self:
        own = ((self.auth_header or "x", self.auth_scheme or ""),)
        for name, text in (*self.headers, *own):
            if not _HEADER_NAME.fullmatch(name) or not text.isascii() or not text.isprintable():
                raise ValueError(
                    f"{name!r} is no header that can be sent, or its text is not printable ASCII"
                )
        return self

    @model_validator(mode="after")
    def _check_sampling(self) -> Self:
        sampling = self.sampling
        if sampling.max_tokens < 1:
            raise ValueError("sampling.max_tokens must be at least 1")
        for name in ("temperature", "top_p"):
            value = getattr(sampling, name)
            if value is not None and not 0 <= value < inf:
                raise ValueError(f"sampling.{name} must be a finite number from 0 on")
        return self

    @property
    def known_provider(self) -> Provider | None:
        """What is known of the provider; None if nothing is."""
        return PROVIDERS.get(self.provider)

    @property
    def urls(self) -> tuple[str, ...]:
        """The base URLs to ask: those configured, else the provider's own, if it has one."""
        default = self.known_provider.url if self.known_provider else None
        return tuple(map(base_url, self.endpoints or ((default,) if default else ())))

    @property
    def key_source(self) -> KeySource | None:
        """Where the key comes from; None where none is needed."""
        if self.key is not None or self.known_provider is None:
            return self.key
        variable = self.known_provider.key_variable
        return KeySource(env=variable) if variable else None

    @property
    def api(self) -> Api:
        """The API that is spoken: OpenAI's, where nothing else is known."""
        return self.known_provider.api if self.known_provider else "openai"

    @property
    def sends_labels(self) -> bool:
        """Whether headers name scenario, run, role and step."""
        return self.label_headers or self.provider == "scripted"

    @property
    def needs_key(self) -> bool:
        """Whether a missing key is an error: one was named, or the provider's own endpoint is asked."""
        provider = self.known_provider
        if self.key is not None:
            return True
        return provider is not None and provider.key_variable is not None and not self.endpoints

    @property
    def auth(self) -> tuple[str, str]:
        """Name the header that carries the key, and the word before it ("" for none)."""
        provider = self.known_provider or PROVIDERS["openai"]
        header = self.auth_header or provider.auth_header
        default = provider.auth_scheme if header.lower() == provider.auth_header.lower() else ""
        return header, default if self.auth_scheme is None else self.auth_scheme

    @property
    def default_parameters(self) -> AcceptedParameters:
        """What is taken to be accepted where no preflight has asked."""
        provider = self.known_provider
        return AcceptedParameters(provider.max_tokens_field if provider else "max_tokens")


def _host_of(url: str) -> str:
    """Give what stands where the host does, with user name and password, also of what is no URL."""
    return re.split(r"[/?#\\]", _BEFORE_THE_HOST.sub("", url, count=1))[0]


def base_url(url: str) -> str:
    """Cut a URL down to what the paths of the API are appended to."""
    for path in ("/chat/completions", "/messages"):
        url = url.rstrip("/").removesuffix(path)
    return url.rstrip("/")
