"""The logs of a run's agents, as the published format has them, made from what was recorded.

Each call of an agent becomes its published sequence: what it was told, the whole prompt, the reply, the
thought, the call, the action, and what was observed. Ids are derived from the run and the place in the
trace; every time is simulated, so what took the model a while took it its generation time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson

from pare.agents.parsing import Decision, parse_react_json
from pare.traces.encoding import encoded
from pare.traces.reader import Record

Log = dict[str, Any]

NOBODY = "unknown"
"""The agent id of an action: the environment logs it, whoever made the call."""

_TASK, _OUTPUT = "[TASK]:\n", "[OUTPUT OF STEP "
_BLOCKS = {
    "Environment notifications updates:": "environment_notifications",
    "[User Actions]:": "user_action",
    "Available Actions from current state:": "available_tools",
    "Current app state:": "current_app_state",
}
_FENCE = "\n***\n"
_CALLERS = {"user": "user"}
"""Whose events a role's calls are; the agent's, if nothing is said."""


def world_logs(header: Record, records: Sequence[Record]) -> list[Log]:
    """Give the logs of all agents in the order in which they arose."""
    run = "\x1f".join(str(header.data.get(name)) for name in ("scenario_id", "run_number", "config_hash"))
    return list(_Rebuilding(run).logs(records))


@dataclass
class _Seated:
    """What is known of a role at some point: its prompt so far, its reply, the calls of this turn."""

    agent_id: str
    history: list[Log] = field(default_factory=list)
    turn: int = -1
    iteration: int = 0
    reply: Record | None = None
    last_reply: Record | None = None


class _Rebuilding:
    """Goes through the records of `run` once and gives the logs."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._roles: dict[str, _Seated] = {}
        self._count = 0

    def logs(self, records: Sequence[Record]) -> Iterator[Log]:
        """Give the logs of `records`."""
        for index, record in enumerate(records):
            if record.kind == "event" and not self._is_answered(records, index):
                yield from self._action(record)
            elif record.kind == "prompt":
                yield from self._prompt(record)
            elif record.kind == "reply":
                yield from self._reply(record)
            elif record.kind in ("observation", "error"):
                yield from self._outcome(record, made_by(records, index))
        for role, seated in self._roles.items():
            if seated.reply is not None:
                yield from self._said(role, seated.reply, records[-1].t)

    def _is_answered(self, records: Sequence[Record], index: int) -> bool:
        """Tell whether an event is the call of an observation that follows it, and comes with that."""
        return index + 1 < len(records) and made_by(records, index + 1) is records[index]

    # -- what an agent is told ---------------------------------------------------------------------

    def _prompt(self, record: Record) -> Iterator[Log]:
        seated = self._seated(record.role)
        yield from self._unanswered(record)
        told = list(self._told(record, seated))
        order = {"system_prompt": 0, "task": 1}
        early = sorted(
            (log for log in told if log["log_type"] in order), key=lambda log: order[log["log_type"]]
        )
        if record.turn != seated.turn:
            seated.turn, seated.iteration = record.turn, 0
            if not any(log["log_type"] == "task" for log in early):
                early.append(self._log(record, "task", content="", attachments=[]))
        yield from early
        yield self._log(record, "step", iteration=seated.iteration)
        seated.iteration += 1
        yield from (log for log in told if log["log_type"] not in order)
        tail = _texts(record.data.get("tail"))
        yield from (self._block(record, text) for text in tail)
        now = [_message("user", text) for text in tail]
        yield self._log(record, "llm_input", content=[*seated.history, *now])

    def _told(self, record: Record, seated: _Seated) -> Iterator[Log]:
        """Add what is new in a prompt to the history, and give what of it is a log of its own."""
        for message in record.data.get("messages", ()):
            role, content = str(message.get("role")), str(message.get("content"))
            if role == "system":
                seated.history.clear()
                yield self._log(record, "system_prompt", content=content)
            elif content.startswith(_TASK):
                yield self._log(record, "task", content=content[len(_TASK) :], attachments=[])
            elif role == "user" and not content.startswith(_OUTPUT) and _block_of(content)[0]:
                yield self._block(record, content)
            if role == "assistant" and seated.last_reply is not None:
                content = said(seated.last_reply)
            answers = role == "tool" or content.startswith(_OUTPUT)
            seated.history.append(_message("tool-response" if answers else role, content))

    def _block(self, record: Record, text: str) -> Log:
        kind, content = _block_of(text)
        return self._log(record, kind or "current_app_state", content=content)

    # -- what it says and does ---------------------------------------------------------------------

    def _reply(self, record: Record) -> Iterator[Log]:
        yield from self._unanswered(record)
        seated = self._seated(record.role)
        seated.reply = seated.last_reply = record

    def _unanswered(self, record: Record) -> Iterator[Log]:
        """Give a reply of the same role that led to nothing."""
        seated = self._seated(record.role)
        if seated.reply is not None:
            yield from self._said(record.role, seated.reply, record.t)
            seated.reply = None

    def _said(self, role: str, reply: Record, there: float) -> Iterator[Log]:
        """Give a reply, which was there at the simulated time `there`."""
        data = reply.data
        tokens = {name: _count(data, name) for name in ("prompt_tokens", "completion_tokens")}
        yield self._new(
            there,
            role,
            "llm_output",
            content=said(reply),
            **tokens,
            total_tokens=sum(tokens.values()),
            reasoning_tokens=_count(data, "reasoning_tokens"),
            completion_duration=round(max(there - reply.t, 0.0), 6),
        )

    def _outcome(self, record: Record, call: Record | None) -> Iterator[Log]:
        seated = self._seated(record.role)
        there = record.t if call is None else call.t
        reply, seated.reply = seated.reply, None
        if reply is not None:
            yield from self._said(record.role, reply, there)
        tool = record.data.get("tool")
        if tool is not None:
            thought = "" if reply is None else thought_of(reply)
            yield self._new(there, record.role, "thought", content=thought)
            yield self._new(there, record.role, "rationale", content=thought)
            arguments = arguments_in(record.data.get("arguments"))
            yield self._new(there, record.role, "tool_call", tool_name=str(tool), tool_arguments=arguments)
        if call is not None:
            yield from self._action(call)
        yield self._observed(record)

    def _observed(self, record: Record) -> Log:
        text = str(record.data.get("text"))
        if record.kind == "observation":
            return self._log(record, "observation", content=text, attachments=[])
        names = {"error": _error_name(record), "exception": text, "category": "AgentError"}
        return self._log(record, "error", **names, agent=record.role)

    def _action(self, event: Record) -> Iterator[Log]:
        data = event.data
        if data.get("app") is None:
            return
        yield {
            "timestamp": event.t,
            "id": data.get("id"),
            "agent_id": NOBODY,
            "content": f"{data['app']}__{data.get('function')}",
            "input": data.get("arguments"),
            "event_type": event.role.upper(),
            "output": data.get("return"),
            "action_name": data.get("function"),
            "app_name": data["app"],
            "exception": data.get("exception"),
            "exception_stack_trace": data.get("place"),
            "log_type": "action",
        }

    # -- one log -----------------------------------------------------------------------------------

    def _seated(self, role: str) -> _Seated:
        if role not in self._roles:
            self._roles[role] = _Seated(_digest(self._run, "agent", role))
        return self._roles[role]

    def _log(self, record: Record, log_type: str, **values: Any) -> Log:
        return self._new(record.t, record.role, log_type, **values)

    def _new(self, moment: float, role: str, log_type: str, **values: Any) -> Log:
        self._count += 1
        place = {"timestamp": moment, "id": _digest(self._run, "log", self._count)}
        return {**place, "agent_id": self._seated(role).agent_id, **values, "log_type": log_type}


