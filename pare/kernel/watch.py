"""What looks at a running simulation: conditions, validations, and guards over the agent's actions.

The plan of a scenario is not changed by it; counts and milestones are kept here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import CompletedEvent
from pare.kernel.checks import (
    AgentActionValidator,
    AgentValidationEvent,
    ConditionCheckEvent,
    ValidationEvent,
    require,
)
from pare.kernel.queue import Poll

Look = Callable[[Poll, float], float | None]
"""Look once, at a time; give the time of the next look, or None."""


class Watched(Protocol):
    """What a watch needs of the simulation that it looks at."""

    time_increment_in_seconds: float

    @property
    def current_time(self) -> float:
        """The simulated time."""

    @property
    def tick_count(self) -> int:
        """The ticks since the start."""

    def record(self, event: CompletedEvent) -> None:
        """Append to the log."""

    def complete(self, event: AbstractEvent, time: float) -> None:
        """Let followers of `event` become due."""


class Watch:
    """The looks that are running and the guards that have been set."""

    def __init__(self, simulation: Watched) -> None:
        self._simulation = simulation
        self.validators: list[AgentActionValidator] = []
        self.unmet_conditions: list[str] = []
        self._plans: dict[int, AgentValidationEvent] = {}
        self._validations: dict[Poll, None] = {}

    def poll_for(self, event: AbstractEvent) -> Poll | None:
        """Give the running look for a condition or validation; None for any other event."""
        if isinstance(event, ConditionCheckEvent):
            return Poll(event.copy(), event.timeout is not None, self._condition_look(event))
        if isinstance(event, ValidationEvent):
            poll = Poll(event.copy(), event.timeout is not None, self._validation_look(event))
            self._validations[poll] = None
            return poll
        return None

    def begin(self, event: AgentValidationEvent, time: float) -> tuple[float, Poll] | None:
        """Set the guard of `event`; give the time and the look at which it expires, if it does."""
        validator = event.get_validator()
        validator._start_tick = self._simulation.tick_count
        self.validators.append(validator)
        self._plans[id(validator)] = event
        if not event.milestones and not event.minefields:
            self._simulation.complete(self._plans.pop(id(validator)), time)
        if event.timeout is None:
            return None
        expires = time + event.timeout * self._simulation.time_increment_in_seconds
        return expires, Poll(event.copy(), True, self._expiry_look(validator))

    def judge(self, record: CompletedEvent) -> None:
        """Let every guard look at an action of the agent.

        Raises:
            ValidationException: a minefield was hit, or a milestone came too late.
        """
        event = record.to_future_event()
        for validator in self.validators:
            if validator.validate(self._simulation, event).success and validator.achieved_milestones:
                self._finish(validator, self._simulation.current_time)

    def final_checks(self) -> None:
        """Look once more, and insist that every milestone was reached that is still waited for.

        Raises:
            ValidationException: one was not.
        """
        for validator in self.validators:
            require(validator.milestones, validator.event_id)
        for poll in self._validations:
            poll.event.validate(self._simulation)
            require(poll.event.milestones, poll.event_id)

    def _finish(self, validator: AgentActionValidator, time: float) -> None:
        plan = self._plans.pop(id(validator), None)
        if plan is not None:
            self._simulation.complete(plan, time)

    def _condition_look(self, plan: ConditionCheckEvent) -> Look:
        def look(poll: Poll, time: float) -> float | None:
            check: ConditionCheckEvent = poll.event
            holds, record = check.check(self._simulation)
            self._simulation.record(record)
            if holds:
                self._simulation.complete(plan, time)
            elif check.is_timeout():
                self.unmet_conditions.append(plan.event_id)
            else:
                poll.event = check.get_next_check_event(self._simulation.time_increment_in_seconds)
                return float(poll.event.event_time)
            return None

        return look

    def _validation_look(self, plan: ValidationEvent) -> Look:
        completes_at_end = bool(plan.minefields) and not plan.milestones
        waiting = [plan]

        def look(poll: Poll, time: float) -> float | None:
            result, record = poll.event.validate(self._simulation)
            self._simulation.record(record)
            following = poll.event.get_next_event(self._simulation.time_increment_in_seconds)
            if waiting and result.success and (following is None or not completes_at_end):
                self._simulation.complete(waiting.pop(), time)
            if following is None:
                del self._validations[poll]
                return None
            poll.event = following
            return float(following.event_time)

        return look

    def _expiry_look(self, validator: AgentActionValidator) -> Look:
        def look(poll: Poll, time: float) -> None:  # noqa: ARG001 - the shape of a look
            validator.expire()
            self._finish(validator, time)

        return look
