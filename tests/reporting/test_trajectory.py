"""A run is shown on the axis of simulated time; what others wrote is shown, never obeyed."""

import io
from pathlib import Path
from typing import Any
from unicodedata import category

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pare.reporting.trajectory import TrajectoryPrinter, View, show_trace
from pare.reporting.untrusted import elapsed, moment, safe, shortened
from pare.reporting.verdict import verdict_rows
from pare.traces.reader import Record, Trace, parsed_trace
from tests.played import played

START = 1736154000.0
CALL = {"app": "Emails", "function": "send", "arguments": {"to": "a@b.example", "cc": None, "tries": 2}}
NASTY = (
    "[bold]x[/bold] [/] \x1b[2J\x9b31m\x07 :apple: [link=http://x]y[/link] \ud800 \u202etxt.exe\u200b end\\"
)


def record(kind: str, role: str = "", at: float = 0.0, turn: int = 1, **data: Any) -> Record:
    return Record(0, START + at, turn, kind, role, data)


HEADER = record(
    "header",
    scenario_id="dentist",
    run_number=3,
    seed=7,
    config_hash="abc",
    models={"user": {"alias": "small"}, "observe": "large", "execute": {}},
    tags=["Time"],
)


def shown(
    *records: Record, result: Record | None = None, view: View | None = None, torn: bool = False
) -> str:
    """Give what is printed on a terminal of 100 columns without colours."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system=None, width=100, highlight=False)
    show_trace(Trace(HEADER, records, result, torn), view or View(), console)
    return out.getvalue()


def lines_after_header(text: str) -> list[str]:
    return text.splitlines()[3:]


# --- what is shown --------------------------------------------------------------------------------------


def test_the_header_says_which_run_it_is() -> None:
    assert shown().splitlines()[:3] == [
        "dentist · run 3",
        "user small · observe large",
        "from 2025-01-06 09:00:00 UTC · seed 7 · config hash abc · Time",
    ]


def test_a_run_reads_from_top_to_bottom() -> None:
    text = shown(
        record("turn", at=60),
        record("notice", "user", 60, type="ENVIRONMENT_NOTIFICATION_USER", text="New email"),
        record("reply", "user", 60, text='Thought: I look.\nAction:\n{"action": "Emails__send"}<end_action>'),
        record("event", "user", 61.04, **CALL),
        record("observation", "user", 61.04, tool="Emails__send", arguments={"to": "x"}, text="ok\n  then"),
        record("event", "env", 61.5, **{**CALL, "function": "arrive"}),
        record("reply", "observe", 61.5, text="nonsense"),
        record("error", "observe", 62.5, text="there is no `Action:`"),
        record("injected_failure", "observe", 63, tool="Emails__send", arguments="{}", text="dead"),
        record("turn_end", at=65),
        result=record("result", "", 75.2, outcome="failure", rationale="nothing was sent"),
    )
    assert lines_after_header(text) == [
        "",
        "turn 1 · 2025-01-06 09:01:00 " + "─" * 71,
        " 0:01:00.0 user     ✉ New email",
        "                    I look.",
        ' 0:01:01.0 user     → Emails__send(to="x")',
        "                    ← ok then",
        ' 0:01:01.5 world    Emails.arrive(to="a@b.example", tries=2)',
        "           observe  nonsense",
        " 0:01:02.5 observe  ✗ there is no `Action:`",
        " 0:01:03.0 observe  → Emails__send()  made to fail",
        "",
        "end · 2025-01-06 09:01:15 " + "─" * 74,
        "outcome  failure",
        "why      nothing was sent",
    ]


def test_a_call_that_nobody_observed_is_an_event() -> None:
    user = record("event", "user", 1, **CALL)
    call = ' 0:00:01.0 user     Emails.send(to="a@b.example", tries=2)'
    assert lines_after_header(shown(user))[0] == call
    other = record("observation", "user", 2, tool="Emails__read", text="x")
    assert lines_after_header(shown(user, other))[:2] == [call, " 0:00:02.0 user     → Emails__read()"]
    agent = record("observation", "execute", 2, tool="Emails__send", text="x")
    assert lines_after_header(shown(user, agent))[0] == call


def test_a_long_text_is_wrapped_and_cut() -> None:
    words = "word " * 100
    rows = lines_after_header(shown(record("observation", "execute", 1, text=words)))
    assert rows[0] == " 0:00:01.0 execute  ← " + ("word " * 15).strip()
    assert all(len(row) <= 100 and row.startswith(" " * 20) for row in rows[1:4])
    assert "… (259 more)" in " ".join(rows)
    full = shown(record("observation", "execute", 1, text=words), view=View(full=True))
    assert full.count("word") == 100


def test_a_look_is_shown_when_it_saw_something() -> None:
    looks = [
        record("event", "condition", 1, app=None, function="is_late", **{"return": False}),
        record("event", "condition", 2, app=None, function="is_late", **{"return": True}),
        record("event", "validation", 3, function="milestones", **{"return": {"success": False}}),
        record("event", "validation", 4, function="milestones", **{"return": {"success": True}}),
    ]
    assert [line for line in lines_after_header(shown(*looks)) if line.startswith(" 0:")] == [
        " 0:00:02.0 world    condition holds: is_late",
        " 0:00:04.0 world    validation holds: milestones",
    ]


def test_an_event_that_failed_says_why() -> None:
    text = shown(record("event", "env", 1, **CALL, exception="no such folder"))
    assert "✗ no such folder" in text


def test_messages_are_shown_without_their_envelope() -> None:
    envelope = "Received at: x\nSender: Agent\nMessage: Shall I?\nAlready read: False"
    text = shown(record("notice", "user", 1, type="AGENT_MESSAGE", text=envelope))
    assert lines_after_header(text)[0] == " 0:00:01.0 user     ✉ from the agent: Shall I?"
    plain = shown(record("notice", "agent", 1, type="USER_MESSAGE", text="odd"))
    assert "✉ from the user: odd" in plain


def test_reasoning_comes_before_what_was_said() -> None:
    rows = lines_after_header(shown(record("reply", "user", 1, text="Well.", reasoning="Hm")))
    assert [row.split()[-1] for row in rows[:2]] == ["Hm", "Well."]


def test_a_reply_without_words_is_its_call() -> None:
    reply = record("reply", "user", 1, text="", calls=[{"name": "Emails__send", "arguments": "{}"}])
    called = record("observation", "user", 2, tool="Emails__send", arguments='{"to": "x"}', text="ok")
    assert lines_after_header(shown(reply, called))[0] == ' 0:00:02.0 user     → Emails__send(to="x")'
    assert "(says nothing)" in shown(record("reply", "user", 1, text=""))


def test_one_turn_alone_can_be_shown() -> None:
    records = [record("turn", turn=n) for n in (1, 2, 3)] + [record("reply", "user", turn=2, text="here")]
    text = shown(*records, result=record("result", outcome="success"), view=View(turn=2))
    assert ("turn 2 ·" in text, "turn 1 ·" in text, "here" in text, "success" in text) == (
        True,
        False,
        True,
        True,
    )


def test_prompts_are_shown_when_asked_for() -> None:
    messages = [{"role": "system", "content": "You are\na user."}, "odd"]
    prompt = record("prompt", "user", messages=messages, tail="the screen")
    assert lines_after_header(shown(prompt, view=View(prompts=True)))[:7] == [
        " 0:00:00.0 user     ▏prompt, system",
        "                    You are",
        "                    a user.",
        "                    ▏prompt,",
        "                    odd",
        "                    ▏prompt, this time only",
        "                    the screen",
    ]
    assert "You are" not in shown(prompt)


def test_a_later_kind_is_named() -> None:
    assert 'telepathy {"to":"mars"}' in shown(record("telepathy", "user", to="mars"))


def test_a_run_that_was_cut_off_says_so() -> None:
    text = shown(torn=True)
    assert "The last line is torn" in text
    assert "There is no result" in text


def test_a_real_run_is_shown() -> None:
    trace = parsed_trace(anyio.run(played).lines, Path("trace"))
    text = shown(*trace.records, result=trace.result)
    assert [line[:6] for line in text.splitlines() if line.startswith("turn ")] == [
        f"turn {n}" for n in (1, 2, 3, 4)
    ]
    for part in (
        "world    Emails.send_email_to_user_with_id(",
        '→ PAREAgentUserInterface__send_message_to_user(content="Move the dentist to 15:30?")'[:60],
        "✉ from the agent: Move the dentist to 15:30?",
        "✉ from the user: [ACCEPT]: Yes",
        "execute  → Calendar__edit_calendar_event(",
        "outcome  success",
    ):
        assert part in text, part
    assert max(map(len, text.splitlines())) <= 100


# --- the verdict ----------------------------------------------------------------------------------------


def test_a_verdict_tells_what_matters_and_leaves_out_what_is_empty() -> None:
    rows = verdict_rows({
        "outcome": "infrastructure",
        "success": True,
        "strict_success": False,
        "end_reason": "token_limit",
        "end_role": "observe",
        "error_kind": "quota",
        "error": {"type": "EndpointError", "message": "no more", "place": ["a.py:1 in f", "b.py:2 in g"]},
        "number_of_turns": 2,
        "proposal_count": 0,
        "usage": {"user": {"calls": 3, "prompt_tokens": 12345, "cached": 0}},
        "events_unfired": ["late"],
        "simulated_seconds": 75.2,
        "wall_seconds": 0.5,
        "wall_effort": {"user": 1},
        "flags": ["odd"],
        "nothing": 0,
    })  # fmt: skip
    assert [(label, text) for label, text, _ in rows] == [
        ("outcome", "infrastructure"),
        ("verdicts", "published success, strict (failed calls hidden) failure"),
        ("error", "EndpointError (quota): no more\n  at a.py:1 in f\n  at b.py:2 in g"),
        ("ended", "token limit, by the model of observe"),
        ("counts", "turns 2 · proposals 0"),
        ("model calls", "user: 3 calls, 12,345 prompt tokens"),
        ("never came", "late"),
        ("time", "simulated 0:01:15.2 · wall 0.5 s"),
        ("flags", '["odd"]'),
    ]
    assert [row[:2] for row in verdict_rows({})] == [("outcome", "unknown")]


# --- what others wrote ----------------------------------------------------------------------------------


KINDS = ("prompt", "reply", "observation", "error", "notice", "event", "injected_failure", "telepathy")
ROLES = ("user", "agent", "env", "condition", "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_terminal_is_sent_no_escapes_of_others(kind: str) -> None:
    names = ("text", "reasoning", "tool", "tail", "type", "app", "function", "exception", "arguments")
    data = dict.fromkeys(names, NASTY) | {"messages": [{"role": NASTY, "content": NASTY}], "return": True}
    for role in (*ROLES, NASTY):
        text = shown(record(kind, role, **data), view=View(prompts=True, full=True))
        assert r"[bold]x[/bold] [/] \x1b[2J\x9b31m\x07 :apple:" in unwrapped(text) or kind == "telepathy"
        assert is_harmless(text)


def test_a_header_and_a_result_are_not_obeyed_either() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system=None, width=100)
    header = record("header", scenario_id=NASTY, models={NASTY: {"alias": NASTY}}, tags=[NASTY], seed=NASTY)
    data = dict.fromkeys(("outcome", "rationale", "end_reason", "end_role", NASTY), NASTY)
    error = {"type": NASTY, "message": NASTY, "place": [NASTY]}
    result = record("result", **data, error=error, usage={NASTY: {NASTY: 1}}, events_unfired=[NASTY])
    show_trace(Trace(header, (), result), View(), console)
    assert is_harmless(out.getvalue())


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def is_harmless(text: str) -> bool:
    """Tell whether nothing in a text is a command to a terminal, or invisible."""
    kinds = {category(character) for character in text if character not in "\n\u200c\u200d"}
    return not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"} and "🍎" not in text


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(), max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
names = st.sampled_from((
    *("messages", "tail", "text", "reasoning", "calls", "tool", "arguments", "type", "app", "function"),
    *("return", "exception", "models", "tags", "scenario_id", "outcome", "usage", "error", "events_unfired"),
    *("place", "simulated_seconds", "wall_seconds", "number_of_turns", "success", "strict_success", "seed"),
))  # fmt: skip
any_data = st.dictionaries(names | st.text(max_size=5), anything, max_size=8)
any_time = st.floats(allow_nan=False, allow_infinity=False)
any_record = st.builds(
    Record,
    st.just(0),
    any_time,
    st.integers(),
    st.sampled_from((*KINDS, "turn", "header")) | st.text(max_size=8),
    st.sampled_from(ROLES) | st.text(max_size=12),
    any_data,
)


@given(st.lists(any_record, max_size=6), st.none() | any_record, st.booleans(), st.booleans())
def test_any_trace_can_be_shown(
    records: list[Record], result: Record | None, prompts: bool, full: bool
) -> None:
    text = shown(*records, result=result, view=View(prompts=prompts, full=full))
    assert is_harmless(text)


def test_records_can_be_shown_as_they_come() -> None:
    out = io.StringIO()
    printer = TrajectoryPrinter(View(), Console(file=out, width=100))
    printer.add(record("event", "user", 1, **CALL))
    assert out.getvalue() == ""  # what it led to may come next
    printer.end(None)
    assert "Emails.send(" in out.getvalue()


# --- words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00:00.0"), (75.25, "0:01:15.2"), (3599.97, "1:00:00.0"), (90061.5, "1d 1:01:01.5"),
        (-1.5, "-0:00:01.5"), (1e12, "1e+12 s"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_told_to_a_tenth_of_a_second(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text


def test_a_moment_that_no_calendar_has_is_told_as_a_number() -> None:
    assert (moment(START), moment(1e300)) == ("2025-01-06 09:00:00", "t = 1e+300")


def test_what_is_cut_is_counted() -> None:
    assert (shortened("abc", 3), shortened("abcd", 3)) == ("abc", "abc … (1 more)")


def test_lines_and_letters_of_all_languages_stay() -> None:
    text = "naïve 日本語 👩\u200d🚀 می\u200cخواهم\r\nnext\tline"
    assert safe(text) == "naïve 日本語 👩\u200d🚀 می\u200cخواهم\nnext    line"
    assert safe("a\u202eb\u2028c\x1bd") == "a\\u202eb\\u2028c\\x1bd"
