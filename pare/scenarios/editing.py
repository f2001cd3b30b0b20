"""Build and change the event graph of a scenario by id, under the rules of event editing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pare.errors import DuplicateEventIdError, EventEditError, nearest
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.enums import EventTimeComparator, EventType
from pare.scenarios.exported import import_order
from pare.scenarios.hints import EventHints, hint_type_for
from pare.scenarios.links import cut, link, take_place
from pare.scenarios.messages import function_of
from pare.scenarios.parameters import EventCreation, EventRequest
from pare.scenarios.rules import PlanRules, find

_EDITABLE = (EventType.AGENT, EventType.ENV, EventType.USER)
_ADDABLE = (*_EDITABLE, EventType.CONDITION)


class EventEditing(PlanRules, EventCreation, EventHints):
    """The part of a scenario by which its plan is changed; an edit that is refused changes nothing.

    Parameters are given as ``{name: {"value": text, "type": name of a type}}``, times in seconds.
    """

    def add_event(
        self,
        app_name: str,
        function_name: str,
        parameters: dict[str, Any],
        predecessor_event_ids: list[str],
        event_type: EventType,
        event_id: str | None = None,
        event_relative_time: float | None = None,
        event_time: float | None = None,
        event_time_comparator: EventTimeComparator | None = None,
    ) -> AbstractEvent:
        """Plan a call `event_relative_time` seconds after its predecessors, or at `event_time`.

        An event of the agent becomes an oracle event, with a comparator for judges.

        Raises:
            ValueError: by name, which rule of the plan it breaks, or what of it is unknown.
        """
        request = EventRequest(
            app_name=app_name,
            function_name=function_name,
            parameters=parameters,
            predecessor_event_ids=predecessor_event_ids,
            event_type=event_type,
            event_id=event_id,
            event_relative_time=event_relative_time,
            event_time=event_time,
            event_time_comparator=event_time_comparator,
        )
        if event_id is not None and find(event_id, self._nodes()):
            raise DuplicateEventIdError(
                f"{self._where(request)}: there is one of that id already; give another id, or use edit_event"
            )
        self._check(request, _ADDABLE)
        event = self._create_event(request)
        self._attach(event, request)
        self._add_hint(hint_type_for(function_name, event_type), event.event_id)
        return event

    def edit_event(
        self,
        app_name: str,
        function_name: str,
        parameters: dict[str, Any],
        event_id: str,
        event_type: EventType,
        predecessor_event_ids: list[str],
        event_relative_time: float | None = None,
        event_time: float | None = None,
        event_time_comparator: EventTimeComparator | None = None,
    ) -> AbstractEvent:
        """Plan another call in place of the event `event_id`; what waited for that waits for this.

        The id stays if the type does. The event moves to the end of the plan's list.

        Raises:
            ValueError: by name, which rule of the plan it breaks, or what of it is unknown.
        """
        former = self._event_to_edit(event_id)
        request = EventRequest(
            app_name=app_name,
            function_name=function_name,
            parameters=parameters,
            predecessor_event_ids=predecessor_event_ids,
            event_type=event_type,
            event_id=event_id,
            event_relative_time=event_relative_time,
            event_time=event_time,
            event_time_comparator=event_time_comparator,
        )
        self._check(request, _EDITABLE)
        keeps_id = event_type is former.event_type
        event = self._create_event(request if keeps_id else replace(request, event_id=None))
        take_place(event, former)
        self.events = [item for item in self.events if item.event_id != event_id]
        self._attach(event, request)
        hint_type = hint_type_for(function_of(former), former.event_type)
        self._carry_hints(event_id, hint_type, event.event_id, hint_type_for(function_name, event_type))
        return event

    def delete_event(self, event_id: str) -> None:
        """Take an event, its links and its hint out of the plan; an id that is not there changes nothing."""
        cut(event_id, self._nodes())
        self.events = [event for event in self.events if event.event_id != event_id]
        self._drop_hints(event_id)

    def delete_completed_events(self) -> None:
        """Empty the plan: drop all events and hints.

        What has completed is known to an environment, not to a scenario; its log stays as it is.
        """
        self.events, self.hints = [], []

    def process_events(self, events: Iterable[Any]) -> None:
        """Add exported events (objects, or dicts of the same names), each after its dependencies.

        Raises:
            ValueError: by name, why they cannot be read, ordered or added.
        """
        present = {event.event_id for event in self._nodes()}
        for request in import_order(events, self.scenario_id, present):
            self.add_event(**vars(request))

    def _event_to_edit(self, event_id: str) -> AbstractEvent:
        found = find(event_id, self.events)
        if found is None:
            known = [event.event_id for event in self.events]
            raise EventEditError(
                f"scenario {self.scenario_id!r}: there is no event {event_id!r} to edit; "
                f"name one of the plan, or use add_event.{nearest(event_id, known)}"
            )
        return found

    def _check(self, request: EventRequest, types: tuple[EventType, ...]) -> None:
        if request.event_type not in types:
            allowed = ", ".join(item.value for item in types)
            raise EventEditError(
                f"{self._where(request)} has the type {request.event_type!r}; give one of {allowed}"
            )
        ids, function_name = request.predecessor_event_ids, request.function_name
        self.validate_predecessors(ids, function_name, request.event_type, self.events)
        self.validate_events_dag_aui_single_branch(ids, function_name, self.events, request.event_id)
        self.validate_events_dag_message_to_user_time(
            ids, function_name, request.event_relative_time, request.event_time, request.event_id
        )

    def _attach(self, event: AbstractEvent, request: EventRequest) -> None:
        for event_id in request.predecessor_event_ids:
            link(self._predecessor(event_id, self.events, self._where(request)), event)
        self.events.append(event)
