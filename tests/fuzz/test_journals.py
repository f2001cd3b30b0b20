"""Whatever is in a journal's file, only what was recorded for this call of this run comes out of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import strategies as st

from pare.llm.client import EndpointError
from pare.llm.digest import encode_json, request_digest
from pare.llm.journal import RunJournal
from pare.llm.journal_file import JournalFile
from pare.llm.journal_lines import (
    CallKey,
    Entry,
    Refusal,
    RunKey,
    header_of,
    line_of,
    read_contents,
    sum_of,
)
from pare.llm.types import CallLabel, Completion, CompletionRequest, Message, ToolCall, Usage
from tests.fuzz.cases import (
    LONG_CASES,
    PARTS,
    SCALARS,
    as_json,
    assert_linear,
    changed,
    flipped,
    in_long_mode,
    in_parts,
    run_cases,
    some,
    spliced,
    values_of,
)

KEY = RunKey("mail_from_ana", 1, "c0ffee")
OTHERS = (KEY._replace(run_number=2), KEY._replace(config_hash="decade"), KEY._replace(scenario_id="mail"))
ROLES = ("user", "observe", "user", "execute", "user", "observe")

# --- a sound journal ----------------------------------------------------------------------------------------


def asking(number: int, key: RunKey = KEY) -> CompletionRequest:
    label = CallLabel(*key, ROLES[number], ROLES[:number].count(ROLES[number]))
    return CompletionRequest("m", [Message("user", f"step {number}")], label)


def entry(number: int, key: RunKey = KEY) -> Entry:
    label, digest = asking(number, key).label, request_digest(asking(number, key))
    if number == 5:
        refusal = Refusal.of(EndpointError("context_overflow", "so long", status=400))
        return Entry(label.role, label.ordinal, "", digest, refusal=refusal)
    said = f"{key} says {number} \u2028 π\r"
    reply = Completion(said, (ToolCall("c", "f", "{}"),), usage=Usage(10, 1, 3, 2), latency_seconds=0.25)
    return Entry(label.role, label.ordinal, "", digest, reply)


ENTRIES = {entry(number).key: entry(number) for number in range(len(ROLES))}


def lines_of(payloads: Sequence[bytes], last_sum: bytes = b"") -> list[bytes]:
    """Give lines that follow each other as they must."""
    lines = []
    for payload in payloads:
        lines.append(line_of(payload, last_sum))
        last_sum = sum_of(lines[-1])
    return lines


def lines_for(key: RunKey) -> list[bytes]:
    return lines_of([header_of(key), *(encode_json(entry(number, key)) for number in range(len(ROLES)))])


LINES = lines_for(KEY)
FOREIGN = [line for key in OTHERS for line in lines_for(key)]
PAYLOADS = [orjson.loads(encode_json(entry(number))) for number in range(len(ROLES))]

# --- what is changed ----------------------------------------------------------------------------------------

VALUES = values_of(SCALARS | st.sampled_from(["user", "observe", 0, 1, -1, "1", 1.0, True, "stop", "auth"]))
PIECES = st.sampled_from(
    [
        b"\n",
        b"\r\n",
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b'{"sum":"',
        b'","entry":',
        b"}",
        b'"',
        b"[" * 300,
        *LINES,
    ]
) | st.binary(max_size=6)


class Parts(NamedTuple):
    """What the cases of a batch are made of."""

    values: list[Any]
    pieces: list[bytes]


PARTS_OF_CASES = st.builds(Parts, some(VALUES), some(PIECES))


class Case(NamedTuple):
    """A file, and whether what is wrong with it was signed as if a run had written it."""

    data: bytes
    is_signed: bool = False


def make(parts: Parts, rng: Random) -> Case:
    whole = b"".join(LINES)
    kind = rng.randrange(10)
    if kind < 2:
        return Case(flipped(rng, whole))
    if kind < 4:
        return Case(bytes(spliced(rng, whole, parts.pieces)))
    if kind < 5:
        return Case(whole[: rng.randint(0, len(whole))])
    if kind < 7:
        return Case(b"".join(shuffled(rng)))
    if kind < 8:
        return Case(rng.choice((b"", LINES[0])) + bytes(spliced(rng, b"", parts.pieces)))
    return forged(parts, rng)


def shuffled(rng: Random) -> list[bytes]:
    """Give the lines with some left out, doubled, put elsewhere, or taken from the journal of another run."""
    lines = list(LINES)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(lines) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            del lines[place : place + rng.randint(1, 2)]
        elif kind == 1:
            lines.insert(place, rng.choice(LINES))
        elif kind == 2:
            lines.insert(place, rng.choice(FOREIGN))
        elif lines:
            lines.insert(place, lines.pop(rng.randrange(len(lines))))
    return lines


def forged(parts: Parts, rng: Random) -> Case:
    """Give a file whose lines follow each other, with one payload that no run has written."""
    payloads = [encode_json(payload) for payload in PAYLOADS]
    place = rng.randrange(len(payloads))
    if rng.random() < 0.7:
        payloads[place] = as_json(changed(rng, PAYLOADS[place], parts.values))
    else:
        payloads[place] = bytes(spliced(rng, payloads[place], parts.pieces))
    return Case(b"".join(lines_of([header_of(KEY), *payloads])), is_signed=True)


# --- what holds ---------------------------------------------------------------------------------------------


def check(case: Case) -> None:
    found = read_contents(case.data, KEY)
    again = read_contents(case.data[: found.size], KEY)
    assert (again.entries, again.fault) == (found.entries, None)
    assert found.size <= len(case.data) + 1
    if case.is_signed:
        for key, item in found.entries.items():
            check_forged(key, item)
        return
    assert list(found.entries.items()) == list(ENTRIES.items())[: len(found.entries)]
    sound = 0
    for line, own in zip(case.data.split(b"\n"), LINES, strict=False):
        if line + b"\n" != own:
            break
        sound += 1
    assert len(found.entries) == max(0, sound - 1)


def check_forged(key: CallKey, item: Entry) -> None:
    """Check that even what was signed falsely is an entry: it is written as one, and read as the same."""
    assert key == (item.role, item.ordinal)
    assert isinstance(item.digest, str)
    assert (item.reply is None) != (item.refusal is None)
    usage = Usage() if item.reply is None else item.reply.usage
    numbers = (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens, usage.reasoning_tokens)
    assert all(type(number) is int and number >= 0 for number in (*numbers, item.ordinal))
    header = LINES[0]
    line = line_of(encode_json(item), sum_of(header))
    assert read_contents(header + line, KEY).entries == {key: item}


def run(cases: int) -> None:
    run_cases(PARTS_OF_CASES, make, check, cases=cases, batch=25)


def test_only_what_was_recorded_is_read() -> None:
    run(1_000)


@in_long_mode
@in_parts
def test_only_what_was_recorded_is_read_from_many_files(part: int) -> None:
    run(LONG_CASES // PARTS)


def test_what_is_changed_is_sound_before() -> None:
    found = read_contents(b"".join(LINES), KEY)
    assert (found.entries, found.fault) == (ENTRIES, None)


# --- replay -------------------------------------------------------------------------------------------------


class Replay(NamedTuple):
    """A file, and in which order calls are made; those in `others` ask something else than was recorded."""

    case: Case
    order: list[int]
    others: frozenset[int]


def make_replay(parts: Parts, rng: Random) -> Replay:
    order = list(range(len(ROLES)))
    if rng.random() < 0.3:
        rng.shuffle(order)
    others = frozenset(rng.sample(order, rng.choice((0, 0, 1, 2))))
    case = make(parts, rng)
    while case.is_signed:
        case = make(parts, rng)
    return Replay(case, order, others)


def check_replay(replay: Replay, path: Path) -> None:
    """Play a run over the file, and then once more over what that left behind."""
    for file in path.parent.iterdir():
        file.unlink()
    path.write_bytes(replay.case.data)
    known, fault = told_of(replay.case.data)
    first = asyncio.run(played(replay, path, "anew"))
    is_over = False
    for number, answer in zip(replay.order, first, strict=True):
        is_over = is_over or (number in replay.others and entry(number).key in known)
        is_known = entry(number).key in known and not is_over
        assert answer == (ENTRIES[entry(number).key] if is_known else drawn(replay, number, "anew"))
    assert asyncio.run(played(replay, path, "again")) == first
    if fault in ("damaged", "foreign"):
        assert path.with_suffix(".aside-1.jsonl").read_bytes() == replay.case.data


def told_of(data: bytes) -> tuple[dict[CallKey, Entry], str | None]:
    found = read_contents(data, KEY)
    return found.entries, found.fault


async def played(replay: Replay, path: Path, draw: str) -> list[Entry]:
    run = RunJournal(JournalFile(path, KEY))
    answers = []
    for number in replay.order:
        answer = drawn(replay, number, draw)
        label = asking(number).label
        recorded = run.take(label, answer.digest)
        if recorded is None:
            assert answer.reply is not None
            run.record(label, answer.digest, answer.reply)
        answers.append(recorded or answer)
    await run.aclose()
    return answers


def drawn(replay: Replay, number: int, draw: str) -> Entry:
    """Give what a model answers to a call that is made."""
    plain = entry(number)
    digest = f"other {number}" if number in replay.others else plain.digest
    return replace(plain, digest=digest, reply=Completion(f"{draw} {number}"), refusal=None)


def test_a_run_over_any_file_takes_what_is_its_own_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cases(
        PARTS_OF_CASES,
        make_replay,
        lambda replay: check_replay(replay, tmp_path / "run.jsonl"),
        cases=60,
        batch=10,
    )


@in_long_mode
def test_many_runs_over_any_file_take_what_is_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cases(
        PARTS_OF_CASES, make_replay, lambda replay: check_replay(replay, tmp_path / "run.jsonl"), cases=2_000
    )


# --- what was found -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"ordinal": -1},
        {"reply": {"text": "", "latency_seconds": -1.0}},
        {"reply": {"text": "", "latency_seconds": 1e300}},
        {"reply": {"text": "", "usage": {"prompt_tokens": -5}}},
        {"reply": {"text": "", "effort": {"queued_seconds": -1.0}}},
    ],
)
def test_numbers_that_no_run_has_counted_are_damage(change: dict[str, Any]) -> None:
    lines = lines_of([header_of(KEY), encode_json({**PAYLOADS[0], **change})])
    found = read_contents(b"".join(lines), KEY)
    assert (found.entries, found.fault) == ({}, "damaged")


# --- sizes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", [b"\n", b"x", b"{", b"[", b'{"a":', LINES[1], LINES[0]])
def test_the_time_to_read_a_file_grows_with_its_size(piece: bytes) -> None:
    assert_linear(lambda data: read_contents(data, KEY), lambda size: LINES[0] + piece * size, size=5_000)


def test_the_time_to_read_a_sound_file_grows_with_its_size() -> None:
    def file(size: int) -> bytes:
        payloads = [encode_json(replace(entry(0), ordinal=number)) for number in range(size)]
        return b"".join(lines_of([header_of(KEY), *payloads]))

    assert len(read_contents(file(10), KEY).entries) == 10
    assert_linear(lambda data: read_contents(data, KEY), file, size=300)


@pytest.mark.parametrize("depth", [100, 400, 1_000, 100_000])
def test_a_nested_line_is_no_entry(depth: int) -> None:
    payload = b'{"role":' + b"[" * depth + b"]" * depth + b"}"
    data = b"".join(lines_of([header_of(KEY), payload]))
    found = read_contents(data, KEY)
    assert (found.entries, found.fault) == ({}, "damaged")
