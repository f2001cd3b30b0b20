"""What scenario code, validators and tests ask of an environment under published names.

Looks at state, log, queue and clock, all in memory; what runs an environment is in
`pare.kernel.environment`.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from pare.errors import EnvironmentStateError, UnresolvedPlaceholderError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.app_simulation import AppSimulation
from pare.kernel.calls import CompletedEvent, Event
from pare.kernel.checks import AgentActionValidator, ValidationEvent
from pare.kernel.enums import EnvironmentState
from pare.kernel.log import Cursor, EventLog
from pare.kernel.placeholders import resolve
from pare.kernel.queue import Poll
from pare.kernel.serialization import to_plain
from pare.kernel.world_log import action_log

INTERNAL_APP_NAMES = ("InternalContacts",)
"""Apps that are left out of what is shown of the phone."""

_logger = logging.getLogger("pare.environment")


class PublishedFace(AppSimulation):
    """The published ways to look at a simulation, and to move it by hand."""

    is_replaying = False
    waiting_for_notification = False
    _world_logs: list[Any]
    _noted: Cursor | None = None

    # -- state ------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Tell whether it has started and neither paused nor ended."""
        return self.state is EnvironmentState.RUNNING

    def is_paused(self) -> bool:
        """Tell whether it is paused."""
        return self.state is EnvironmentState.PAUSED

    def get_state(self) -> dict[str, Any]:
        """Give clock, log, queue and the state of every app as plain data."""
        return {
            "start_time": self.start_time,
            "time_increment_in_seconds": self.time_increment_in_seconds,
            "duration": self.duration,
            "event_log": self.event_log.to_dict(),
            "event_queue": self.event_queue.to_dict(),
            "current_time": int(self.current_time),
            "apps": [_app_state(app) for app in self.apps.values()],
        }

    def get_apps_state(self) -> dict[str, Any]:
        """Give the state of the apps on the phone, those for internal use left out."""
        return {"apps": [_app_state(self.apps[name]) for name in self.apps if name not in INTERNAL_APP_NAMES]}

    def apps_state_json(self) -> str:
        """Give `get_apps_state` as JSON text."""
        return json.dumps(self.get_apps_state())

    def event_log_json(self) -> str:
        """Give the event log as JSON text."""
        return json.dumps(self.event_log.to_dict())

    def reset_app_states(self) -> None:
        """Empty every app."""
        for app in self.apps.values():
            app.reset()

    # -- log --------------------------------------------------------------------------------------

    def get_latest_event(self) -> CompletedEvent | None:
        """Give the event that completed last, or None."""
        return self.event_log.events[-1] if self.event_log.events else None

    def get_past_event_at_index(self, index: int) -> CompletedEvent:
        """Give an event by its place in the order of simulated time.

        Raises:
            IndexError: so many there are not.
        """
        return self.event_log.list_view()[index]

    def add_to_log(self, events: CompletedEvent | list[CompletedEvent]) -> None:
        """Record calls that were made outside the plan; while a log is replayed nobody is told of them."""
        if self.is_replaying:
            self.event_log.put(events)
        else:
            super().add_to_log(events)

    def delete_all_completed_events(self) -> None:
        """Forget what has happened; the apps stay as they are."""
        self.event_log.clear()
        self._noted = None

    def put_last_event_from_log_to_queue(self) -> None:
        """Take the latest event out of the log and plan it once more."""
        record = self.event_log.pop_last()
        if record is not None:
            self.event_queue.put(record.to_future_event())

    def set_is_replaying(self, is_replaying: bool) -> None:
        """Say whether a log is being replayed."""
        self.is_replaying = is_replaying

    # -- world log --------------------------------------------------------------------------------

    @property
    def world_logs(self) -> list[Any]:
        """Every call as an entry, and what was appended, in the order in which they came."""
        if self._noted is None:
            self._noted, self._world_logs = self.event_log.cursor(), []
        entries = map(action_log, self._noted.unread())
        self._world_logs += [entry for entry in entries if entry is not None]
        return self._world_logs

    def get_world_logs(self) -> list[Any]:
        """Give the entries of the world log in a list of their own."""
        return list(self.world_logs)

    def set_world_logs(self, world_logs: list[Any]) -> None:
        """Replace the entries of the world log."""
        self.world_logs[:] = world_logs

    def append_to_world_logs(self, world_log: Any) -> None:
        """Add an entry, as an agent notes it."""
        self.world_logs.append(world_log)

    append_world_logs = append_to_world_logs

    # -- plan -------------------------------------------------------------------------------------

    @property
    def agent_action_validators(self) -> list[AgentActionValidator]:
        """The guards over the agent's actions that have been set."""
        return self.watch.validators

    def increment_validators_tick_count(self) -> None:
        """Tell the guards which tick it is."""
        for validator in self.watch.validators:
            validator.update_tick_count(self.tick_count)

    def validate_agent_action(self, event: CompletedEvent) -> None:
        """Let the guards look at an action of the agent.

        Raises:
            ValidationException: a minefield was hit, or a milestone came too late.
        """
        self.watch.judge(event)

    def get_currently_active_validation_events(self) -> list[ValidationEvent]:
        """List the validations that are due now and have not run out."""
        found = [item.event for time, item in self.event_queue.items() if self._is_active(time, item)]
        return [event for event in found if not event.is_timeout()]

    def _is_active(self, time: float, item: Any) -> bool:
        is_validation = isinstance(item, Poll) and isinstance(item.event, ValidationEvent)
        return is_validation and time <= self.current_time

    def get_successors(self, event: AbstractEvent) -> list[AbstractEvent]:
        """List the successors of `event` whose time is known now, with that time."""
        ready = [item for item in event.successors if item.is_ready()]
        for item in ready:
            item.compute_absolute_time(self.start_time)
        return ready

    def process_event(self, event: AbstractEvent) -> list[AbstractEvent]:
        """Let `event` happen now; list what became due because of it, which is queued already."""
        before = {id(item) for _, item in self.event_queue.items()}
        item = self.watch.poll_for(event) or event
        handler = self._handlers.get(type(item)) or self._handler_for(item)
        with self.run_context.active():
            handler(item, self.current_time)
        queued = [entry for _, entry in self.event_queue.items() if id(entry) not in before]
        return [getattr(entry, "event", entry) for entry in queued]

    def resolve_arg_placeholders(self, event: Event, past_events: list[CompletedEvent]) -> Event:
        """Set the resolved arguments of `event` from what `past_events` returned, and give it.

        A placeholder that stands for nothing stays as it is; in a run it fails the event.
        """
        log = EventLog.from_list_view(past_events)
        args = event.action.args
        event.action.resolved_args = {name: _resolved(name, args[name], log) for name in args}
        return event

    # -- clock ------------------------------------------------------------------------------------

    def jump_to_next_event_time(self) -> None:
        """Move the clock to the next thing that is planned; it does not happen yet."""
        following = self.get_next_event_time()
        if following is not None:
            self.time_manager.advance_to(min(following, self.deadline))

    def wait_for_next_notification(self) -> Any:
        """Wait as the system app's pending wait says.

        Raises:
            EnvironmentStateError: there is no system app.
        """
        for app in self.apps.values():
            if hasattr(app, "wait_for_next_notification"):
                return app.wait_for_next_notification()
        raise EnvironmentStateError("nobody can wait: there is no SystemApp on the phone")

    # -- messages ---------------------------------------------------------------------------------

    def log_debug(self, message: str) -> None:
        """Log at level DEBUG, with the simulated time."""
        _logger.debug("[%s] %s", self.current_time, message)

    def log_info(self, message: str) -> None:
        """Log at level INFO, with the simulated time."""
        _logger.info("[%s] %s", self.current_time, message)

    def log_warning(self, message: str) -> None:
        """Log at level WARNING, with the simulated time."""
        _logger.warning("[%s] %s", self.current_time, message)

    def log_error(self, message: str) -> None:
        """Log at level ERROR, with the simulated time."""
        _logger.error("[%s] %s", self.current_time, message)


def _app_state(app: Any) -> dict[str, Any]:
    state: dict[str, Any] = to_plain(app.get_state()) or {}
    return {"app_name": app.name, **state}


def _resolved(name: str, value: Any, log: EventLog) -> Any:
    try:
        return resolve({name: value}, log)[name]
    except UnresolvedPlaceholderError:
        return value
