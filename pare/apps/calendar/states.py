"""The screens of the calendar app."""

from __future__ import annotations

from pare.apps.calendar.app import CalendarV2
from pare.apps.navigation import AppState, StatefulApp


class AgendaView(AppState["StatefulCalendarApp"]):
    """The events of a range of time."""


class StatefulCalendarApp(StatefulApp, CalendarV2):
    """The calendar with screens; the first one is the agenda of today."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load_root_state()

    def create_root_state(self) -> AgendaView:
        """Make the first screen: the agenda of today."""
        return AgendaView()
