"""An app of the author's own, with screens, as PARE's apps are made; the scenario is beside it."""

from __future__ import annotations

from typing import Any

from are.simulation.apps.app import App
from are.simulation.tool_utils import OperationType, app_tool, env_tool
from are.simulation.types import CompletedEvent, EventType, event_registered

from pare.apps.core import AppState, StatefulApp
from pare.apps.tool_decorators import pare_event_registered, user_tool


class BedList(AppState):
    def on_enter(self) -> None:
        pass

    def on_exit(self) -> None:
        pass

    @user_tool()
    @pare_event_registered()
    def list_beds(self) -> dict[str, int]:
        """List the beds with the degrees of each."""
        return dict(self.app.beds)

    @user_tool()
    @pare_event_registered()
    def open_bed(self, bed: str) -> int:
        """Open a bed.

        Args:
            bed: the name of the bed
        """
        return self.app.beds[bed]


class BedView(AppState):
    def __init__(self, bed: str) -> None:
        super().__init__()
        self.bed = bed

    def on_enter(self) -> None:
        pass

    def on_exit(self) -> None:
        pass

    @user_tool()
    @pare_event_registered(operation_type=OperationType.WRITE)
    def water(self) -> str:
        """Water the bed."""
        return f"{self.bed} is wet"


class GreenhouseBackend(App):
    def __init__(self, name: str | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(name)
        self.beds: dict[str, int] = {"tomatoes": 19}

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_beds(self) -> dict[str, int]:
        """Give the beds with the degrees of each."""
        return dict(self.beds)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def heat(self, bed: str, degrees: int) -> str:
        """Heat a bed.

        Args:
            bed: the name of the bed
            degrees: how warm it shall be
        """
        self.beds[bed] = degrees
        return f"{bed}: {degrees}"

    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def frost(self, bed: str) -> None:
        """A bed freezes.

        Args:
            bed: the name of the bed
        """
        self.beds[bed] = 0


class StatefulGreenhouseApp(StatefulApp, GreenhouseBackend):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.load_root_state()

    def get_state(self) -> dict[str, Any]:
        return {"beds": self.beds}

    def load_state(self, state_dict: dict[str, Any]) -> None:
        self.beds = state_dict["beds"]

    def create_root_state(self) -> BedList:
        return BedList()

    def handle_state_transition(self, event: CompletedEvent) -> None:
        if event.function_name() == "open_bed":
            self.set_current_state(BedView(event.action.args["bed"]))
