"""``{{event_id}}`` and ``{{event_id.key}}`` stand for what a past event returned."""

from collections import OrderedDict
from typing import NamedTuple

import pytest

from pare.kernel.calls import Event, OracleEvent
from pare.kernel.recording import EventRegisterer
from pare.kernel.serialization import to_plain
from tests.kernel.phone import Diary, armed, arrival, oracle, played


class Pair(NamedTuple):
    one: object
    two: object


def after(diary: Diary, value: object, *, before: object, name: str = "second") -> Event:
    return Event.from_function(diary.add, text=value).with_id(name).depends_on(before, 1)


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ("{{first}}", {"number": 1, "text": "first", "place": {"page": 0}}),
        ("{{first.number}}", 1),
        ("  {{ first.text }} ", "first"),
        ("{{first.place.page}}", 0),
        (["{{first.number}}", "x", 5], [1, "x", 5]),
        (("{{first.number}}",), (1,)),
        ({"pair": Pair("{{first.number}}", 2)}, {"pair": (1, 2)}),
        ({"a": {"b": ["{{first.text}}"]}, "c": None}, {"a": {"b": ["first"]}, "c": None}),
        (OrderedDict(a="{{first.number}}"), {"a": 1}),
        ("see {{first.number}}", "see {{first.number}}"),
    ],
)
def test_a_placeholder_stands_for_a_result(value: object, resolved: object) -> None:
    diary = Diary()
    first = arrival(diary, "first")
    env = played([diary], [first, after(diary, value, before=first)])
    record = env.event_log.find("second")
    assert (record.metadata.exception, diary.entries[1]) == (None, resolved)
    assert record.action.resolved_args == {"text": resolved}
    assert record.action.args == {"text": value}
    assert env.event_log.lines()[1]["args"] == {"text": to_plain(resolved)}


def test_an_id_may_hold_dots_itself() -> None:
    diary = Diary()
    first = arrival(diary, "first").with_id("a.b")
    env = played([diary], [first, after(diary, ["{{a.b}}", "{{a.b.number}}"], before=first)])
    assert env.event_log.find("second").action.resolved_args["text"][1] == 1


def test_an_unnamed_event_can_be_referred_to() -> None:
    diary = Diary()
    with EventRegisterer.capture_mode():
        first = diary.arrive("first")
    played([diary], [first, after(diary, f"{{{{{first.event_id}.number}}}}", before=first)])
    assert diary.entries == ["first", 1]


def test_the_longest_id_is_meant() -> None:
    diary = Diary()
    short, long = arrival(diary, "short").with_id("a"), arrival(diary, "long").with_id("a.number")
    played([diary], [short, long, after(diary, "{{a.number}}", before=[short, long])])
    assert diary.entries[2]["text"] == "long"


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("{{later}}", "{{later}} refers to an event that has not taken place"),
        ("{{first.pages}}", "{{first.pages}}: there is no 'pages' in the result (number, text, place)"),
        ("{{first.number.x}}", "{{first.number.x}}: there is no 'x' in the result (int)"),
        (["{{first}}", "{{later.number}}"], "{{later.number}} refers to an event that has not taken place"),
    ],
)
def test_a_placeholder_that_cannot_be_resolved_fails_the_event_and_the_run_goes_on(
    value: object, complaint: str
) -> None:
    diary = Diary()
    first = arrival(diary, "first")
    second = after(diary, value, before=first)
    env = played([diary], [first, second, arrival(diary, "later", second, 1)])
    assert [(line["id"], line["exception"]) for line in env.event_log.lines()] == [
        ("first", None),
        ("second", complaint),
        ("later", None),
    ]
    assert diary.entries == ["first", "later"]


def test_a_placeholder_for_an_oracle_event_is_unresolved_in_agent_mode() -> None:
    diary = Diary()
    expected = oracle(diary, "expected", None, 1)
    events = [expected, arrival(diary, "{{expected.text}}").with_id("copy").depends_on(None, 3)]
    assert [line["exception"] for line in played([diary], events).event_log.lines()] == [
        "{{expected}} refers to an event that has not taken place".replace("expected", "expected.text")
    ]
    assert diary.entries == []
    played([diary], events, oracles=True)
    assert diary.entries == ["expected", "expected"]


def test_a_placeholder_of_an_oracle_event_is_resolved() -> None:
    diary = Diary()
    first = arrival(diary, "first")
    second = oracle(diary, "{{first.text}}", first, 1).with_id("second")
    env = played([diary], [first, second], oracles=True)
    assert env.event_log.lines()[1]["args"] == {"text": "first"}
    assert diary.entries == ["first", "first"]


def test_a_placeholder_of_a_made_oracle_event_is_resolved() -> None:
    diary = Diary()
    first = arrival(diary, "first")
    made = OracleEvent(make_event=lambda env: diary.write("{{first.number}}"), event_id="made").depends_on(
        first
    )
    played([diary], [first, made], oracles=True)
    assert diary.entries == ["first", 1]


def test_resolving_leaves_the_plan_alone() -> None:
    diary = Diary()
    first = arrival(diary, "first")
    second = after(diary, {"a": ["{{first.number}}"]}, before=first)
    for _ in range(2):
        env = played([diary], [first, second])
    assert (second.action.args, second.action.resolved_args) == ({"text": {"a": ["{{first.number}}"]}}, {})
    assert env.event_log.lines()[1]["args"] == {"text": {"a": [3]}}


def test_what_the_agent_writes_is_never_a_placeholder() -> None:
    diary = Diary()
    armed([diary], [arrival(diary, "first")]).join()
    diary.write("{{first.number}}")
    assert diary.entries == ["first", "{{first.number}}"]
