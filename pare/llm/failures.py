"""Why there is no completion: from what the network or the server said to the kind of the error."""

from __future__ import annotations

import errno
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx
import orjson

from pare.errors import shown
from pare.llm.client import RETRIED, EndpointError, ErrorKind
from pare.llm.keys import Key, without_key
from pare.llm.proxies import without_credentials
from pare.llm.retry_after import retry_after_seconds

MESSAGE_CHARACTERS = 500
"""How much of what a server says goes into a message."""

# --- the network --------------------------------------------------------------------------------------------


def transport_failure(
    error: httpx.TransportError, url: str, *, after_headers: bool, key: Key | None = None
) -> EndpointError:
    """Classify a failure of the connection to `url` by its cause; `after_headers` says how far it came.

    The `key` that was sent is left out of what the failure says. All are transient but two: a certificate
    that is not trusted and a proxy that wants a password are mended by a person.
    """
    cause = _cause(error, after_headers)
    is_lasting = cause in {"certificate", "proxy_auth"}
    said = f"{_WORDS[cause]} ({_first_line(without_key(str(error), key))})"
    return EndpointError("auth" if is_lasting else "transient", f"{url}: {said}", cause=cause)


_WORDS = {
    "pool": "all connections are in use",
    "connect_timeout": "no connection in time",
    "read_timeout": "connected, but no answer in time",
    "certificate": "its certificate is not trusted; SSL_CERT_FILE names other authorities",
    "tls": "no secure connection; is it https?",
    "proxy": "the proxy of HTTP_PROXY, HTTPS_PROXY or ALL_PROXY fails; NO_PROXY goes past it",
    "proxy_auth": "the proxy of HTTP_PROXY, HTTPS_PROXY or ALL_PROXY refuses its user name and password",
    "dns": "its name cannot be resolved",
    "open_files": "too many open files; raise the limit (ulimit -n)",
    "refused": "nothing listens there",
    "unreachable": "it cannot be reached",
    "url": "it is no HTTP address",
    "not_http": "what answers does not speak HTTP",
    "reset_before_headers": "the connection broke before the answer",
    "reset_after_headers": "the connection broke in the middle of the answer",
}


def _cause(error: httpx.TransportError, after_headers: bool) -> str:
    simple = {
        httpx.PoolTimeout: "pool",
        httpx.ConnectTimeout: "connect_timeout",
        httpx.ReadTimeout: "read_timeout",
        httpx.UnsupportedProtocol: "url",
        httpx.RemoteProtocolError: "not_http",
    }
    if type(error) in simple:
        return simple[type(error)]
    if isinstance(error, httpx.ProxyError):
        return "proxy_auth" if getattr(error.__cause__, "status", 0) == 407 else "proxy"
    if isinstance(error, httpx.ConnectError):
        return _connect_cause(error.__cause__)
    return "reset_after_headers" if after_headers else "reset_before_headers"


def _connect_cause(error: BaseException | None) -> str:
    if isinstance(error, ssl.CertificateError | aiohttp.ClientConnectorCertificateError):
        return "certificate"
    if isinstance(error, ssl.SSLError | aiohttp.ClientSSLError):
        return "tls"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns"
    number = error.errno if isinstance(error, OSError) else None
    if number in {errno.EMFILE, errno.ENFILE}:
        return "open_files"
    return "refused" if number == errno.ECONNREFUSED else "unreachable"


# --- the server ---------------------------------------------------------------------------------------------


