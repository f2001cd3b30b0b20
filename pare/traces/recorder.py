"""What happens in a run, line by line: turns, prompts, replies, calls, events, notices, failures, the end.

| kind | role | data |
|---|---|---|
| header | | format, version of pare, scenario, run, seed, config hash, start time, and what the runner adds |
| turn, turn_end | | nothing: the line says which turn, and when |
| prompt | who is asked | `messages` that are new, and the `tail` that holds this time only |
| reply | whose model | text, reasoning, calls, tokens, model |
| observation, error | whose call | tool and arguments of a call, and the text that the model reads |
| notice | its reader | type and text |
| event | its type | id, app, class, function, operation, arguments, what it returned or raised; `noise` |
| injected_failure | whose call | tool, arguments, text |
| result | | what the run came to; the last line |

A line holds ``seq`` (0 is the header), ``t`` (simulated seconds since the epoch), ``turn`` (0 before the
first), ``kind``, ``role``, ``data`` and ``wall``. Wall time stands in ``wall`` of a line and in what
begins with ``wall_`` in its data, and nowhere else: runs with equal replies differ in nothing but these.
A line of kind ``event`` has the time at which its call began, so ``t`` may go back where a call waited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from time import perf_counter, time
from typing import TYPE_CHECKING, Any

from pare import __version__
from pare.errors import ToolError
from pare.traces.encoding import encoded
from pare.traces.reader import FORMAT, HEADER, RESULT

if TYPE_CHECKING:  # a reader of traces needs none of them
    from pare.agents.seat import RunLabel
    from pare.kernel.calls import CompletedEvent
    from pare.kernel.environment import Environment
    from pare.tools.app_tool import AppTool
    from pare.tools.toolbox import NoiseHook

Sink = Callable[[bytes], None]
"""Takes lines as they are recorded."""


class TraceRecorder:
    """Notes what happens in `environment` during the run `label`.

    `header` is what else the first line says. `live` gets every line at once; the lines are kept all
    the same.
    """

    def __init__(
        self,
        environment: Environment,
        label: RunLabel,
        header: Mapping[str, Any],
        live: Sink | None = None,
    ) -> None:
        self._environment = environment
        self._header = {"format": FORMAT, "pare": __version__, **asdict(label), **header}
        self._live = live
        self._lines: list[bytes] = []
        self._turn = 0
        self._is_finished = False
        self._began, self._began_at = perf_counter(), time()
        environment.subscribe(self.record_event)

    def record(self, kind: str, role: str, data: Mapping[str, Any]) -> None:
        """Note that something of `kind` happened at `role`; this is what a seat is given."""
        self._add(self._environment.current_time, kind, role, data)

    def turn(self, number: int) -> None:
        """Note that a turn begins; turns count from 1."""
        self._turn = number
        self.record("turn", "", {})

    def turn_ended(self) -> None:
        """Note that the turn is over; what follows lies between turns."""
        self.record("turn_end", "", {})

    def watched(self, noise: NoiseHook, role: str) -> NoiseHook:
        """Give `noise` so that the failures that it puts in the place of calls of `role` are noted."""

        def hook(tool: AppTool, arguments: Mapping[str, Any]) -> None:
            try:
                noise(tool, arguments)
            except ToolError as error:
                call = {"tool": tool._public_name, "arguments": arguments}
                self.record("injected_failure", role, {**call, "text": str(error)})
                raise

        return hook

    def finish(self, result: Mapping[str, Any]) -> None:
        """Note what the run came to; nothing is recorded after that, and a second result is left out."""
        self.record(RESULT, "", result)
        self._is_finished = True

    def lines(self) -> bytes:
        """Give the trace: a header, what happened, and the result if there is one yet."""
        self._begin()
        return b"".join(self._lines)

    def record_event(self, event: CompletedEvent) -> None:
        """Note an event of the environment's log; those that take place from now on come by themselves."""
        time_of_call = event.event_time
        now = self._environment.current_time if time_of_call is None else time_of_call
        self._add(now, "event", event.event_type.value.lower(), event_data(event))

    def _begin(self) -> None:
        """Write the header: at the first line, when the environment knows when its time begins."""
        if not self._lines:
            turn, self._turn = self._turn, 0
            start = self._environment.start_time
            self._append(start, HEADER, "", {"start_time": start, **self._header})
            self._turn = turn

    def _add(self, moment: float, kind: str, role: str, data: Mapping[str, Any]) -> None:
        if not self._is_finished:
            self._begin()
            self._append(moment, kind, role, data)

    def _append(self, moment: float, kind: str, role: str, data: Mapping[str, Any]) -> None:
        line = {
            "seq": len(self._lines),
            "t": moment,
            "turn": self._turn,
            "kind": kind,
            "role": role,
            "data": data,
            "wall": round(self._began_at + perf_counter() - self._began, 3),
        }
        self._lines.append(encoded(line) + b"\n")
        if self._live is not None:
            self._live(self._lines[-1])


def event_data(event: CompletedEvent) -> dict[str, Any]:
    """Give an event as a trace has it."""
    metadata = event.metadata
    operation = getattr(event.action, "operation_type", None)
    data = {
        "id": event.event_id,
        "app": event.app_name(),
        "class": event.app_class_name(),
        "function": event.function_name(),
        "operation": operation,
        "arguments": {name: value for name, value in event.get_args().items() if name != "self"},
        "return": metadata.return_value,
        "exception": metadata.exception,
    }
    if event.is_noise:
        data["noise"] = True
    return data if metadata.exception is None else {**data, "place": metadata.exception_stack_trace}
