"""Plain data of values, events, queue and log."""

import json
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum, IntEnum, StrEnum
from typing import Any

import pytest

from pare.kernel.abstract_event import StopEvent
from pare.kernel.action import Action, EventMetadata
from pare.kernel.calls import Event, OracleEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import EventTimeComparator
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.kernel.serialization import to_plain
from tests.kernel.phone import Diary, arrival, played


class Color(Enum):
    RED = "red"


class Level(IntEnum):
    LOW = 1


class Word(StrEnum):
    YES = "yes"


class Text(str):
    __slots__ = ()


class Poem(Text):
    __slots__ = ()


class Meters(float):
    __slots__ = ()


@dataclass
class Point:
    x: int
    tags: set[str] = field(default_factory=set)


class Opaque:
    pass


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        ("a", "a"),
        (Color.RED, "red"),
        (Level.LOW, 1),
        (Word.YES, "yes"),
        (Poem("roses"), "roses"),
        (Meters(2.5), 2.5),
        ((1, [2, {3}]), [1, [2, [3]]]),
        ({"b", "a"}, ["a", "b"]),
        (frozenset({2, 1}), [1, 2]),
        ({Color.RED: 1, 2: "b", None: 3, (1, 2): 4}, {"red": 1, "2": "b", "None": 3, "[1, 2]": 4}),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (namedtuple("Pair", "one two")(1, 2), [1, 2]),
        (b"abc", "YWJj"),
        (bytearray(b"abc"), "YWJj"),
        (datetime(2025, 1, 6, 9, tzinfo=UTC), "2025-01-06T09:00:00+00:00"),
        (date(2025, 1, 6), "2025-01-06"),
        (Point(1, {"b", "a"}), {"x": 1, "tags": ["a", "b"]}),
        (Opaque(), "Opaque"),
        (Opaque, "Opaque"),
        (len, "len"),
        (Point, "Point"),
        (Diary(), "Diary"),
    ],
)
def test_values_become_plain(value: Any, plain: Any) -> None:
    result = to_plain(value)
    assert (result, type(result)) == (plain, type(plain))
    assert json.loads(json.dumps(result)) == plain


def test_an_event_is_written_with_its_successors_and_the_ids_of_its_dependencies() -> None:
    with RunContext().active():
        diary = Diary("Log")
        first = arrival(diary, "first", None, 2)
        second = StopEvent().with_id("second").depends_on(first, 1).at_absolute_time(1007)
    stop = {
        "class_name": "StopEvent",
        "event_type": "STOP",
        "event_time": 1007,
        "event_relative_time": 1,
        "event_id": "second",
        "successors": [],
        "dependencies": ["first"],
    }
    assert second.to_dict() == stop
    assert first.to_dict() == {
        "class_name": "Event",
        "event_type": "ENV",
        "event_time": None,
        "event_relative_time": 2,
        "event_id": "first",
        "successors": [stop],
        "dependencies": [],
        "action": {
            "class_name": "Diary",
            "app_name": "Log",
            "function_name": "arrive",
            "args": {"text": "first", "mood": "plain"},
            "resolved_args": {},
            "operation_type": "write",
            "action_id": "Diary.arrive-00000000",
        },
    }


def test_an_event_without_an_action_is_written() -> None:
    assert Event(event_id="x").to_dict()["action"] is None


def test_an_oracle_event_is_written_with_its_action_in_words() -> None:
    with EventRegisterer.capture_mode():
        event = Diary("Log").write("a").oracle().with_id("o")
    event.event_time_comparator = EventTimeComparator.EQUAL
    data = event.to_dict()
    assert (data["class_name"], data["event_type"], data["event_time_comparator"]) == (
        "OracleEvent",
        "AGENT",
        "EQUAL",
    )
    assert data["action"] == {
        "class_name": "Log",
        "app_name": "Log",
        "function_name": "write",
        "args": {"text": "a"},
    }
    assert "action" not in OracleEvent(event_id="x").to_dict()


def test_a_condition_is_written_with_its_ticks() -> None:
    with RunContext().active():
        condition = ConditionCheckEvent.from_condition(bool, 3, 9)
    data = condition.to_dict()
    assert (data["event_id"], data["schedule_every_ticks"], data["timeout"], data["action"]) == (
        "ConditionCheckEvent-CONDITION-00000000-CHECK_0",
        3,
        9,
        {
            "class_name": "ConditionCheckAction",
            "function_name": "bool",
            "action_id": "ConditionCheckAction.bool-00000000",
        },
    )


def test_an_action_without_an_operation_type_is_written() -> None:
    data = Action(len, {"obj": {1}}, action_id="x", operation_type=None).to_dict()
    assert (data["operation_type"], data["args"], data["app_name"]) == (None, {"obj": [1]}, "NoneType")


def test_metadata_can_be_written_and_read() -> None:
    metadata = EventMetadata({1: Color.RED}, "broken", "a.py:1 in f")
    data = metadata.to_dict()
    assert data == {
        "return_value": {"1": "red"},
        "exception": "broken",
        "exception_stack_trace": "a.py:1 in f",
        "completed": True,
    }
    assert EventMetadata.from_dict(data) == EventMetadata({"1": "red"}, "broken", "a.py:1 in f")


def test_log_and_queue_are_plain_data() -> None:
    diary = Diary()
    env = played([diary], [arrival(diary, "a"), arrival(diary, "b", None, 5)], duration=3)
    log, queue = env.event_log.to_dict(), env.event_queue.to_dict()
    assert [
        (item["event_id"], item["metadata"]["return_value"]["number"]) for item in log["past_events"]
    ] == [("a", 1)]
    assert [(item["event_id"], item["event_time"]) for item in queue["future_events"]] == [("b", 1005.0)]
    assert json.loads(json.dumps([log, queue])) == [log, queue]