# What is not closed ends with the text or at the next tag: no text takes more than one look at each place.
_MARKUP = re.compile(r"<(script|style)\b.*?(?:</\1>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What the body of a refusal says: its text, its codes in lower case, the parameter that it names."""

    text: str
    codes: frozenset[str] = frozenset()
    parameter: str | None = None

    @property
    def line(self) -> str:
        """The text on one line, cut, and without anything that looks like a key."""
        return _first_line(self.text) or "no explanation"

    @classmethod
    def read(cls, content: bytes) -> ErrorBody:
        """Read the body of a refusal, which may be JSON, text or HTML."""
        try:
            return cls.of(orjson.loads(content))
        except orjson.JSONDecodeError:
            return cls(_MARKUP.sub(" ", content[:20_000].decode(errors="replace")))

    @classmethod
    def of(cls, data: Any) -> ErrorBody:
        """Read the error objects of OpenAI, Anthropic, Azure, Gemini, vLLM, Ollama and FastAPI."""
        if isinstance(data, list) and data:
            data = data[0]
        error = data.get("error", data) if isinstance(data, Mapping) else data
        if not isinstance(error, Mapping):
            return cls(_as_text(error) if error else "")
        parameter = error.get("param")
        return cls(
            _text(error.get("message") or error.get("detail") or error.get("error") or ""),
            frozenset(code.lower() for code in _codes(error)),
            parameter if isinstance(parameter, str) else None,
        )


def _text(said: Any) -> str:
    """Give what a server says; of FastAPI's findings not the input, which would be the whole prompt."""
    if isinstance(said, list):
        return "; ".join(
            _as_text(item.get("msg", "")) if isinstance(item, Mapping) else _as_text(item) for item in said
        )
    return _as_text(said)


def _as_text(said: Any) -> str:
    """Give a value of JSON as text; one that is nested beyond all sense says nothing."""
    try:
        return said if isinstance(said, str) else str(said)
    except RecursionError:
        return ""


def _codes(error: Mapping[str, Any]) -> Iterator[str]:
    inner = error.get("innererror")
    for source in (error, inner if isinstance(inner, Mapping) else {}):
        values = (source.get(name) for name in ("code", "type", "status"))
        yield from (value for value in values if isinstance(value, str))


@dataclass(frozen=True, slots=True)
class _Sign:
    """A code, or words in a refusal's text, that give a kind whatever the status says."""

    kind: ErrorKind
    codes: frozenset[str]
    words: re.Pattern[str]

    def is_in(self, body: ErrorBody) -> bool:
        text = body.text[:MESSAGE_CHARACTERS]
        return not self.codes.isdisjoint(body.codes) or self.words.search(text) is not None


def _sign(kind: ErrorKind, codes: str, words: str) -> _Sign:
    return _Sign(kind, frozenset(codes.split()), re.compile(words, re.IGNORECASE))


# Gemini says "exceeded your current quota" of every rate limit, so for quota the text must say more.
_SIGNS = (
    _sign(
        "quota",
        "insufficient_quota billing_hard_limit_reached billing_not_active insufficient_balance",
        r"credit balance|insufficient (balance|credits?|funds|quota)|billing hard limit|payment required",
    ),
    _sign(
        "context_overflow",
        "context_length_exceeded exceed_context_size_error request_too_large",
        r"(available|maximum) context|context (length|limit|window)"
        r"|(prompt|input|request) is too (large|long)|too many (input )?tokens"
        r"|exceeds the maximum number of .{0,20}tokens|reduce the length",
    ),
    _sign(
        "content_filter",
        "content_filter content_policy_violation responsibleaipolicyviolation data_inspection_failed",
        r"content (management )?(policy|filter)|usage policies|was flagged|moderation",
    ),
    _sign(
        "model_gone",
        "model_not_found model_decommissioned model_not_available deploymentnotfound",
        r"\bmodel\b.{0,120}(not found|does not exist|decommissioned|deprecated|no longer available)"
        r"|unknown model|(invalid|no such) model\b",
    ),
    _sign(
        "auth",
        "invalid_api_key authentication_error permission_error api_key_invalid",
        r"api[ _-]?key.{0,20}(not valid|invalid|incorrect|missing|required)"
        r"|(invalid|incorrect|missing|no).{0,20}\bapi[ _-]?key",
    ),
)
_ABOUT_PARAMETERS = frozenset({"unsupported_parameter", "unsupported_value"})
_OVERLOADED = _sign("overload", "overloaded_error engine_overloaded server_overloaded", r"\boverloaded\b")

_BY_STATUS: Mapping[int, ErrorKind] = {
    **dict.fromkeys((401, 403, 407), "auth"),
    402: "quota",
    **dict.fromkeys((404, 405, 410), "model_gone"),
    **dict.fromkeys((408, 409, 425), "transient"),
    413: "context_overflow",
    429: "rate_limit",
    451: "content_filter",
    **dict.fromkeys((503, 529), "overload"),
}


def kind_of(status: int, body: ErrorBody) -> ErrorKind:
    """Say what kind of error a refusal with `status` and `body` is.

    A redirect means that the model is not at this URL (any more).
    """
    if status < 400:
        return "model_gone" if status >= 300 else "transient"
    if _OVERLOADED.is_in(body):
        return "overload"
    if status == 429:
        return "quota" if _SIGNS[0].is_in(body) else "rate_limit"
    says_why = 400 <= status < 500 and status != 401 and body.codes.isdisjoint(_ABOUT_PARAMETERS)
    for sign in _SIGNS if says_why else ():
        if sign.is_in(body):
            return sign.kind
    default: ErrorKind = "bad_request" if status < 500 else "transient"
    return _BY_STATUS.get(status, default)


def http_failure(status: int, headers: Mapping[str, str], content: bytes, url: str) -> EndpointError:
    """Make the error of a refusal by the endpoint at `url`, whose body is `content`."""
    body = ErrorBody.read(content)
    kind = kind_of(status, body)
    said = f"{body.line} (parameter '{shown(body.parameter)}')" if body.parameter else body.line
    if 300 <= status < 400:
        said = f"redirects to {_target(headers)!r}, which is not followed"
    retry_after = retry_after_seconds(headers) if kind in RETRIED else None
    cause = "proxy_auth" if status == 407 else f"http_{status}"
    said = f"{url}: HTTP {status}: {_WORDS.get(cause, said)}"
    return EndpointError(kind, said, status=status, retry_after=retry_after, cause=cause)


def _target(headers: Mapping[str, str]) -> str:
    """Say where a redirect leads; one that leads nowhere is no URL either."""
    try:
        return _first_line(without_credentials(headers.get("location", "nowhere")))
    except ValueError:
        return "nowhere"


def _first_line(text: str) -> str:
    """Put a text on one line that a terminal shows as it is, without anything that looks like a key."""
    line = without_key(" ".join(text[:4000].split()))
    return "".join(filter(str.isprintable, line))[:MESSAGE_CHARACTERS]
