"""A run is written down whole, the same bytes every time, and read back whatever became of the file."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pare.agents.seat import RunLabel
from pare.errors import ToolError
from pare.kernel.environment import Environment
from pare.llm.client import EndpointError
from pare.llm.types import Completion, CompletionRequest
from pare.scenarios.validation_result import PAREScenarioValidationResult
from pare.traces import (
    GrowingTrace,
    LiveTrace,
    TraceError,
    TraceRecorder,
    read_trace,
    run_name,
    without_wall_times,
    write_trace,
)
from pare.traces.encoding import TOO_DEEP, TOO_LONG, encoded
from pare.traces.files import live_path, replace_file
from pare.traces.reader import parsed_trace
from pare.traces.summary import result_data
from tests.played import TALK, WAIT, played, scripted

PATH = Path("trace")


@pytest.fixture(scope="module")
def lines() -> bytes:
    """Give the trace of a run that succeeds."""
    return anyio.run(played).lines


def recorder(live: Any = None) -> TraceRecorder:
    return TraceRecorder(Environment(), RunLabel("s", 2, "abc", 7), {"tags": ["Time"]}, live)


def small() -> bytes:
    """Give a trace of four lines, without wall times."""
    trace = recorder()
    trace.turn(1)
    trace.record("reply", "user", {"text": "hello", "wall_seconds": 0.1})
    trace.finish({"outcome": "success"})
    found = [json.loads(line) for line in trace.lines().splitlines()]
    return b"".join(encoded({**line, "wall": None}) + b"\n" for line in found)


# --- what is recorded -----------------------------------------------------------------------------------


def test_a_line_says_when_what_happened_to_whom(lines: bytes) -> None:
    parsed = [json.loads(line) for line in lines.splitlines()]
    assert {tuple(line) for line in parsed} == {("seq", "t", "turn", "kind", "role", "data", "wall")}
    assert [line["seq"] for line in parsed] == list(range(len(parsed)))
    assert (parsed[0]["kind"], parsed[-1]["kind"]) == ("header", "result")
    assert {line["kind"] for line in parsed[1:-1]} == {
        "turn", "prompt", "reply", "observation", "notice", "event",
    }  # fmt: skip
    assert [line["turn"] for line in parsed if line["kind"] == "turn"] == [1, 2, 3, 4]


def test_the_header_and_the_result_name_the_run(lines: bytes) -> None:
    trace = parsed_trace(lines, PATH)
    header, result = trace.header.data, trace.result
    assert result is not None
    assert {
        "format": 1,
        "scenario_id": "dentist_moves_appointment",
        "run_number": 1,
        "seed": 0,
    }.items() <= header.items()
    assert header["start_time"] == 1736154000.0
    assert header["models"]["user"] == {"alias": "gpt-5-mini", "model": "gpt-5-mini", "provider": "openai"}
    assert header["tags"] == ["Adaptability", "Time"]
    assert (result.data["outcome"], result.data["success"], result.data["end_reason"]) == (
        "success",
        True,
        "idle",
    )
    assert (result.data["wall_seconds"], result.data["error"]) == (0.5, None)
    assert "export_path" not in result.data


def test_a_call_is_recorded_before_what_came_of_it(lines: bytes) -> None:
    records = parsed_trace(lines, PATH).records
    place = next(i for i, record in enumerate(records) if record.data.get("tool") == TALK)
    event, observed = records[place - 1], records[place]
    assert (event.kind, event.role, observed.kind, observed.role) == (
        "event",
        "agent",
        "observation",
        "observe",
    )
    assert event.data["arguments"] == observed.data["arguments"] == {"content": "Move the dentist to 15:30?"}
    assert event.t == observed.t > records[place - 2].t  # the reply took its generation time


def test_an_event_has_the_time_at_which_its_call_began() -> None:
    wait = ("System__wait_for_notification", {"timeout": 30})
    run = anyio.run(lambda: played(scripted({"observe": [wait]})))
    records = parsed_trace(run.lines, PATH).records
    place = next(i for i, record in enumerate(records) if record.data.get("tool") == wait[0])
    assert (records[place - 1].kind, records[place].t - records[place - 1].t) == ("event", 30)


def test_an_injected_failure_is_in_the_trace_and_not_in_the_log() -> None:
    def fail(tool: Any, arguments: Any) -> None:
        raise ToolError("the line is dead")

    run = anyio.run(lambda: played(noise=fail))
    records = parsed_trace(run.lines, PATH).records
    failures = [record for record in records if record.kind == "injected_failure"]
    first = {"tool": WAIT[0], "arguments": {}, "text": "the line is dead"}
    assert (failures[0].role, failures[0].data) == ("anyone", first)
    assert len(failures) == len([record for record in records if record.kind == "error"]) > 3
    assert {event.event_type.value for event in run.environment.event_log.events} == {"ENV"}


def test_a_run_that_failed_leaves_its_trace_too() -> None:
    async def refuse(request: CompletionRequest) -> Completion:
        raise EndpointError("quota", "no more")

    run = anyio.run(lambda: played(refuse))
    trace = parsed_trace(run.lines, PATH)
    assert [record.kind for record in trace.records] == ["turn", "prompt"]
    assert trace.result is not None
    assert (trace.result.data["outcome"], trace.result.data["error_kind"]) == ("infrastructure", "quota")
    error = trace.result.data["error"]
    assert (error["type"], error["message"]) == ("EndpointError", "no more")
    assert error["place"][-1].startswith("test_traces.py:")


def test_nothing_is_recorded_after_the_result() -> None:
    trace = recorder()
    trace.finish({"outcome": "success"})
    trace.turn(1)
    trace.finish({"outcome": "failure"})
    kinds = [
        (record["kind"], record["data"].get("outcome"))
        for record in map(json.loads, trace.lines().splitlines())
    ]
    assert kinds == [("header", None), ("result", "success")]


def test_what_lies_between_turns_is_told_apart() -> None:
    trace = recorder()
    trace.turn(1)
    trace.turn_ended()
    assert [(r.kind, r.turn) for r in parsed_trace(trace.lines(), PATH).records] == [
        ("turn", 1),
        ("turn_end", 1),
    ]


# --- the same bytes -------------------------------------------------------------------------------------


def test_two_plays_differ_in_their_wall_times_only(lines: bytes) -> None:
    other = anyio.run(lambda: played(wall_seconds=9.0)).lines
    assert other != lines
    assert without_wall_times(other) == without_wall_times(lines)
    assert b"wall" not in without_wall_times(lines)


PLAY = """
import sys
import anyio
from pare.traces import without_wall_times
from pare.traces.encoding import encoded
from pare.traces.export import hf_document, lite_document
from tests.played import played
run = anyio.run(played)
documents = without_wall_times(run.lines), encoded(hf_document(run)), encoded(lite_document(run))
sys.stdout.buffer.write(b"\\n\\n".join(documents))
"""


def test_a_trace_is_the_same_in_any_process_and_time_zone() -> None:
    def trace(**environ: str) -> bytes:
        command = [sys.executable, "-c", PLAY]
        return subprocess.run(command, capture_output=True, check=True, env={**os.environ, **environ}).stdout

    first = trace(PYTHONHASHSEED="1", TZ="UTC")
    assert first == trace(PYTHONHASHSEED="4242", TZ="Pacific/Chatham")
    assert first.count(b"\n\n") >= 2
    assert b" at 0x" not in first


class Colour(Enum):
    RED = "red"


@dataclass
class Thing:
    name: str
    inside: Any = None


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Thing("a", Thing("b", {1, 2})), {"name": "a", "inside": {"name": "b", "inside": [1, 2]}}),
        ({Colour.RED: Colour.RED, 1: (b"x", None)}, {"red": "red", "1": ["eA==", None]}),
        ({"a": "\ud800", "b": float("inf")}, {"a": "\ud800", "b": None}),
        (float("nan"), None),
        (10**30, 10**30),
        ([10**5000], [TOO_LONG]),
        (object(), "object"),
        (len, "len"),
    ],
)
def test_any_value_has_its_json(value: Any, expected: Any) -> None:
    assert json.loads(encoded(value)) == expected


def test_what_is_nested_too_deeply_is_left_out() -> None:
    assert json.loads(encoded(nested(190))) == nested(190)
    for depth in (300, 100_000):
        assert TOO_DEEP.encode() in encoded({"a": nested(depth), "b": 1})
        assert encoded({"a": nested(depth), "b": 1}).endswith(b'"b":1}')


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values), st.text(), st.text())
def test_whatever_is_recorded_can_be_read(data: dict[str, Any], kind: str, role: str) -> None:
    trace = recorder()
    trace.record(f"my {kind}", role, data)
    (found,) = parsed_trace(trace.lines(), PATH).records
    assert (found.kind, found.role, list(found.data)) == (f"my {kind}", role, list(data))


def names_in(directory: Path) -> list[str]:
    return sorted(file.name for file in directory.rglob("*"))


# --- the file -------------------------------------------------------------------------------------------


async def test_a_trace_is_written_and_read_back(tmp_path: Path, lines: bytes) -> None:
    path = tmp_path / "deep" / "down" / "run.jsonl"
    await write_trace(path, b"old")
    await write_trace(path, lines)
    assert path.read_bytes() == lines
    assert names_in(path.parent) == ["run.jsonl"]
    trace = read_trace(path)
    assert (trace.is_torn, trace.result is not None, len(trace.records)) == (
        False,
        True,
        lines.count(b"\n") - 2,
    )


async def test_a_run_that_was_cancelled_gets_its_trace(tmp_path: Path) -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        await write_trace(tmp_path / "run.jsonl", small())
    assert read_trace(tmp_path / "run.jsonl").result is not None


@pytest.mark.parametrize("name", ["file/run.jsonl", "directory", "x" * 300])
async def test_a_disk_that_refuses_is_a_named_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "directory").mkdir()
    with pytest.raises(TraceError, match=r"cannot write the trace .*: \w+"):
        await write_trace(tmp_path / name, b"data")
    assert names_in(tmp_path) == ["directory", "file"]


WRITER = """
import sys
from pathlib import Path
from pare.traces.files import replace_file
path, size = Path(sys.argv[1]), 3_000_000
print("ready", flush=True)
for number in range(1_000_000):
    replace_file(path, bytes([number % 251]) * size)
