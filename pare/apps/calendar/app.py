"""The calendar of the phone: the tools and the screens together."""

from __future__ import annotations

from datetime import UTC, datetime

from pare.apps.calendar.model import DATETIME_FORMAT
from pare.apps.calendar.states import AgendaView, day_range
from pare.apps.calendar.tools import CalendarScreensApp

__all__ = ["DATETIME_FORMAT", "StatefulCalendarApp"]


class StatefulCalendarApp(CalendarScreensApp):
    """The calendar with screens; the first one is the agenda of today."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load_root_state()

    def create_root_state(self) -> AgendaView:
        """Make the first screen: the agenda of today, in UTC."""
        return AgendaView(**day_range(datetime.fromtimestamp(self.now(), UTC).date()))
