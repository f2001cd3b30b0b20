"""The discrete-event loop: take what is due next, let it happen, record it, see what follows."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from math import inf
from typing import Any

from pare.errors import ValidationException
from pare.kernel.abstract_event import AbstractEvent, StopEvent
from pare.kernel.action import Action, EventMetadata
from pare.kernel.calls import CompletedEvent, Event, OracleEvent, completed
from pare.kernel.checks import AgentValidationEvent, ConditionCheckEvent, ValidationEvent
from pare.kernel.enums import EnvironmentState, EventType
from pare.kernel.execution import Awaited, await_call, make_call
from pare.kernel.frames import MUTED, entered
from pare.kernel.graph import EventGraph
from pare.kernel.log import EventLog
from pare.kernel.placeholders import references
from pare.kernel.queue import Alarm, EventQueue, Poll
from pare.kernel.run_context import RunContext
from pare.kernel.timeline import Timeline
from pare.kernel.watch import Watch

Pending = Coroutine[Any, Any, None] | None
"""What is left of a step: nothing, or the rest of an ``async def`` tool, to be awaited."""

_POLL_TYPES = (EventType.CONDITION, EventType.VALIDATION)


class Simulation(Timeline):
    """Events, a clock, and what has happened so far."""

    def __init__(self, run: RunContext, tick_seconds: float = 1) -> None:
        super().__init__(run, tick_seconds)
        self.state = EnvironmentState.SETUP
        self.oracle_mode = False
        self.failure: ValidationException | None = None
        self.defect: Exception | None = None
        self.event_log = EventLog()
        self.event_queue = EventQueue()
        self.watch = Watch(self)
        self._graph = EventGraph([])
        self._logged = 0
        self.happened = 0
        self._subscribers: list[Callable[[CompletedEvent], None]] = []
        self._handlers: dict[type, Callable[[Any, float], Pending]] = {
            Event: self._process_call,
            OracleEvent: self._process_oracle,
            StopEvent: self._process_stop,
            AgentValidationEvent: self._process_agent_validation,
            Poll: self._process_poll,
            ConditionCheckEvent: self._process_look,
            ValidationEvent: self._process_look,
            Alarm: self._process_alarm,
        }

    def subscribe(self, reader: Callable[[CompletedEvent], None]) -> None:
        """Call `reader` with every event as it completes."""
        self._subscribers.append(reader)

    # -- planning ---------------------------------------------------------------------------------

    def load(self, events: list[AbstractEvent], scenario_id: str = "") -> None:
        """Check the graph of `events` and queue those that wait for nothing.

        Raises:
            EventGraphError: the graph cannot be run.
        """
        graph = EventGraph(events, scenario_id)
        graph.check_times(self.start_time)
        self._graph = graph
        for event in graph.roots():
            self._enqueue(event, self.start_time)

    def call_at(self, time: float, ring: Callable[[], None], label: str) -> Alarm:
        """Call `ring` at simulated `time` (now, if that is past); not logged."""
        alarm = Alarm(label, ring, self.event_queue)
        self.event_queue.push(max(time, self.current_time), alarm)
        return alarm

    def _enqueue(self, event: AbstractEvent, ready_at: float) -> None:
        if isinstance(event, OracleEvent) and not self.oracle_mode:
            return
        time = self._graph.due_time(event, ready_at, self.time_manager.now)
        self.event_queue.push(time, self.watch.poll_for(event) or event)

    def complete(self, event: AbstractEvent, time: float) -> None:
        """Queue what was waiting for `event`, which completed at `time`."""
        for follower, ready_at in self._graph.complete(event, time):
            self._enqueue(follower, ready_at)

    # -- stepping ---------------------------------------------------------------------------------

    def can_step(self, limit: float = inf) -> bool:
        """Tell whether something is due up to `limit` and within the duration."""
        if self.state is not EnvironmentState.RUNNING:
            return False
        time = self.event_queue.next_time()
        return time is not None and time <= min(limit, self.deadline)

    def has_reason(self) -> bool:
        """Tell whether what is queued is a reason to move the clock."""
        return self.event_queue.has_reason(self._logged, self.duration is not None)

    def steps(self, limit: float = inf) -> Iterator[Pending]:
        """Process what is due, one entry a step, while there is a reason to go on."""
        while self.has_reason() and self.can_step(limit):
            yield self.step()

    def due_steps(self, moment: float) -> Iterator[Pending]:
        """Process whatever is due up to `moment`, polls included."""
        while self.can_step(moment):
            yield self.step()

    def step(self) -> Pending:
        """Take the next entry of the queue and let it happen at its time."""
        time, item = self.event_queue.pop()
        self.time_manager.advance_to(time)
        self.happened += type(item) is not Poll and not item.is_noise
        handler = self._handlers.get(type(item)) or self._handler_for(item)
        try:
            return handler(item, time)
        except Exception as error:
            self.break_off(error)
            raise

    def _handler_for(self, item: Any) -> Callable[[Any, float], Pending]:
        for base in type(item).__mro__:
            if base in self._handlers:
                return self._handlers[base]
        raise TypeError(f"an event of type {type(item).__name__} cannot be processed")

    def _process_call(self, event: Event, time: float) -> Pending:
        return self._call(event, event, time, event in self._graph.with_references)

    def _process_oracle(self, event: OracleEvent, time: float) -> Pending:
        call = event.make(self)
        refers = event in self._graph.with_references if event.planned else any(references(call.action.args))
        return self._call(event, call, time, refers)

    def _call(self, plan: AbstractEvent, event: Event, time: float, refers: bool) -> Pending:
        started = self.time_manager.now
        action, outcome = make_call(event.action, refers, self.event_log)
        if isinstance(outcome, EventMetadata):
            self._finish_call(plan, completed(event, action, outcome), (time, started))
            return None
        return self._await_call(plan, event, action, outcome, (time, started))

    async def _await_call(
        self, plan: AbstractEvent, event: Event, action: Action, pending: Awaited, times: tuple[float, float]
    ) -> None:
        outcome = await await_call(pending)
        self._finish_call(plan, completed(event, action, outcome), times)

    def _finish_call(self, plan: AbstractEvent, record: CompletedEvent, times: tuple[float, float]) -> None:
        time, started = times
        record.event_time = time
        self.record(record)
        self.complete(plan, time + (self.time_manager.now - started))

    def _process_stop(self, event: StopEvent, time: float) -> None:  # noqa: ARG002 - one shape for all
        self.stop()

    def _process_alarm(self, alarm: Alarm, time: float) -> None:  # noqa: ARG002
        alarm.rung = True
        with entered(MUTED):
            alarm.ring()

    def _process_poll(self, poll: Poll, time: float) -> None:
        poll.event.event_time = time
        poll.seen = self._logged
        try:
            next_time = poll.look(poll, time)
        except ValidationException as error:
            self.fail(error)
        else:
            if next_time is not None:
                self.event_queue.push(next_time, poll)

    def _process_look(self, event: AbstractEvent, time: float) -> None:
        """Begin to look as `event` says: somebody has put it into the queue by hand."""
        poll = self.watch.poll_for(event)
        if poll is not None:
            self._process_poll(poll, time)

    def _process_agent_validation(self, event: AgentValidationEvent, time: float) -> None:
        expiry = self.watch.begin(event, time)
        if expiry is not None:
            self.event_queue.push(*expiry)

    # -- recording and ending ---------------------------------------------------------------------

    def record(self, event: CompletedEvent) -> None:
        """Append to the log, let the guards over the agent look at it, tell the subscribers."""
        self.event_log.events.append(event)
        if event.event_type not in _POLL_TYPES and not event.is_noise:
            self._logged += 1
        if self.watch.validators and event.event_type is EventType.AGENT:
            try:
                self.watch.judge(event)
            except ValidationException as error:
                self.fail(error)
        for reader in self._subscribers:
            reader(event)

    def fail(self, error: ValidationException) -> None:
        """End the run as FAILED because of `error`."""
        self.failure = self.failure or error
        self.stop(EnvironmentState.FAILED)

    def break_off(self, error: Exception) -> None:
        """End the run because of `error`, which is the scenario's own.

        It may pass the border of a call that was waiting; `raise_defect` raises it again behind that.
        """
        self.defect = self.defect or error
        self.stop()

    def raise_defect(self) -> None:
        """Raise what broke the run off, if anything did."""
        if self.defect is not None:
            raise self.defect

    def stop(self, final_state: EnvironmentState = EnvironmentState.STOPPED) -> None:
        """End the run; what is still queued never happens. A run that failed stays failed."""
        if self.state is not EnvironmentState.FAILED:
            self.state = final_state
