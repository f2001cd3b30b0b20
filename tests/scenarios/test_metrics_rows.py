"""Rows are written and read back; what is no row is named and skipped."""

from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.scenarios.result_row import (
    BrokenLine,
    JobFacts,
    ResultRow,
    RoleUse,
    line_of,
    parse_row,
    read_rows,
    row_of,
)
from pare.scenarios.validation_result import PAREScenarioValidationResult

RESULT = PAREScenarioValidationResult(
    success=False,
    exception=KeyError("kitchen"),
    export_path="traces/dentist_2.jsonl",
    rationale="no proposal",
    duration=1.5,
    proposal_count=3,
    acceptance_count=1,
    number_of_turns=4,
    outcome="failure",
    strict_success=False,
    end_reason="max_turns",
    usage={"user": {"calls": 2, "prompt_tokens": 10, "estimated_calls": 1, "cost": None}},
    wall_effort={"user": {"attempts": 2}},
    events_unfired=["Event-1"],
)
FACTS = JobFacts(
    "dentist",
    2,
    "proactive=small",
    {"proactive": "small"},
    tags=("Time",),
)
LINE = b'{"scenario_id":"dentist","outcome":"success"}'


def read(tmp_path, content):
    path, broken = tmp_path / "results.jsonl", []
    path.write_bytes(content)
    return list(read_rows(path, broken.append)), broken


def test_a_row_is_made_of_a_result_and_its_job():
    row = row_of(RESULT, FACTS)
    assert row.key == ("proactive=small", "dentist", 2)
    assert (row.outcome, row.success, row.rationale, row.duration) == ("failure", False, "no proposal", 1.5)
    assert (row.error, row.trace) == ("KeyError: 'kitchen'", "traces/dentist_2.jsonl")
    assert row.usage == {"user": RoleUse(calls=2, prompt_tokens=10)}
    assert (row.tags, row.events_unfired) == (("Time",), ("Event-1",))
    assert row.is_counted


def test_a_row_survives_its_line():
    row = row_of(RESULT, FACTS)
    assert parse_row(line_of(row)) == row
    assert line_of(row).count(b"\n") == 1


@given(st.text(st.characters(), max_size=20), st.text(st.characters(categories=["Cs", "Cc"]), max_size=5))
def test_any_text_survives(text, odd):
    row = row_of(
        PAREScenarioValidationResult(None, rationale=text + odd), JobFacts(odd, settings={odd: text})
    )
    assert parse_row(line_of(row)) == row


def test_what_json_cannot_hold_is_written_as_text():
    row = ResultRow(
        scenario_id="a", outcome="success", settings={"big": 10**30, "what": {1, 2}, "odd": "\ud800"}
    )
    found = parse_row(line_of(row))
    assert found.settings == {"big": 10**30, "what": [1, 2], "odd": "\\ud800"}


def test_a_lone_surrogate_of_another_writer_is_read():
    row = parse_row(b'{"scenario_id":"a","outcome":"failure","rationale":"x \\ud800 y"}')
    assert row.rationale == "x \\ud800 y"


def test_a_torn_last_line_is_tolerated(tmp_path):
    rows, broken = read(tmp_path, LINE + b"\n" + LINE[:20])
    assert [row.scenario_id for row in rows] == ["dentist"]
    assert [(line.number, line.is_torn) for line in broken] == [(2, True)]


def test_a_last_line_that_lacks_only_its_end_counts(tmp_path):
    rows, broken = read(tmp_path, LINE + b"\n" + LINE)
    assert (len(rows), broken) == (2, [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{}", "scenario_id: Field required"),
        (b"nonsense", "no JSON: "),
        (b"\xff\xfe", "no JSON: "),
        (b"[1]", "Input should be"),
        (b"[" * 100_000, "no JSON: "),
        (b'{"scenario_id":"a","outcome":"won"}', "outcome: "),
        (b'{"scenario_id":"a","outcome":"success","number_of_turns":-1}', "number_of_turns: "),
        (b'{"scenario_id":"a","outcome":"success","duration":NaN}', "duration: "),
        (b'{"scenario_id":"a","outcome":"success","duration":1e999}', "duration: "),
        (
            b'{"scenario_id":"a","outcome":"success","usage":{"user":{"calls":1' + b"0" * 400 + b"}}}",
            "usage.user",
        ),
    ],
)
def test_a_broken_line_is_named_and_skipped(tmp_path, line, reason):
    rows, broken = read(tmp_path, LINE + b"\n\n" + line + b"\n" + LINE + b"\n")
    assert len(rows) == 2
    [found] = broken
    assert isinstance(found, BrokenLine)
    assert (found.number, found.is_torn) == (3, False)
    assert found.reason.startswith(reason)
    assert len(found.reason) <= 300


def test_unknown_keys_are_ignored():
    row = parse_row(
        orjson.dumps({"scenario_id": "a", "outcome": "success", "later": 1, "usage": {"user": {"later": 2}}})
    )
    assert row.usage == {"user": RoleUse()}


@given(st.binary(max_size=60))
def test_no_line_breaks_the_reader(line):
    with suppress(ValueError, RecursionError):
        parse_row(line)
