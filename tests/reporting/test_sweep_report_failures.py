"""Alike reasons stand together, defects first, each with a run to look at."""

import shlex
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pare.reporting.failures import (
    failure_groups,
    near_command,
    pattern_of,
    reason_of,
    show_command,
    trace_of,
)
from pare.reporting.markdown import code, inline
from pare.scenarios.result_row import ResultRow


def run(number, outcome="failure", scenario="dentist", **more):
    return ResultRow(scenario_id=scenario, run_number=number, outcome=outcome, **more)


@pytest.mark.parametrize(
    ("reason", "pattern"),
    [
        ("no proposal", "no proposal"),
        ("late by 12.5 s", "late by # s"),
        ("at 2025-01-06 09:15:00 nothing", "at # nothing"),
        ("email 3f2a9c01 is missing", "email # is missing"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id #"),
        ("email_12 and email_7", "email_# and email_#"),
        ("the facade is a decade old", "the facade is a decade old"),
        ("1 of 3, 4 of 5", "# of #, # of #"),
    ],
)
def test_numbers_and_ids_are_alike(reason, pattern):
    assert pattern_of(reason) == pattern


@given(st.text(max_size=400))
def test_a_pattern_has_no_digits_and_is_its_own_pattern(reason):
    pattern = pattern_of(reason)
    assert not set(pattern) & set("0123456789")
    assert pattern_of(pattern) == pattern


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (run(1, rationale="not\n  found"), "not found"),
        (run(1, error="KeyError: 'x'"), "KeyError: 'x'"),
        (run(1, "defect", error="KeyError: 'x'", error_stage="validate"), "KeyError: 'x' (validate)"),
        (
            run(1, "infrastructure", error="EndpointError: no", error_kind="quota", rationale="none"),
            "EndpointError: no (quota)",
        ),
        (run(1, end_reason="idle"), "ended: idle"),
        (
            run(1, end_reason="content_filter", end_role="user", end_message="I cannot"),
            "ended: content_filter, by the model of user: I cannot",
        ),
        (run(1), "(no reason given)"),
        (run(1, rationale=" "), "(no reason given)"),
    ],
)
def test_a_run_says_why_it_came_to_its_outcome(row, reason):
    assert reason_of(row) == reason


def test_groups_put_defects_first_and_then_the_most_frequent():
    rows = [
        run(1, rationale="late by 1 s", cell="a"),
        run(2, "success"),
        run(3, rationale="late by 22 s", cell="b", trace="t.jsonl", scenario="rent"),
        run(4, rationale="lost"),
        run(5, "infrastructure", error="late by 1 s"),
        run(6, "defect", error="KeyError: 1"),
        run(7, "no_validation"),
    ]
    groups = failure_groups(rows)
    assert [(group.outcome, group.pattern, group.runs) for group in groups] == [
        ("defect", "KeyError: #", 1),
        ("failure", "late by # s", 2),
        ("failure", "lost", 1),
        ("infrastructure", "late by # s", 1),
    ]
    assert (groups[1].scenarios, groups[1].cells) == (2, {"a": 1, "b": 1})
    assert (groups[1].example.run_number, groups[1].example.command) == (3, "pare show t.jsonl")
    assert groups[2].example.command is None


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_a_command_names_the_trace_to_a_shell(trace):
    words = shlex.split(show_command(trace))
    assert (words[:2], words[-1]) == (["pare", "show"], trace)
    assert len(words) == 3 + trace.startswith("-")
    assert trace_of(show_command(trace)) == trace


def test_a_command_names_a_trace_from_here_where_that_is_shorter(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert near_command(str(tmp_path / "runs" / "x.jsonl")) == "pare show runs/x.jsonl"
    assert near_command("/x.jsonl") == "pare show /x.jsonl"
    assert near_command(None) is None


PLAIN = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), max_size=40)


@given(PLAIN)
def test_inline_markdown_shows_the_text_itself(text):
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(inline(text)).strip()
    told = escape(" ".join(text.split())).replace("&#x27;", "'")
    assert " ".join(page.split()) == (f"<p>{told}</p>" if told else "")


@given(PLAIN)
def test_code_shows_the_text_itself(text):
    shown = MarkdownIt("commonmark").parseInline(code(text + "x"))[0].children
    assert [(token.type, token.content.strip()) for token in shown] == [("code_inline", (text + "x").strip())]