def made_by(records: Sequence[Record], index: int) -> Record | None:
    """Give the event of the call that the record at `index` observes: the record before it, if it is."""
    record, before = records[index], records[index - 1] if index else None
    if before is None or before.kind != "event" or record.kind not in ("observation", "error"):
        return None
    caller, function = _CALLERS.get(record.role, "agent"), before.data.get("function")
    is_its_call = str(record.data.get("tool")).endswith(f"__{function}") and before.role == caller
    return before if is_its_call else None


def said(reply: Record) -> str:
    """Give what a model said, native tool calls written as actions are written in text."""
    parts = [str(reply.data.get("text") or "")]
    for call in reply.data.get("calls") or ():
        action = {"action": call.get("name"), "action_input": arguments_in(call.get("arguments"))}
        parts.append(f"Action:\n{encoded(action).decode()}")
    return "\n".join(part for part in parts if part)


def arguments_in(value: Any) -> Any:
    """Give the arguments of a call: as an object where they are JSON text of one."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(value)
    return value


def thought_of(reply: Record) -> str:
    """Give what a model thought before it acted."""
    text = str(reply.data.get("text") or "")
    read = parse_react_json(text)
    return read.thought if isinstance(read, Decision) else text.strip()


def _error_name(record: Record) -> str:
    if record.data.get("tool") is None:
        return "InvalidActionAgentError"
    unknown = str(record.data.get("text")).startswith("there is no tool ")
    return "UnavailableToolAgentError" if unknown else "JsonExecutionAgentError"


def _block_of(text: str) -> tuple[str | None, str]:
    """Give the log type that a fenced block stands for, and what is in it."""
    for heading, log_type in _BLOCKS.items():
        if text.startswith(heading + _FENCE):
            return log_type, text[len(heading + _FENCE) :].removesuffix(_FENCE.rstrip("\n"))
    return None, text


def _texts(tail: Any) -> list[str]:
    """Give the blocks that hold only now, one by one."""
    if not tail:
        return []
    first, heading, rest = str(tail).partition("\n\nCurrent app state:")
    return [first, f"Current app state:{rest}"] if heading else [first]


def _message(role: str, content: str) -> Log:
    return {"role": role, "content": content, "attachments": None}


def _count(data: Mapping[str, Any], name: str) -> int:
    value = data.get(name)
    return value if isinstance(value, int) else 0


def _digest(*parts: object) -> str:
    return blake2b("\x1f".join(map(str, parts)).encode("utf-8", "replace"), digest_size=16).hexdigest()
