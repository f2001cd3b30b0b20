"""A run as a person reads it: user, agent and world on the axis of simulated time, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from pare.reporting.untrusted import elapsed, moment, safe, shortened, text_in, text_of
from pare.reporting.verdict import verdict_rows
from pare.traces.reader import Record, Trace
from pare.traces.world_logs import arguments_in, made_by, thought_of

_STYLES = {"user": "cyan", "observe": "blue", "execute": "magenta", "agent": "magenta", "world": "green"}
_TIME_WIDTH, _ROLE_WIDTH = 10, 8

_ORIGINS = {"AGENT_MESSAGE": "from the agent: ", "USER_MESSAGE": "from the user: "}
_LOOKS = ("condition", "validation")

MOST_CHARACTERS = {"thought": 700, "observation": 240, "argument": 400, "notice": 160, "other": 160}
"""How much of each is shown, unless all is asked for."""


@dataclass(frozen=True)
class View:
    """What of a trace is shown: one turn only, the prompts as well, texts in full."""

    turn: int | None = None
    prompts: bool = False
    full: bool = False

    def cut(self, text: str, what: str) -> str:
        """Give as much of a text as is shown; several lines become one, except of a thought."""
        if self.full:
            return text.strip()
        return shortened(text.strip() if what == "thought" else " ".join(text.split()), MOST_CHARACTERS[what])


def show_trace(trace: Trace, view: View, console: Console) -> None:
    """Print a run from its header to its verdict."""
    printer = TrajectoryPrinter(view, console)
    for record in (trace.header, *trace.records):
        printer.add(record)
    printer.end(trace.result, is_torn=trace.is_torn)


class TrajectoryPrinter:
    """Prints records as they come."""

    def __init__(self, view: View, console: Console) -> None:
        self._view, self._console = view, console
        self._start = 0.0
        self._call: Record | None = None
        self._labels = ("", "")
        self._printers = {
            "header": self._header,
            "turn": self._turn,
            "prompt": self._prompt,
            "reply": self._reply,
            "observation": self._outcome,
            "error": self._outcome,
            "notice": self._notice,
            "injected_failure": self._injected,
            "event": self._event,
        }

    def add(self, record: Record) -> None:
        """Print a record; a call waits for what was observed, and is shown with it."""
        call, self._call = self._call, None
        if call is not None and made_by([call, record], 1) is None:
            self._event(call)
        if self._view.turn not in (None, record.turn) and record.kind != "header":
            return
        if record.kind == "event" and record.role in ("user", "agent"):
            self._call = record
        elif record.kind != "turn_end":
            self._printers.get(record.kind, self._unknown)(record)

    def end(self, result: Record | None, *, is_torn: bool = False) -> None:
        """Print the verdict, or why there is none."""
        if self._call is not None:
            self._event(self._call)
        if is_torn:
            self._console.print(Text("\nThe last line is torn: it was left out.", "yellow"))
        if result is None:
            text = "\nThere is no result: the run was cut off, or it still goes on (watch it with --follow)."
            self._console.print(Text(text, "yellow"))
            return
        self._rule(f"end · {moment(result.t)}")
        rows = [(safe(shortened(row[0], 30)), *row[1:]) for row in verdict_rows(result.data)]
        width = max(len(label) for label, *_ in rows)
        for label, text, style in rows:
            self._wrapped(Text(f"{label:{width}}  ", "dim"), Text(safe(text), style))

    def _header(self, record: Record) -> None:
        data = record.data
        self._start = record.t
        title = Text(safe(text_of(data, "scenario_id")), "bold")
        self._console.print(title.append(safe(f" · run {text_of(data, 'run_number')}"), "not bold"))
        begin = f"from {moment(record.t)} UTC"
        known = [(name.replace("_", " "), text_of(data, name)) for name in ("seed", "config_hash")]
        facts = [begin, *(f"{name} {text}" for name, text in known if text), *_listed(data.get("tags"))]
        for line in (_models(data.get("models")), facts):
            self._console.print(Text(safe(" · ".join(line)), "dim"), end="\n" if line else "")

    def _turn(self, record: Record) -> None:
        self._rule(f"turn {record.turn} · {moment(record.t)}")

    def _rule(self, title: str) -> None:
        self._console.print()
        self._console.print(Rule(Text(title, "bold"), align="left", style="dim"))
        self._labels = ("", "")

    # -- what is told, said and done -----------------------------------------------------------------

    def _prompt(self, record: Record) -> None:
        if not self._view.prompts:
            return
        messages = record.data.get("messages")
        for message in messages if isinstance(messages, list) else []:
            told = message if isinstance(message, Mapping) else {"content": message}
            self._told(record, f"prompt, {text_of(told, 'role')}", text_of(told, "content"))
        if tail := text_of(record.data, "tail"):
            self._told(record, "prompt, this time only", tail)

    def _told(self, record: Record, label: str, text: str) -> None:
        self._row(
            record.t,
            record.role,
            Text(safe(f"▏{label}\n"), "dim italic").append(safe(text), "dim not italic"),
        )

    def _reply(self, record: Record) -> None:
        data = record.data
        if reasoning := self._view.cut(text_of(data, "reasoning"), "thought"):
            self._row(record.t, record.role, Text(safe(reasoning), "dim italic"))
        thought = self._view.cut(thought_of(record), "thought")
        if thought or not data.get("calls"):
            self._row(record.t, record.role, Text(safe(thought) or "(says nothing)"))

    def _outcome(self, record: Record) -> None:
        data, failed = record.data, record.kind == "error"
        if data.get("tool") is not None:
            self._row(record.t, record.role, self._called("→ ", text_of(data, "tool"), data.get("arguments")))
        mark, style = ("✗", "red") if failed else ("←", "dim")
        text = self._view.cut(text_of(data, "text"), "observation")
        self._row(record.t, record.role, Text(f"{mark} {safe(text)}", style))

    def _notice(self, record: Record) -> None:
        text, origin = text_of(record.data, "text"), _ORIGINS.get(text_of(record.data, "type"), "")
        if origin:  # a message, of which what was written is enough
            text = text.partition("Message: ")[2].partition("\nAlready read: ")[0] or text
        self._row(record.t, record.role, Text(safe(f"✉ {origin}{self._view.cut(text, 'notice')}"), "dim"))

    def _injected(self, record: Record) -> None:
        call = self._called("→ ", text_of(record.data, "tool"), record.data.get("arguments"))
        self._row(record.t, record.role, call.append("  made to fail", "yellow not bold"))

    def _event(self, record: Record) -> None:
        data, error = record.data, text_of(record.data, "exception")
        name = ".".join(filter(None, (text_of(data, "app"), text_of(data, "function"))))
        call = self._called("", name, data.get("arguments"))
        if record.role in _LOOKS:
            if not (_holds(data.get("return")) or error):
                return  # there is one every tick
            call = Text(safe(f"{record.role} holds: {name}"))
        if error:
            call.append(safe(f"\n✗ {error}"), "red not bold")
        self._row(record.t, record.role if record.role in ("user", "agent") else "world", call)

    def _unknown(self, record: Record) -> None:
        text = self._view.cut(f"{record.kind} {text_in(record.data)}", "other")
        self._row(record.t, record.role, Text(safe(text), "dim"))

    # -- rows ----------------------------------------------------------------------------------------

    def _row(self, t: float, role: str, content: Text) -> None:
        """Print a row; time and role are shown where one of them changes."""
        labels = (elapsed(t - self._start), role)
        time = "" if labels[0] == self._labels[0] else labels[0]
        name = "" if labels == self._labels else role
        self._labels = labels
        margin = Text().append(time.rjust(_TIME_WIDTH), "dim")
        margin.append(f" {safe(name)[:_ROLE_WIDTH]:{_ROLE_WIDTH}} ", _STYLES.get(role, "bold"))
        self._wrapped(margin, content)

    def _wrapped(self, margin: Text, content: Text) -> None:
        """Print `content` beside `margin`, in as many lines as it takes."""
        width = max(self._console.width - margin.cell_len, 20)
        for line in content.wrap(self._console, width, overflow="fold"):
            line.rstrip()
            self._console.print(Text().append_text(margin).append_text(line), soft_wrap=True)
            margin = Text(" " * margin.cell_len)

    def _called(self, mark: str, tool: str, arguments: Any) -> Text:
        return Text(mark).append(safe(tool), "bold").append(f"({', '.join(self._arguments(arguments))})")

    def _arguments(self, written: Any) -> Iterator[str]:
        arguments = arguments_in(written)
        if not isinstance(arguments, Mapping):
            yield safe(self._view.cut(text_in(arguments), "argument"))
            return
        for name, value in arguments.items():
            if value is not None:
                shown = self._view.cut(text_in(value), "argument")
                yield safe(f'{name}="{shown}"' if isinstance(value, str) else f"{name}={shown}")


def _holds(value: Any) -> bool:
    return bool(value.get("success") if isinstance(value, Mapping) else value)


def _listed(value: Any) -> list[str]:
    return [text_in(item) for item in value] if isinstance(value, list) else []


def _models(value: Any) -> list[str]:
    """Name the model of each role, by its alias."""
    if not isinstance(value, Mapping):
        return []
    names = {
        role: text_of(item, "alias") if isinstance(item, Mapping) else text_in(item)
        for role, item in value.items()
    }
    return [f"{role} {name}" for role, name in names.items() if name]
