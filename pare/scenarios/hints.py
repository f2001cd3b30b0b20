"""Hints: texts for the author of a scenario, each beside the event that it explains."""

from __future__ import annotations

from pare.errors import EventEditError, nearest
from pare.kernel.enums import EventType, Hint, HintType
from pare.scenarios.messages import MESSAGE_TO_AGENT


def hint_type_for(function_name: str | None, event_type: EventType) -> HintType | None:
    """Give the type of hint that an event asks for: tasks and what happens on the phone have one."""
    if function_name == MESSAGE_TO_AGENT:
        return HintType.TASK_HINT
    return HintType.ENVIRONMENT_HINT if event_type is EventType.ENV else None


class EventHints:
    """The part of a scenario that keeps hints in step with its plan."""

    hints: list[Hint] | None
    scenario_id: str

    def edit_hint_content(self, event_id: str, content: str) -> None:
        """Set the text of the hint for the event `event_id`.

        Raises:
            EventEditError: that event has no hint.
        """
        found = self._hints_of(event_id)
        if not found:
            known = [hint.associated_event_id for hint in self.hints or ()]
            raise EventEditError(
                f"scenario {self.scenario_id!r}: event {event_id!r} has no hint; name an event that has one "
                f"({', '.join(known) or 'there is none'}).{nearest(event_id, known)}"
            )
        found[0].content = content

    def _hints_of(self, event_id: str) -> list[Hint]:
        return [hint for hint in self.hints or () if hint.associated_event_id == event_id]

    def _add_hint(self, hint_type: HintType | None, event_id: str) -> None:
        """Add an empty hint, if the event asks for one and has none."""
        if hint_type is not None and not self._hints_of(event_id):
            self.hints = self.hints or []
            self.hints.append(Hint(hint_type, "", event_id))

    def _drop_hints(self, event_id: str) -> None:
        self.hints = [hint for hint in self.hints or () if hint.associated_event_id != event_id]

    def _carry_hints(self, event_id: str, former: HintType | None, new_id: str, now: HintType | None) -> None:
        """Let the hints of an edited event follow it; one that no longer fits, or is ENV's, starts anew."""
        if former is not None and (former is not now or now is HintType.ENVIRONMENT_HINT):
            self._drop_hints(event_id)
        for hint in self._hints_of(event_id):
            hint.associated_event_id = new_id
        self._add_hint(now, new_id)
