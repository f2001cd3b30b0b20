"""Where `initialize` left a scenario, so that it can go back there and run once more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from pare.apps.base import App
from pare.errors import ScenarioNotInitializedError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.run_context import RunContext
from pare.kernel.serialization import to_plain


class StartingPoint:
    """The ids drawn so far, the states and generators of the apps, and the times that events were given.

    `build_events_flow` may fill apps as well, so it is taken after that.
    """

    def __init__(
        self, run: RunContext, apps: Iterable[App] = (), events: Iterable[AbstractEvent] = ()
    ) -> None:
        self._mark = run.mark()
        self.snapshots = {app.name: snapshot(app) for app in apps}
        self._generators = {app.name: app.stream.mark() for app in apps}
        self._times = {event: event.event_time for event in events}

    def restore_app(self, app: App, scenario_id: str) -> None:
        """Give an app the data that it had.

        Raises:
            ScenarioNotInitializedError: it was not there.
        """
        if app.name not in self.snapshots:
            raise ScenarioNotInitializedError(
                f"app {app.name!r} was not there when scenario {scenario_id!r} was initialised, so there is "
                "nothing to reset it to; call initialize() first"
            )
        state = orjson.loads(self.snapshots[app.name]["serialized_state"])
        app.reset()
        if state is not None:
            app.load_state(state)

    def restore_generator(self, app: App) -> None:
        """Let an app draw again what it drew from here on."""
        app.stream.rewind(self._generators[app.name])

    def restore_times(self, events: Iterable[AbstractEvent]) -> None:
        """Give events the times that they had; one that is new keeps only an absolute time."""
        for event in events:
            if event in self._times:
                event.event_time = self._times[event]
            elif event.event_relative_time is not None:
                event.event_time = None

    def restore_ids(self, run: RunContext) -> None:
        """Let the run draw again what it drew from here on."""
        run.rewind(self._mark)


def snapshot(app: App) -> dict[str, Any]:
    """Give the class of an app and its state as JSON text (``null`` for an app without one)."""
    state = orjson.dumps(app.get_state(), default=to_plain, option=orjson.OPT_NON_STR_KEYS)
    return {"class_name": type(app).__name__, "serialized_state": state.decode()}
