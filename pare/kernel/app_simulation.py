"""A simulation with apps on it: registration, look-up, alarms, notices and waiting for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pare.errors import AsyncToolError, UnknownAppError, nearest
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EnvironmentState
from pare.kernel.execution import discard
from pare.kernel.host import AGENT, NotificationSystem
from pare.kernel.run_context import RunContext
from pare.kernel.simulation import Pending, Simulation

CHECKPOINT_EVERY = 32
"""Steps between two checkpoints of the asynchronous driver: a few hundred microseconds of CPU."""

_MOVING = (EnvironmentState.SETUP, EnvironmentState.RUNNING)


class AppSimulation(Simulation):
    """Apps that share a clock and a log, and can ask for alarms and for a wait."""

    def __init__(
        self,
        run: RunContext | None = None,
        tick_seconds: float = 1,
        notification_system: NotificationSystem | None = None,
    ) -> None:
        super().__init__(run or RunContext(), tick_seconds)
        self.apps: dict[str, Any] = {}
        self.protocol_to_app: dict[Any, Any] = {}
        self.notification_system = notification_system
        self.asynchronous = False
        if notification_system is not None:
            notification_system.initialize(self.time_manager)
            self.subscribe(notification_system.handle_event)

    def use_run(self, run: RunContext) -> None:
        """Take ids, randomness and clock from `run` from now on."""
        self.run_context = run
        self.time_manager = run.clock
        if self.notification_system is not None:
            self.notification_system.initialize(run.clock)

    def register_apps(self, apps: list[Any]) -> None:
        """Put `apps` on the phone: one clock, one log, protocols connected (the first provider wins)."""
        for app in apps:
            app.run = self.run_context
            app.register_time_manager(self.time_manager)
            app.register_to_env("environment", self.add_to_log)
            app.connect_to_host(self)
            for protocol in app.get_implemented_protocols():
                self.protocol_to_app.setdefault(protocol, app)
            self.apps[app.name] = app
        for app in self.apps.values():
            app.connect_to_protocols(self.protocol_to_app)

    def has_app(self, app_name: str) -> bool:
        """Tell whether an app of that name is on the phone."""
        return app_name in self.apps

    def get_app(self, app_name: str) -> Any:
        """Give the app of that name.

        Raises:
            KeyError: there is none.
        """
        if app_name not in self.apps:
            known = ", ".join(self.apps) or "none"
            raise UnknownAppError(
                f"there is no app {app_name!r} on the phone (apps: {known}).{nearest(app_name, self.apps)}"
            )
        return self.apps[app_name]

    def get_app_with_class(self, app_class: type[Any]) -> Any:
        """Give the first registered app of a class, or None."""
        return next((app for app in self.apps.values() if isinstance(app, app_class)), None)

    def get_tools_by_app(self) -> dict[str, list[Any]]:
        """Give the agent's tools of each app."""
        return {name: app.get_tools() for name, app in self.apps.items()}

    def get_tools(self) -> list[Any]:
        """Give the agent's tools of all apps, in the order of registration."""
        return [tool for tools in self.get_tools_by_app().values() for tool in tools]

    def get_user_tools_by_app(self) -> dict[str, list[Any]]:
        """Give the user's tools of each app."""
        return {name: app.get_user_tools() for name, app in self.apps.items()}

    def get_user_tools(self) -> list[Any]:
        """Give the user's tools of all apps, in the order of registration."""
        return [tool for tools in self.get_user_tools_by_app().values() for tool in tools]

    def add_to_log(self, events: CompletedEvent | list[CompletedEvent]) -> None:
        """Record calls that were made outside the plan: an agent's, or a user's."""
        for event in events if isinstance(events, list) else [events]:
            self.record(event)

    def get_event_log_size(self) -> int:
        """Count what has happened."""
        return len(self.event_log)

    def get_event_queue_length(self) -> int:
        """Count what is queued."""
        return len(self.event_queue)

    def get_next_event_time(self) -> float | None:
        """Give the due time of the next queued event, or None."""
        return self.event_queue.next_time()

    def post_notice(self, text: str) -> None:
        """Put a notice from an app itself into every inbox."""
        if self.notification_system is not None:
            self.notification_system.handle_notice(text)

    def wait_for_notification(self, timeout: float, text: str, reader: str = AGENT) -> Any:
        """Move the clock to the first unread notice of `reader`, at once if there is one.

        Otherwise it moves `timeout` seconds on and `text` is posted to `reader`; never past the
        duration. What falls due on the way happens. Under the asynchronous driver this gives a
        coroutine.
        """
        steps = self._waiting_steps(timeout, text, reader)
        if self.asynchronous:
            return self.drive(steps)
        self.exhaust(steps)
        return None

    def exhaust(self, steps: Iterator[Pending]) -> None:
        """Take `steps` one after the other, without a loop.

        Raises:
            AsyncToolError: one of them is an ``async def`` tool.
        """
        for pending in steps:
            if pending is not None:
                discard(pending)
                text = "an `async def` tool was called; only the asynchronous driver (run_async) can run it"
                self.break_off(AsyncToolError(text))
                self.raise_defect()

    async def drive(self, steps: Iterator[Pending]) -> None:
        """Take `steps` on the event loop, with a checkpoint every few of them."""
        from anyio.lowlevel import checkpoint  # noqa: PLC0415 - 60 ms that synchronous users never need

        await checkpoint()
        with self.run_context.active():
            for count, pending in enumerate(steps, 1):
                if pending is not None:
                    await pending
                if count % CHECKPOINT_EVERY == 0:
                    await checkpoint()

    async def jump_async(self, stop_at_noise: bool = False) -> bool:
        """Go on to the scenario's own next event and let its instant pass; tell whether anything happened.

        Polls and noise on the way are processed. Noise is no reason to move the clock, but with
        `stop_at_noise` the way ends where some happens.
        """
        before = self._happened(stop_at_noise)
        await self.drive(self.jumping_steps(stop_at_noise))
        self.raise_defect()
        return self._happened(stop_at_noise) > before

    def jumping_steps(self, stop_at_noise: bool = False) -> Iterator[Pending]:
        """Go on past polls and noise until something else has happened, and let its instant pass."""
        before = self._happened(stop_at_noise)
        for pending in self.steps():
            yield pending
            if self._happened(stop_at_noise) > before:
                break
        yield from self.due_steps(self.current_time)

    def _waiting_steps(self, timeout: float, text: str, reader: str) -> Iterator[Pending]:
        expires = self.current_time + timeout
        limit = min(expires, self.deadline)
        yield from self.due_steps(self.current_time)
        while not self._has_unread(reader) and self.can_step(limit):
            moment = self.event_queue.next_time()
            yield from self.due_steps(moment if moment is not None else limit)
        if self._has_unread(reader) or self.state not in _MOVING:
            return
        self.time_manager.advance_to(limit)
        if limit == expires and self.notification_system is not None:
            self.notification_system.handle_notice(text, reader)

    def _happened(self, with_noise: bool) -> int:
        return self.happened + (self.event_queue.noise_taken if with_noise else 0)

    def _has_unread(self, reader: str) -> bool:
        return self.notification_system is not None and self.notification_system.has_unread(reader)
