"""Whether an endpoint is up, found out from its calls. A state machine without I/O.

An endpoint is *up*; it is *down* after failures in a row (connections, 5xx), and *paused* when only a person
can mend it (quota, key, model). In both states calls wait, except for a probe at a time: a real call, sent
at intervals. Its success, or any answer that shows the endpoint at work, ends the state for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import Field
from pydantic.config import JsonDict

from pare.llm.client import PAUSING, ErrorKind
from pare.llm.strict import StrictModel

State = Literal["up", "down", "paused"]

FAILURES: frozenset[ErrorKind] = frozenset({"overload", "transient"})
"""Kinds that say that nobody is there, or nobody able to answer."""

_TRANSPORT: JsonDict = {"part": "transport"}


class OutageSettings(StrictModel):
    """When an endpoint counts as away, and how it is asked for.

    It is away after `failures` in a row. The first probe follows after `first_probe_seconds`, each further
    one after twice the time, at most `probe_seconds`; a paused endpoint is asked every
    `paused_probe_seconds`, and at once when it is resumed. After `max_outage_seconds` its calls fail.
    """

    failures: int = Field(5, ge=1, json_schema_extra=_TRANSPORT)
    first_probe_seconds: float = Field(1.0, gt=0, json_schema_extra=_TRANSPORT)
    probe_seconds: float = Field(15.0, gt=0, json_schema_extra=_TRANSPORT)
    paused_probe_seconds: float = Field(60.0, gt=0, json_schema_extra=_TRANSPORT)
    max_outage_seconds: float = Field(3600.0, gt=0, json_schema_extra=_TRANSPORT)


DEFAULT_OUTAGE = OutageSettings()


@dataclass(frozen=True, slots=True, eq=False)
class Admission:
    """That a call may be sent, in a state of the endpoint: `epoch` counts the states before."""

    epoch: int


class EndpointHealth:
    """Whether an endpoint is up, and when it is asked again. Pure: the clock is handed in, nothing waits.

    Calls that were sent in an earlier state say nothing about the present one.
    """

    def __init__(self, settings: OutageSettings, clock: Callable[[], float]) -> None:
        self.state: State = "up"
        self.kind: ErrorKind | None = None
        self.message = ""
        self.epoch = 0
        self._settings = settings
        self._clock = clock
        self._failures = 0
        self._away_since = 0.0
        self._probe: Admission | None = None
        self._probe_at = 0.0
        self._probe_interval = 0.0

    @property
    def is_up(self) -> bool:
        """Whether calls go through."""
        return self.state == "up"

    @property
    def seconds_away(self) -> float:
        """For how long it has been away."""
        return 0.0 if self.is_up else self._clock() - self._away_since

    @property
    def has_expired(self) -> bool:
        """Whether it has been away for longer than a call waits."""
        return not self.is_up and self._clock() >= self._expires_at

    @property
    def is_probe_due(self) -> bool:
        """Whether a call may be sent as a probe now."""
        return not self.is_up and self._probe is None and self._clock() >= self._probe_at

    @property
    def next_change_at(self) -> float:
        """When those who wait should look again: when a probe is due, or when waiting ends."""
        return self._expires_at if self._probe else min(self._probe_at, self._expires_at)

    @property
    def _expires_at(self) -> float:
        return self._away_since + self._settings.max_outage_seconds

    def start_probe(self) -> Admission | None:
        """Make a call the probe, if one is due."""
        if not self.is_probe_due:
            return None
        self._probe = Admission(self.epoch)
        return self._probe

    def admit(self, probe: Admission | None) -> Admission | None:
        """Let a call out: any while the endpoint is up, else only the `probe`."""
        if self.is_up:
            return Admission(self.epoch)
        return probe if probe is self._probe else None

    def _is_current(self, admission: Admission) -> bool:
        return admission is self._probe or (self.is_up and admission.epoch == self.epoch)

    def answer(self, admission: Admission) -> None:
        """Count a call to which the endpoint had something to say."""
        if self._is_current(admission):
            self._failures = 0
            if not self.is_up:
                self._enter("up", None, "")

    def fail(self, admission: Admission, kind: ErrorKind, message: str) -> None:
        """Count a call that failed. Kinds that are neither failures nor pausing are answers."""
        if kind not in PAUSING | FAILURES:
            self.answer(admission)
        elif not self._is_current(admission):
            return
        elif kind in PAUSING and kind != self.kind:
            self._enter("paused", kind, message)
        elif not self.is_up:
            self._end_probe()
        else:
            self._failures += 1
            if self._failures >= self._settings.failures:
                self._enter("down", kind, message)

    def abandon(self, admission: Admission) -> None:
        """Count a call that ended without a word, by being cancelled: a probe is due again at once."""
        if admission is self._probe:
            self._probe = None
            self._probe_at = self._clock()

    def resume(self) -> None:
        """Let a probe be due at once, because a person says that the endpoint is mended."""
        if self._probe is None:
            self._probe_at = self._clock()

    def _enter(self, state: State, kind: ErrorKind | None, message: str) -> None:
        if self.is_up:
            self._away_since = self._clock()
        self.state, self.kind, self.message = state, kind, message
        self.epoch += 1
        self._failures = 0
        settings = self._settings
        is_paused = state == "paused"
        self._schedule_probe(settings.paused_probe_seconds if is_paused else settings.first_probe_seconds)

    def _end_probe(self) -> None:
        interval = self._probe_interval
        if self.state == "down":
            interval = min(2 * interval, self._settings.probe_seconds)
        self._schedule_probe(interval)

    def _schedule_probe(self, interval: float) -> None:
        self._probe = None
        self._probe_interval = interval
        self._probe_at = self._clock() + interval
