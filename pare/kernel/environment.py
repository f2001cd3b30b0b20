"""The environment: apps, events and a simulated clock, driven with or without an event loop.

Nothing here sleeps or reads the machine's clock. The synchronous face (`run`, `start`, `tick`,
`join`) and the asynchronous one (`run_async`) take the same steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Literal

from pare.errors import (
    ConfigError,
    EnvironmentStateError,
    ScenarioError,
    ScenarioNotInitializedError,
    ValidationException,
)
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.app_simulation import AppSimulation
from pare.kernel.calls import CompletedEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import EnvironmentState, EnvironmentType
from pare.kernel.face import PublishedFace
from pare.kernel.host import NotificationSystem, RunnableScenario
from pare.kernel.run_context import RunContext

AbstractEnvironment = AppSimulation
"""What conditions, milestones and validators are handed: any simulation with apps."""

EndReason = Literal["no_events", "condition_never_met", "duration", "stopped", "failed"]


@dataclass
class EnvironmentConfig:
    """How an environment runs. Times are in seconds.

    A `start_time` of None takes the scenario's. `duration` and the increment are the scenario's as
    soon as one runs.
    """

    start_time: float | None = None
    duration: float | None = 60
    time_increment_in_seconds: int = 1
    oracle_mode: bool = False
    exit_when_no_events: bool = False
    queue_based_loop: bool = False

    def __post_init__(self) -> None:
        if self.time_increment_in_seconds < 1:
            raise ConfigError(
                f"time_increment_in_seconds is {self.time_increment_in_seconds}; it must be 1 or more"
            )
        if self.queue_based_loop and not self.oracle_mode:
            raise ConfigError("queue_based_loop needs oracle_mode=True")


class Environment(PublishedFace):
    """A phone in simulated time: register apps, schedule events or run a scenario, look at the log."""

    def __init__(
        self,
        config: EnvironmentConfig | None = None,
        environment_type: EnvironmentType = EnvironmentType.UNKNOWN,
        notification_system: NotificationSystem | None = None,
        add_event_to_agent_log: Callable[[CompletedEvent], None] | None = None,
    ) -> None:
        self.config = config or EnvironmentConfig()
        run = RunContext(0, self.config.start_time or 0.0)
        super().__init__(run, self.config.time_increment_in_seconds, notification_system)
        self.environment_type = environment_type
        self.duration = self.config.duration
        self.oracle_mode = self.config.oracle_mode
        self.events_to_schedule: list[AbstractEvent] = []
        self.end_reason: EndReason | None = None
        self._scenario_id = ""
        if add_event_to_agent_log is not None:
            self.subscribe(add_event_to_agent_log)

    def schedule(self, events: AbstractEvent | list[AbstractEvent]) -> None:
        """Plan events for `start`.

        Raises:
            EnvironmentStateError: the environment has started already.
        """
        if self.state is not EnvironmentState.SETUP:
            raise EnvironmentStateError("events are scheduled before the environment starts")
        self.events_to_schedule.extend(events if isinstance(events, list) else [events])

    def start(self, debug: bool = False) -> None:  # noqa: ARG002 - published; levels are set where logs are
        """Arm the environment: check and queue what was scheduled; no time passes.

        Raises:
            EnvironmentStateError: it is paused, or has ended.
            EventGraphError: the events cannot be run.
        """
        if self.state is EnvironmentState.RUNNING:
            return
        if self.state is not EnvironmentState.SETUP:
            raise EnvironmentStateError(f"the environment is in state {self.state.value}; it starts once")
        self.prepare_events_for_start()
        self.state = EnvironmentState.RUNNING

    def prepare_events_for_start(self) -> None:
        """Check what was scheduled, and queue what waits for nothing.

        Raises:
            EventGraphError: the events cannot be run.
        """
        self.load(self.events_to_schedule, self._scenario_id)

    def load_scenario(self, scenario: RunnableScenario, schedule_events: bool = True) -> None:
        """Take over a scenario's run, apps, duration and events, and start.

        Raises:
            ScenarioNotInitializedError: ``scenario.initialize()`` has not been called.
            EventGraphError: its events cannot be run.
        """
        if not getattr(scenario, "_initialized", True):
            raise ScenarioNotInitializedError(
                f"scenario {scenario.scenario_id!r} is not initialised; call scenario.initialize() first"
            )
        if self.state is not EnvironmentState.SETUP:
            raise EnvironmentStateError("an environment runs one scenario; make a new one for the next")
        if scenario.time_increment_in_seconds < 1:
            raise ScenarioError(
                f"scenario {scenario.scenario_id!r} has a time_increment_in_seconds of "
                f"{scenario.time_increment_in_seconds}; it must be 1 or more"
            )
        self._adopt_run(scenario)
        self._scenario_id = scenario.scenario_id
        self.duration = scenario.duration
        self.time_increment_in_seconds = scenario.time_increment_in_seconds
        self.register_apps(scenario.apps)
        if schedule_events:
            self.schedule(list(scenario.events))
        self.start()

    def run(
        self, scenario: RunnableScenario, wait_for_end: bool = True, schedule_events: bool = True
    ) -> None:
        """Load `scenario` and, if `wait_for_end`, take all its steps."""
        self.load_scenario(scenario, schedule_events)
        if wait_for_end:
            self.join()

    async def run_async(self, scenario: RunnableScenario) -> None:
        """Load `scenario` and take all its steps, with checkpoints; ``async def`` tools are awaited."""
        self.asynchronous = True
        self.load_scenario(scenario)
        await self.drive(self.steps())
        self.finish()

    def _adopt_run(self, scenario: RunnableScenario) -> None:
        run: RunContext | None = getattr(scenario, "run_context", None)
        if run is not None:
            self.use_run(run)
        start_time = scenario.start_time if self.config.start_time is None else self.config.start_time
        self.time_manager.reset(start_time)

    def advance(self, until: float = inf) -> None:
        """Take the steps that are due up to the moment `until`, and move the clock there."""
        with self.run_context.active():
            self.exhaust(self.due_steps(until) if until < inf else self.steps())
        self.raise_defect()
        if self.state is EnvironmentState.RUNNING and until < inf:
            self.time_manager.advance_to(min(until, self.deadline))

    async def advance_async(self, until: float) -> None:
        """Do what `advance` does on the event loop."""
        await self.drive(self.due_steps(until))
        self.raise_defect()
        if self.state is EnvironmentState.RUNNING:
            self.time_manager.advance_to(min(until, self.deadline))

    def tick(self) -> None:
        """Process what is due now."""
        self.advance(self.current_time)

    def join(self) -> None:
        """Take all steps that are left, then make the final checks.

        Raises:
            EnvironmentStateError: it was not started, or is paused.
        """
        if self.state in (EnvironmentState.SETUP, EnvironmentState.PAUSED):
            raise EnvironmentStateError(
                f"the environment is in state {self.state.value}; nothing would happen"
            )
        self.advance()
        self.finish()

    def finish(self) -> None:
        """End the run: name the reason, make the final checks, tell the readers.

        A run that is paused goes on later and does not end here.
        """
        self.raise_defect()
        if self.end_reason is not None or self.state is EnvironmentState.PAUSED:
            return
        self.end_reason = self._reason_to_end()
        following = self.event_queue.next_time()
        if self.state is EnvironmentState.RUNNING and following is not None and following > self.deadline:
            self.time_manager.advance_to(self.deadline)
        try:
            self.final_validation_checks()
        except ValidationException as error:
            self.fail(error)
        self.stop()

    def _reason_to_end(self) -> EndReason:
        if self.state is EnvironmentState.FAILED:
            return "failed"
        if self.state is EnvironmentState.STOPPED:
            return "stopped"
        if self.event_queue.next_item_time() is not None:
            return "duration"
        waiting = any(isinstance(poll.event, ConditionCheckEvent) for poll in self.event_queue.polls())
        if waiting or self.watch.unmet_conditions:
            return "condition_never_met"
        return "duration" if self.has_reason() else "no_events"

    def final_validation_checks(self) -> None:
        """Insist that every milestone was reached that is waited for.

        Raises:
            ValidationException: one was not.
        """
        self.watch.final_checks()

    def stop(self, final_state: EnvironmentState = EnvironmentState.STOPPED) -> None:
        """End the run; what is still queued never happens."""
        if self.notification_system is not None and self.state is EnvironmentState.RUNNING:
            self.notification_system.handle_stop()
        super().stop(final_state)

    def pause(self) -> None:
        """Let nothing happen until `resume`."""
        if self.state is EnvironmentState.RUNNING:
            self.time_manager.pause()
            self.state = EnvironmentState.PAUSED

    def resume(self) -> None:
        """Go on after `pause`."""
        if self.state is EnvironmentState.PAUSED:
            self.time_manager.resume()
            self.state = EnvironmentState.RUNNING

    def resume_with_offset(self, offset: float) -> None:
        """Go on after `pause`, `offset` seconds later; what fell due meanwhile happens now."""
        if self.state is EnvironmentState.PAUSED:
            self.resume()
            self.advance(self.current_time + offset)