"""


def test_a_kill_during_a_write_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    replace_file(path, b"first")
    for attempt in range(6):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.004 * attempt + 0.003)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        data = path.read_bytes()
        assert data == b"first" or (len(data) == 3_000_000 and len(set(data)) == 1)


def test_a_run_names_its_files() -> None:
    assert run_name("dentist_moves") == "dentist_moves"
    assert run_name("dentist_moves", 3) == "dentist_moves_run_3"
    assert run_name("../../etc/passwd", 1).startswith("_.._etc_passwd_")
    assert run_name("").startswith("scenario_")


@given(st.text(max_size=400), st.text(max_size=400))
def test_names_of_different_scenarios_differ_and_are_file_names(one: str, other: str) -> None:
    assert (run_name(one) == run_name(other)) == (one == other)
    assert len(run_name(one).encode()) < 200
    assert not {"/", "\0", "\\", ":"} & set(run_name(one))
    assert run_name(one)[0] not in ".-"


# --- while the run goes on ------------------------------------------------------------------------------


async def test_lines_can_be_watched_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    growing = GrowingTrace(path)
    assert (growing.read(), growing.is_there) == ([], False)
    trace = recorder(LiveTrace(path))
    trace.turn(1)
    assert [record.kind for record in growing.read()] == ["header", "turn"]
    assert growing.read() == []
    trace.record("reply", "user", {"text": "a"})
    trace.finish({})
    assert live_path(path).read_bytes() == trace.lines()
    await write_trace(path, trace.lines())
    assert [record.kind for record in growing.read()] == ["reply", "result"]
    assert names_in(tmp_path) == ["run.jsonl"]
    growing.close()


def test_a_file_of_a_run_before_is_not_continued(tmp_path: Path) -> None:
    live_path(tmp_path / "run.jsonl").write_bytes(b"torn")
    recorder(LiveTrace(tmp_path / "run.jsonl")).turn(1)
    assert live_path(tmp_path / "run.jsonl").read_bytes().startswith(b'{"seq":0,')


def test_a_disk_that_refuses_does_not_disturb_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    trace = recorder(LiveTrace(tmp_path / "file" / "run.jsonl"))
    trace.turn(1)
    trace.turn(2)
    assert len(trace.lines().splitlines()) == 3


@given(st.lists(st.integers(1, 60), max_size=30))
def test_a_growing_file_gives_what_the_whole_file_holds(sizes: list[int]) -> None:
    data, found = small(), []
    lines_of, place = GrowingTrace(PATH)._lines, 0
    for size in [*sizes, len(data)]:
        found += lines_of.feed(data[place : place + size])
        place += size
    whole = parsed_trace(data, PATH)
    assert found == [whole.header, *whole.records, whole.result]


# --- reading what others, or a crash, made of it ----------------------------------------------------------


def test_every_cut_of_a_trace_can_be_read_or_says_what_is_wrong() -> None:
    data = small()
    first = data.index(b"\n")
    for end in range(len(data)):
        if end < first:
            with pytest.raises(TraceError, match=r"^trace"):
                parsed_trace(data[:end], PATH)
            continue
        trace = parsed_trace(data[:end], PATH)
        complete = data[:end].count(b"\n") + (data[end : end + 1] == b"\n")
        assert len(trace.records) + 1 + (trace.result is not None) == complete
        assert trace.is_torn == (data[:end].count(b"\n") == complete and not data[:end].endswith(b"\n"))


def test_the_end_of_a_last_line_may_be_missing() -> None:
    assert parsed_trace(small()[:-1], PATH) == parsed_trace(small(), PATH)


def changed(number: int, **values: Any) -> bytes:
    """Give a small trace with other values in a line; ... takes a value out."""
    all_lines = small().splitlines()
    line = {**json.loads(all_lines[number - 1]), **values}
    all_lines[number - 1] = json.dumps(
        {name: item for name, item in line.items() if item is not ...}
    ).encode()
    return b"\n".join(all_lines) + b"\n"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (changed(2, t=...), "line 2, is damaged: 't' is no number"),
        (changed(2, t="now"), "line 2, is damaged: 't' is no number"),
        (changed(2, t=True), "line 2, is damaged: 't' is no number"),
        (changed(2, seq=-1), "line 2, is damaged: seq is below 0"),
        (changed(2, seq=True), "line 2, is damaged: 'seq' is of type bool, not int"),
        (changed(3, kind=...), "line 3, is damaged: 'kind' is missing"),
        (changed(3, data=[]), "line 3, is damaged: 'data' is of type list, not dict"),
        (changed(4, role=None), "line 4, is damaged: 'role' is of type NoneType, not str"),
        (changed(3, wall="x"), "line 3, is damaged: 'wall' is no number"),
        (small().replace(b'"text"', b"text"), "line 3, is damaged: it is not JSON"),
        (small().replace(b"\n", b"\n\n", 1), "line 2, is damaged: it is not JSON"),
        (changed(1, kind="result"), "line 1, is no trace of pare: a header is expected, not 'result'"),
        (changed(1, data={}), "line 1, is no trace of pare: the header names no format"),
        (changed(1, data={"format": 2}), "line 1, is no trace of pare: it has format 2, of a newer pare"),
        (b"", "is no trace of pare: it is empty"),
        (b"\n", "line 1, is no trace of pare: it is not JSON"),
        (b"[1]\n", "line 1, is no trace of pare: an object is expected, not list"),
        (b"\x00\xff\xfe", "line 1, is no trace of pare: it is not JSON"),
        (b'{"world_logs":[]}', "it is an export for other programs"),
        (b'{"a":' * 100_000, "line 1, is no trace of pare: it is not JSON"),
        (b'{"seq":0,"t":1e999}\n', "line 1, is no trace of pare"),
        (b'{"seq":0,"t":1' + b"0" * 400 + b"}\n", "line 1, is no trace of pare"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(data)
    with pytest.raises(TraceError) as caught:
        read_trace(path)
    assert str(caught.value).startswith(str(path))
    assert problem in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", ["missing", "directory", "fifo"])
def test_what_is_no_file_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(TraceError, match="cannot read the trace"):
        read_trace(tmp_path / name)


def test_a_file_that_no_run_has_written_is_not_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with path.open("wb") as file:
        file.truncate((1 << 30) + 1)
    with pytest.raises(TraceError, match="is no trace: it is larger than"):
        read_trace(path)


def test_a_later_kind_is_kept() -> None:
    trace = parsed_trace(changed(2, kind="telepathy", more=[1]), PATH)
    assert [record.kind for record in trace.records] == ["telepathy", "reply"]


def test_what_a_model_may_write_is_read() -> None:
    trace = recorder()
    trace.record("reply", "user", {"text": "\ud800 \x00 \u2028"})
    assert parsed_trace(trace.lines(), PATH).records[0].data["text"] == "\ud800 \x00 \u2028"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_trace_or_a_named_error(data: bytes) -> None:
    expect_a_trace_or_an_error(data)


@given(st.data())
@example(None).via("no bytes changed")
def test_a_trace_that_was_tampered_with_is_a_trace_or_a_named_error(draw: Any) -> None:
    data = small()
    if draw is not None:
        start, size = draw.draw(st.integers(0, len(data))), draw.draw(st.integers(0, 40))
        data = data[:start] + draw.draw(st.binary(max_size=20)) + data[start + size :]
    expect_a_trace_or_an_error(data)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["seq", "t", "turn", "kind", "role", "data", "wall"]), json_values)
    )
)
def test_lines_of_any_json_are_a_trace_or_a_named_error(values: list[Any]) -> None:
    head = small().splitlines(keepends=True)[0]
    expect_a_trace_or_an_error(head + b"".join(encoded(value) + b"\n" for value in values))


def expect_a_trace_or_an_error(data: bytes) -> None:
    try:
        trace = parsed_trace(data, PATH)
    except TraceError as error:
        problem = str(error)
        assert problem.startswith("trace")
    else:
        assert trace.header.kind == "header"
        assert without_wall_times(data)


# --- the result -----------------------------------------------------------------------------------------


def test_a_result_tells_all_but_the_machine() -> None:
    result = PAREScenarioValidationResult(
        None, RuntimeError("no"), "/tmp/x.json", "why", 1.5, outcome="defect", usage={"user": {"calls": 1}}
    )
    data = result_data(result)
    assert (data["rationale"], data["outcome"], data["usage"]) == ("why", "defect", {"user": {"calls": 1}})
    assert data["error"] == {"type": "RuntimeError", "message": "no", "place": []}
    assert (data["wall_seconds"], "export_path" in data, "exception" in data) == (1.5, False, False)
