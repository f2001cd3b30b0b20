"""Events that look at the environment: conditions, validations, and guards over the agent's actions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from pare.errors import ValidationException
from pare.kernel.abstract_event import AbstractEvent, Events, shallow_copy
from pare.kernel.action import EventMetadata
from pare.kernel.calls import CompletedEvent, completed
from pare.kernel.enums import EventType
from pare.kernel.frames import muted
from pare.kernel.run_context import current_run

Condition = Callable[[Any], bool]
ActionCondition = Callable[[Any, AbstractEvent], bool]

_CHECK = re.compile(r"CHECK_\d+")


@dataclass
class ConditionCheckAction:
    """A look at the environment: `function` takes it and tells whether the condition holds."""

    function: Condition
    action_id: str = None  # type: ignore[assignment]  # published: None asks for an id

    def __post_init__(self) -> None:
        if not self.action_id:
            number = current_run().next_number("action")
            self.action_id = f"{self.class_name}.{self.function_name}-{number:08d}"

    @property
    def function_name(self) -> str:
        """The name of the function."""
        return getattr(self.function, "__name__", type(self.function).__name__)

    @property
    def class_name(self) -> str:
        """``ConditionCheckAction``."""
        return "ConditionCheckAction"

    def planned(self, event: CompletedEvent) -> ConditionCheckEvent:
        """Give the check that `event` was."""
        return ConditionCheckEvent(event_type=event.event_type, event_id=event.event_id, action=self)

    def to_dict(self) -> dict[str, Any]:
        """Give the action as plain data."""
        return {
            "class_name": self.class_name,
            "function_name": self.function_name,
            "action_id": self.action_id,
        }


class _Poll(AbstractEvent):
    """An event that looks again every few ticks until it has seen enough or its timeout passes."""

    schedule_every_ticks: int
    timeout: int | None

    def depends_on(
        self,
        events: Events = None,
        delay_seconds: float = 0,
        schedule_every_ticks: int | None = None,
        timeout: int | None = None,
    ) -> Self:
        super().depends_on(events, delay_seconds)
        if schedule_every_ticks is not None:
            self.schedule_every_ticks = schedule_every_ticks
        if timeout is not None:
            self.timeout = timeout
        return self

    def schedule(self, every_ticks: int, timeout: int | None = None) -> Self:
        """Look every `every_ticks` ticks, and no longer than `timeout` ticks (None: without end)."""
        self.schedule_every_ticks, self.timeout = every_ticks, timeout
        return self


@dataclass(eq=False, repr=False)
class ConditionCheckEvent(_Poll):
    """Wait until a condition holds; its successors follow then, and never after a timeout.

    It looks every `schedule_every_ticks` ticks, and for the last time when `timeout` ticks have passed.
    """

    event_type: EventType = EventType.CONDITION
    action: ConditionCheckAction = None  # type: ignore[assignment]  # published default
    schedule_every_ticks: int = 1
    timeout: int | None = None
    _internal_check_count: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.with_id(self.event_id)

    @classmethod
    def from_condition(cls, condition: Condition, every_tick: int = 1, timeout: int | None = None) -> Self:
        """Wait until `condition(env)` holds, looking every `every_tick` ticks."""
        action = ConditionCheckAction(condition)
        return cls(action=action, schedule_every_ticks=every_tick, timeout=timeout)

    def with_id(self, id: str) -> Self:  # noqa: A002 - the published name
        """Name the check; the number of the present look is part of the id."""
        mark = f"CHECK_{self._internal_check_count}"
        self.event_id = _CHECK.sub(mark, id) if _CHECK.search(id) else f"{id}-{mark}"
        return self

    def is_timeout(self) -> bool:
        """Tell whether the looks so far have used up the timeout."""
        used = self._internal_check_count * self.schedule_every_ticks
        return self.timeout is not None and used > self.timeout

    def check(self, env: Any) -> tuple[bool, CompletedEvent]:
        """Look once; give whether the condition holds, and the record of the look."""
        with muted():
            holds = bool(self.action.function(env))
        record = completed(self, self.action, EventMetadata(return_value=holds))
        self._internal_check_count += 1
        return holds, record

    def get_next_check_event(self, time_increment_in_seconds: float) -> ConditionCheckEvent:
        """Give the look that follows this one, `schedule_every_ticks` ticks later."""
        event = shallow_copy(self)
        event.event_time = (self.event_time or 0) + self.schedule_every_ticks * time_increment_in_seconds
        return event.with_id(self.event_id)

    def to_dict(self) -> dict[str, Any]:
        """Give the check as plain data."""
        return super().to_dict() | {
            "action": self.action.to_dict(),
            "schedule_every_ticks": self.schedule_every_ticks,
            "timeout": self.timeout,
        }


@dataclass
class ValidationResult:
    """Whether every milestone was reached, and which were."""

    success: bool
    achieved_milestones: list[Callable[..., bool]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain data."""
        names = [getattr(milestone, "__name__", "milestone") for milestone in self.achieved_milestones]
        return {"success": self.success, "achieved_milestones": names}


