"""What to do while an endpoint is away: wait, let one call at a time ask for it, and give up in the end."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass

import anyio

from pare.llm.client import PAUSING, Complete, EndpointError, ErrorKind, Policy
from pare.llm.health import DEFAULT_OUTAGE, FAILURES, Admission, EndpointHealth, OutageSettings, State
from pare.llm.types import NO_EFFORT, Completion, CompletionRequest, Effort
from pare.logs import get_logger

__all__ = ["EndpointHealth", "EndpointNotice", "Outage", "OutageSettings", "TurnedAwayError"]


@dataclass(frozen=True, slots=True)
class EndpointNotice:
    """What a person is told when an endpoint's state changes; `kind` and `message` say why it is not up."""

    endpoint: str
    state: State
    kind: ErrorKind | None = None
    message: str = ""


class TurnedAwayError(EndpointError):
    """A call was on its way when the endpoint went away; it was not sent."""


def tell_nobody(_notice: EndpointNotice) -> None:
    """Keep a notice to oneself."""


def unchanged(complete: Complete) -> Complete:
    """Put nothing in between."""
    return complete


SHORTEST_NAP = 1e-3
"""Seconds; a sum of floats may miss its moment by less."""

_probe_of_call: ContextVar[Admission | None] = ContextVar("probe_of_call", default=None)


class Outage:
    """A policy: while the endpoint is away its calls wait here, and fail when that lasts too long.

    `through` is what the calls pass on their way out (the limiter). They are looked at again behind it, so
    that none which queued there is sent to an endpoint that is away by then; a call that waits here holds
    no slot. `on_change` is told each change of state.
    """

    def __init__(  # noqa: PLR0913 - what to wrap, how, and the two ways to the clock
        self,
        complete: Complete,
        settings: OutageSettings = DEFAULT_OUTAGE,
        *,
        endpoint: str = "endpoint",
        through: Policy = unchanged,
        on_change: Callable[[EndpointNotice], None] = tell_nobody,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self.endpoint = endpoint
        self.health = EndpointHealth(settings, clock)
        self._complete = complete
        self._way_out = through(self._send)
        self._on_change = on_change
        self._clock = clock
        self._sleep = sleep
        self._others: Sequence[Outage] = ()
        self._changed = anyio.Event()
        self._nap: anyio.CancelScope | None = None
        self.waiting = 0

    @property
    def is_up(self) -> bool:
        """Whether calls go through."""
        return self.health.is_up

    def stand_in(self, others: Sequence[Outage]) -> None:
        """Let no call wait here while one of the `others` is up: it fails with kind "outage" instead."""
        self._others = others

    def resume(self) -> None:
        """Ask the endpoint again at once, because a person says that it is mended."""
        self.health.resume()
        self._wake()

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`, when the endpoint is up.

        Raises:
            EndpointError: the call failed while the endpoint was up; or it was away for too long (kind
                "outage", or what it was paused for), or others can take the call (kind "outage").
        """
        effort = NO_EFFORT
        while True:
            arrived = self._clock()
            try:
                probe = await self._wait_until_open()
            except EndpointError as error:
                error.effort = effort + _paused(self._clock() - arrived)
                raise
            if self._clock() > arrived:
                effort += _paused(self._clock() - arrived)
            try:
                completion = await self._pass_on(request, probe)
            except EndpointError as error:
                effort += error.effort
                if not self._is_waited_for(error):
                    error.effort = effort
                    raise
            else:
                return completion.after(effort)

    async def _pass_on(self, request: CompletionRequest, probe: Admission | None) -> Completion:
        token = _probe_of_call.set(probe)
        try:
            return await self._way_out(request)
        finally:
            _probe_of_call.reset(token)
            if probe is not None:
                self._count(self.health.abandon, probe)  # a no-op unless it was cancelled before it was sent

    async def _send(self, request: CompletionRequest) -> Completion:
        """Send a call that has come through, if the endpoint is still there."""
        admission = self.health.admit(_probe_of_call.get())
        if admission is None:
            error = TurnedAwayError("outage", f"{self.endpoint} is away; the call was not sent")
            error.effort = NO_EFFORT
            raise error
        try:
            completion = await self._complete(request)
        except EndpointError as error:
            self._count(self.health.fail, admission, error.kind, str(error))
            raise
        if not completion.replayed:
            self._count(self.health.answer, admission)
        return completion

    def _is_waited_for(self, error: EndpointError) -> bool:
        """Whether the call stays here: it was not sent, or failed of what the endpoint is away for.

        A refusal that only a person can mend is never passed on; if it came late, it is mended already.
        """
        is_failure = error.kind in FAILURES and not self.is_up
        return isinstance(error, TurnedAwayError) or error.kind in PAUSING or is_failure

    # Waiting

    async def _wait_until_open(self) -> Admission | None:
        """Wait until the endpoint is up, or until this call is the probe, which is then given."""
        self.waiting += 1
        try:
            while not self.is_up:
                probe = self.health.start_probe()
                if probe is not None:
                    return probe
                self._refuse_to_wait()
                await self._wait_for_change()
        finally:
            self.waiting -= 1
        return None

    def _refuse_to_wait(self) -> None:
        health = self.health
        if any(other.is_up for other in self._others):
            raise EndpointError("outage", f"{self.endpoint} is away; another endpoint takes its calls")
        if health.has_expired:
            kind = "outage" if health.state == "down" or health.kind is None else health.kind
            away = f"{self.endpoint} has been away for {health.seconds_away:.0f} s"
            raise EndpointError(kind, f"{away}: {health.message}")

    async def _wait_for_change(self) -> None:
        """Wait until there may be something new; the first of those who wait keeps the time for all."""
        if self._nap is not None:
            await self._changed.wait()
            return
        seconds = max(self.health.next_change_at - self._clock(), SHORTEST_NAP)
        self._nap = anyio.CancelScope()
        with self._nap:
            try:
                await self._sleep(seconds)
            finally:
                self._nap = None
                self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
        if self._nap is not None:
            self._nap.cancel()

    # Telling

    def _count(self, event: Callable[..., None], *arguments: object) -> None:
        """Let the health count an event, and tell those concerned what has come of it."""
        health = self.health
        epoch, next_change_at = health.epoch, health.next_change_at
        event(*arguments)
        if health.epoch != epoch:
            self._tell()
        if self.waiting and (health.epoch, health.next_change_at) != (epoch, next_change_at):
            self._wake()

    def _tell(self) -> None:
        health = self.health
        notice = EndpointNotice(self.endpoint, health.state, health.kind, health.message)
        if health.is_up:
            get_logger().info("endpoint.recovered", endpoint=self.endpoint)
            for other in self._others:
                other._wake()
        else:
            event = "endpoint.paused" if health.state == "paused" else "endpoint.lost"
            get_logger().warning(event, endpoint=self.endpoint, kind=health.kind, message=health.message)
        self._on_change(notice)


def _paused(seconds: float) -> Effort:
    return Effort(attempts=0, paused_seconds=seconds)
