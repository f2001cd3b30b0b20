"""The one narrow seam: a request in, a completion out. Clients end it, policies wrap it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from pare.errors import PareError
from pare.llm.types import Completion, CompletionRequest, Effort

ErrorKind = Literal[
    "rate_limit",
    "overload",
    "transient",
    "quota",
    "auth",
    "model_gone",
    "context_overflow",
    "content_filter",
    "bad_request",
    "outage",
    "budget",
    "not_recorded",
]

RETRIED: frozenset[ErrorKind] = frozenset({"rate_limit", "overload", "transient"})
"""Kinds that another attempt may mend."""

PAUSING: frozenset[ErrorKind] = frozenset({"quota", "auth", "model_gone"})
"""Kinds that only a person can mend: the endpoint pauses, its runs stay pending."""


class EndpointError(PareError):
    """An endpoint did not give a completion.

    `kind` says why in our words, `status` is the HTTP status if there was one, `retry_after` the
    seconds that the server asks to wait. `cause` tells failures of one kind apart for people and tests
    ("refused", "dns", "certificate", "deadline" …); no policy depends on it. `effort` holds the attempts
    and waits so far; the policies around a client add theirs. No key is ever part of the message.
    """

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        cause: str = "",
    ) -> None:
        super().__init__(message)
        self.kind: ErrorKind = kind
        self.status = status
        self.retry_after = retry_after
        self.cause = cause
        self.effort = Effort()


class Complete(Protocol):
    """Ask a model; raise EndpointError if there is no completion."""

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`."""


Policy = Callable[[Complete], Complete]
"""A wrapper around `Complete`: retry, limiter, outage, journal …"""