@dataclass(eq=False, repr=False)
class ValidationEvent(_Poll):
    """Watch the state of the environment: milestones must be reached, minefields never.

    It looks every `schedule_every_ticks` ticks. At its `timeout` (in ticks, the first look counts as
    one) a missing milestone fails the run; a minefield fails it at once.
    """

    event_type: EventType = EventType.VALIDATION
    milestones: list[Condition] = field(default_factory=list)
    minefields: list[Condition] = field(default_factory=list)
    schedule_every_ticks: int = 1
    timeout: int | None = 1
    _internal_check_count: int = 0
    achieved_milestones: list[Condition] = field(default_factory=list)

    @property
    def function_name(self) -> str:
        """The names of the milestones, or ``minefields``."""
        return "+".join(getattr(item, "__name__", "milestone") for item in self.milestones) or "minefields"

    def is_timeout(self) -> bool:
        """Tell whether the looks so far have used up the timeout."""
        used = self._internal_check_count * self.schedule_every_ticks
        return self.timeout is not None and used >= self.timeout

    def validate(self, env: Any) -> tuple[ValidationResult, CompletedEvent]:
        """Look once.

        Raises:
            ValidationException: a minefield was hit.
        """
        self._internal_check_count += 1
        with muted():
            achieved = [milestone for milestone in self.milestones if milestone(env)]
            hit = [minefield for minefield in self.minefields if minefield(env)]
        _refuse(hit, self.event_id)
        self.milestones = [item for item in self.milestones if item not in achieved]
        self.achieved_milestones = self.achieved_milestones + achieved
        result = ValidationResult(not self.milestones, list(self.achieved_milestones))
        return result, completed(self, None, EventMetadata(return_value=result))

    def get_next_event(self, time_increment_in_seconds: float = 1) -> ValidationEvent | None:
        """Give the look that follows this one; None when there is nothing left to look for.

        Raises:
            ValidationException: the timeout has passed and a milestone is missing.
        """
        if not self.milestones and not self.minefields:
            return None
        if self.is_timeout():
            require(self.milestones, self.event_id)
            return None
        event = shallow_copy(self)
        event.event_time = (self.event_time or 0) + self.schedule_every_ticks * time_increment_in_seconds
        return event


@dataclass
class AgentActionValidator:
    """Watch what the agent does: the milestones and minefields of an AgentValidationEvent, running."""

    milestones: list[ActionCondition] = field(default_factory=list)
    minefields: list[ActionCondition] = field(default_factory=list)
    timeout: int | None = None
    _start_tick: int = 0
    _internal_check_count: int = 0
    achieved_milestones: list[ActionCondition] = field(default_factory=list)
    event_id: str = "agent validation"

    def is_timeout(self) -> bool:
        """Tell whether the timeout (in ticks since it was set) has passed."""
        return self.timeout is not None and self._internal_check_count >= self.timeout

    def update_tick_count(self, current_env_tick: int) -> None:
        """Take over the tick that the environment has reached."""
        self._internal_check_count = current_env_tick - self._start_tick

    def expire(self) -> None:
        """End the watch at its timeout: minefields are cleared, milestones must be there.

        Raises:
            ValidationException: a milestone is missing.
        """
        require(self.milestones, self.event_id)
        self.minefields = []

    def validate(self, env: Any, event: AbstractEvent) -> ValidationResult:
        """Judge one action of the agent.

        Raises:
            ValidationException: a minefield was hit, or the timeout passed without a milestone.
        """
        if self.is_timeout():
            self.expire()
        with muted():
            achieved = [milestone for milestone in self.milestones if milestone(env, event)]
            hit = [minefield for minefield in self.minefields if minefield(env, event)]
        self.milestones = [item for item in self.milestones if item not in achieved]
        self.achieved_milestones = self.achieved_milestones + achieved
        _refuse(hit, self.event_id)
        return ValidationResult(not self.milestones, list(self.achieved_milestones))


@dataclass(eq=False, repr=False)
class AgentValidationEvent(_Poll):
    """Start to watch what the agent does; see AgentActionValidator. `timeout` is in ticks."""

    event_type: EventType = EventType.VALIDATION
    validators: list[AgentActionValidator] = field(default_factory=list)
    milestones: list[ActionCondition] = field(default_factory=list)
    minefields: list[ActionCondition] = field(default_factory=list)
    timeout: int | None = None
    schedule_every_ticks: int = 1

    def get_validator(self) -> AgentActionValidator:
        """Give the running watch."""
        return AgentActionValidator(
            list(self.milestones), list(self.minefields), self.timeout, event_id=self.event_id
        )


def _refuse(hit: list[Any], event_id: str) -> None:
    if hit:
        names = ", ".join(getattr(item, "__name__", "minefield") for item in hit)
        raise ValidationException(f"{event_id}: minefield hit: {names}")


def require(milestones: list[Any], event_id: str) -> None:
    """Insist that no milestone is left.

    Raises:
        ValidationException: one is.
    """
    if milestones:
        names = ", ".join(getattr(item, "__name__", "milestone") for item in milestones)
        raise ValidationException(f"{event_id}: milestone missing: {names}")
