"""Every paid reply is on file before it is used, comes back for the same request, and is asked for once."""

import json
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.llm.client import EndpointError
from pare.llm.digest import encode_json, request_digest
from pare.llm.journal import Journal, Journaled, JournalError, RunJournal, RunKey
from pare.llm.journal_file import LARGEST_FILE_BYTES, JournalFile
from pare.llm.journal_lines import CallKey, Entry, header_of, line_of, read_contents, sum_of
from pare.llm.types import (
    CallLabel,
    Completion,
    CompletionRequest,
    Effort,
    Message,
    SamplingParameters,
    ToolCall,
    Usage,
)

KEY = RunKey("mail_from_ana", 1, "c0ffee")
TOOL = {"type": "function", "function": {"name": "Mail__send", "parameters": {"type": "object"}}}

FULL = Completion(
    text="Thought: π ≠ 3\nAction: {}\u2028",
    tool_calls=(ToolCall("call_1", "Mail__send", '{"to": "ana"'),),
    reasoning="hm",
    finish_reason="tool_calls",
    raw_finish_reason="TOOL_USE",
    usage=Usage(10, 4, 3, 1, estimated=True),
    model="m-2025",
    system_fingerprint="fp",
    latency_seconds=0.1 + 0.2,
)


def asking(ordinal=0, text="hello", key=KEY, role="user", **changes):
    request = CompletionRequest("m", [Message("system", text)], CallLabel(*key, role, ordinal))
    return replace(request, **changes)


class Model:
    """Answers in words that name the call and how often the model was asked; counts."""

    def __init__(self):
        self.calls = 0

    async def __call__(self, request):
        self.calls += 1
        label = request.label
        return replace(FULL, text=f"{label.scenario_id} {label.role} {label.ordinal} #{self.calls}")


async def refuse(request):
    raise AssertionError("the model was asked")


async def play(journal, complete, requests, key=KEY, fresh=False):
    """Ask for everything in `requests` within one run; give the replies and the closed journal of the run."""
    async with journal.run(key, fresh=fresh) as run:
        ask = Journaled(complete, journal)
        return [await ask(request) for request in requests], run


def contents(path):
    return read_contents(path.read_bytes(), KEY)


def asides(path):
    return sorted(path.parent.glob("*.aside-*"))


# --- replay -------------------------------------------------------------------------------------------------


async def test_a_reply_comes_back_equal_in_every_field(tmp_path):
    async def complete(request):
        return FULL

    first, _ = await play(Journal(tmp_path), complete, [asking()])
    again, run = await play(Journal(tmp_path), refuse, [asking()])
    assert first == [FULL]
    assert again == [replace(FULL, replayed=True)]
    assert (run.replayed, run.recorded, run.untaken, run.set_aside) == (1, 0, 0, None)


async def test_replay_makes_zero_calls_and_writes_nothing(tmp_path):
    journal, model = Journal(tmp_path), Model()
    requests = [asking(n, f"step {n}", role=role) for n in range(10) for role in ("user", "observe")]
    first, _ = await play(journal, model, requests)
    before = journal.path_of(KEY).read_bytes()
    again, _ = await play(journal, refuse, requests)
    assert model.calls == 20
    assert again == [replace(reply, replayed=True) for reply in first]
    assert journal.path_of(KEY).read_bytes() == before


async def test_an_interrupted_run_keeps_its_prefix_and_draws_the_rest_once(tmp_path):
    journal, model = Journal(tmp_path), Model()
    prefix, _ = await play(journal, model, [asking(n) for n in range(3)])
    whole, run = await play(journal, model, [asking(n) for n in range(5)])
    assert [reply.text for reply in whole[:3]] == [reply.text for reply in prefix]
    assert (run.replayed, run.recorded, model.calls) == (3, 2, 5)


async def test_calls_in_another_order_find_their_own_replies(tmp_path):
    journal, model = Journal(tmp_path), Model()
    await play(journal, model, [asking(0, role="b"), asking(1, role="a")])
    replies, run = await play(journal, model, [asking(0, role="a"), asking(1, role="a"), asking(0, role="b")])
    assert [reply.replayed for reply in replies] == [False, True, True]
    assert run.set_aside is None
    assert list(contents(run.path).entries) == [("b", 0), ("a", 1), ("a", 0)]


async def test_fresh_draws_anew_and_loses_nothing(tmp_path):
    journal, model = Journal(tmp_path), Model()
    await play(journal, model, [asking()])
    before = journal.path_of(KEY).read_bytes()
    (reply,), run = await play(journal, model, [asking()], fresh=True)
    assert (reply.text, reply.replayed) == ("mail_from_ana user 0 #2", False)
    assert run.set_aside.reason == "fresh"
    assert run.set_aside.path.read_bytes() == before
    (kept,), _ = await play(journal, refuse, [asking()])
    assert kept.text == reply.text


async def test_fresh_over_nothing_sets_nothing_aside(tmp_path):
    journal = Journal(tmp_path)
    await play(journal, Model(), [])
    _, run = await play(journal, Model(), [asking()], fresh=True)
    assert run.set_aside is None
    assert asides(run.path) == []


async def test_a_final_refusal_is_part_of_the_record(tmp_path):
    async def overflow(request):
        error = EndpointError("context_overflow", "9000 tokens are too many", status=400, cause="http_400")
        error.effort = Effort(attempts=2)
        raise error

    for complete in (overflow, refuse):
        with pytest.raises(EndpointError, match="9000 tokens") as caught:
            await play(Journal(tmp_path), complete, [asking()])
        error = caught.value
        assert (error.kind, error.status, error.cause) == ("context_overflow", 400, "http_400")
        assert error.effort == Effort(attempts=2)


async def test_a_passing_failure_is_asked_for_again(tmp_path):
    async def overloaded(request):
        raise EndpointError("overload", "busy")

    with pytest.raises(EndpointError):
        await play(Journal(tmp_path), overloaded, [asking()])
    replies, _ = await play(Journal(tmp_path), Model(), [asking()])
    assert not replies[0].replayed


async def test_a_call_that_failed_may_be_made_again_in_the_same_run(tmp_path):
    journal, model = Journal(tmp_path), Model()

    async def once_busy(request):
        if model.calls == 0:
            model.calls += 1
            raise EndpointError("overload", "busy")
        return await model(request)

    async with journal.run(KEY):
        ask = Journaled(once_busy, journal)
        with pytest.raises(EndpointError):
            await ask(asking())
        assert (await ask(asking())).text.endswith("#2")


# --- what differs -------------------------------------------------------------------------------------------


async def test_the_first_mismatch_sets_the_rest_aside_and_says_so(tmp_path, capsys):
    journal, model = Journal(tmp_path), Model()
    await play(journal, model, [asking(n) for n in range(5)])
    before = journal.path_of(KEY).read_bytes()
    changed = [asking(0), asking(1), asking(2, "changed"), asking(3), asking(4)]
    replies, run = await play(journal, model, changed)
    assert [reply.replayed for reply in replies] == [True, True, False, False, False]
    assert (run.set_aside.reason, run.set_aside.kept, run.set_aside.call) == ("mismatch", 2, ("user", 2))
    assert run.set_aside.path.read_bytes() == before
    said = capsys.readouterr().err
    assert "journal.set_aside" in said
    assert "mismatch" in said
    assert str(run.set_aside.path) in said
    again, run = await play(journal, refuse, changed)
    assert [replace(reply, replayed=False) for reply in again] == [
        replace(reply, replayed=False) for reply in replies
    ]
    assert run.set_aside is None


async def test_a_mismatch_keeps_what_was_taken_from_the_middle(tmp_path):
    journal, model = Journal(tmp_path), Model()
    order = [asking(0, role="a"), asking(0, role="b"), asking(1, role="a"), asking(1, role="b")]
    await play(journal, model, order)
    _, run = await play(journal, model, [order[2], asking(0, "changed", role="a"), asking(9)])
    assert list(contents(run.path).entries) == [("a", 1), ("a", 0), ("user", 9)]
    assert contents(run.path).fault is None


async def test_two_mismatches_leave_two_files_aside(tmp_path):
    journal, model = Journal(tmp_path), Model()
    for text in ("one", "two", "three"):
        await play(journal, model, [asking(text=text)])
    path = journal.path_of(KEY)
    assert [file.name.split(".")[2] for file in asides(path)] == ["aside-1", "aside-2"]
    assert model.calls == 3


@pytest.mark.parametrize(
    "change",
    [
        {"model": "other"},
        {"tools": [TOOL]},
        {"sampling": SamplingParameters(temperature=0.5)},
        {"sampling": SamplingParameters(seed=1)},
        {"messages": [Message("user", "hello")]},
        {"messages": [Message("system", "hello"), Message("user", "")]},
        {"messages": [Message("system", "hello", (ToolCall("1", "a", "{}"),))]},
        {"messages": [Message("system", "hello", (), "1")]},
    ],
    ids=str,
)
def test_the_digest_covers(change):
    assert request_digest(asking()) != request_digest(asking(**change))


def test_the_digest_is_the_same_everywhere():
    assert request_digest(asking()) == "b97979a899780bf67b15af55f1d2690f"


def test_the_digest_leaves_out_the_label():
    other = CallLabel("other", 2, "", "observe", 7, "step 9")
    assert request_digest(asking()) == request_digest(asking(label=other))


def test_the_digest_of_tools_knows_order_but_not_that_of_keys():
    turned = {"function": {"parameters": {"type": "object"}, "name": "Mail__send"}, "type": "function"}
    other = {"type": "function", "function": {"name": "Mail__read", "parameters": {}}}
    assert request_digest(asking(tools=[TOOL])) == request_digest(asking(tools=[turned]))
    assert request_digest(asking(tools=[TOOL, other])) != request_digest(asking(tools=[other, TOOL]))


def test_tools_that_change_within_a_role_are_seen(tmp_path):
    with closing(JournalFile(tmp_path / "x" / "y.jsonl", KEY)) as file:
        run = RunJournal(file)
        for tools in ([TOOL], (TOOL,)):
            whole = run.digest_of(asking(tools=tools))
            assert whole == run.digest_of(asking(tools=tools)) == run.digest_of(asking(tools=[TOOL]))
            assert whole != run.digest_of(asking(tools=()))
            if isinstance(tools, list):
                tools.append(TOOL)
                assert whole != run.digest_of(asking(tools=tools))


@contextmanager
def closing(file):
    try:
        yield file
    finally:
        file.close()


# --- runs among each other ----------------------------------------------------------------------------------


async def test_concurrent_runs_share_nothing(tmp_path):
    journal, model = Journal(tmp_path), Model()
    keys = [RunKey(name, run, digest) for name in "ab" for run in (1, 2, 3) for digest in ("x", "y")]
    found = {}

    async def run(key, complete):
        found[key], _ = await play(journal, complete, [asking(n, key=key) for n in range(20)], key)

    async def all_of(complete):
        async with anyio.create_task_group() as group:
            for key in keys:
                group.start_soon(run, key, complete)
        return dict(found)

    first = await all_of(model)
    again = await all_of(refuse)
    assert model.calls == 20 * len(keys)
    texts = [reply.text for replies in first.values() for reply in replies]
    assert len(set(texts)) == len(texts)
    for key in keys:
        assert [reply.text for reply in again[key]] == [reply.text for reply in first[key]]


async def test_the_journal_of_another_run_is_never_replayed(tmp_path):
    journal, model = Journal(tmp_path), Model()
    other = KEY._replace(run_number=2)
    await play(journal, model, [asking()])
    path = journal.path_of(other)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(journal.path_of(KEY).read_bytes())
    replies, run = await play(journal, model, [asking(key=other)], other)
    assert not replies[0].replayed
    assert run.set_aside.reason == "foreign"


async def test_a_run_under_way_cannot_be_opened_again(tmp_path):
    journal = Journal(tmp_path)
    async with journal.run(KEY):
        for other in (journal, Journal(tmp_path)):
            with pytest.raises(JournalError, match="in use"):
                async with other.run(KEY):
                    pass
    async with journal.run(KEY):
        pass


async def test_a_call_of_a_run_that_is_not_open_is_refused(tmp_path):
    journal = Journal(tmp_path)
    with pytest.raises(JournalError, match="no journal is open"):
        await Journaled(refuse, journal)(asking())
    async with journal.run(KEY) as run:
        other = asking(key=KEY._replace(run_number=2))
        with pytest.raises(JournalError, match="cannot use"):
            await Journaled(refuse, run)(other)
        assert (await Journaled(Model(), run)(asking())).text.endswith("#1")
    with pytest.raises(JournalError, match="closed"):
        await Journaled(refuse, run)(asking(1))


async def test_a_call_is_answered_once(tmp_path):
    journal = Journal(tmp_path)
    for _ in range(2):
        async with journal.run(KEY):
            ask = Journaled(Model(), journal)
            await ask(asking())
            with pytest.raises(JournalError, match="answered before"):
                await ask(asking())


async def test_a_cancelled_run_closes_its_file(tmp_path):
    journal = Journal(tmp_path)

    async def hang(request):
        if request.label.ordinal:
            await anyio.sleep_forever()
        return FULL

    with anyio.move_on_after(0.05):
        await play(journal, hang, [asking(0), asking(1)])
    replies, _ = await play(journal, Model(), [asking(0), asking(1)])
    assert [reply.replayed for reply in replies] == [True, False]


# --- names and rights ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scenario_id",
    ["../../etc/passwd", "/abs", "a" * 5000, "küche/茶", "con", ".", "", "a\0b", "a\nb", "\ud800", "%s*?[x]"],
    ids=ascii,
)
async def test_any_scenario_id_makes_a_safe_file_name(tmp_path, scenario_id):
    journal, key = Journal(tmp_path / "j"), RunKey(scenario_id, 1, "c")
    await play(journal, Model(), [asking(key=key)], key)
    replies, run = await play(journal, refuse, [asking(key=key)], key)
    assert replies[0].replayed
    assert run.path.parent.parent == tmp_path / "j"
    assert run.path.name.isascii()
    assert len(run.path.name) < 120
    assert list(tmp_path.iterdir()) == [tmp_path / "j"]
    await journal.discard(key)
    assert list(run.path.parent.iterdir()) == []


def test_ids_that_look_alike_have_files_of_their_own():
    keys = [
        ("a/b", 1, "c"),
        ("a_b", 1, "c"),
        ("A_b", 1, "c"),
        ("a_b", 11, "c"),
        ("a_b1", 1, "c"),
        ("a_b", 1, "1c"),
    ]
    names = {RunKey(*key).file_name for key in keys}
    assert len(names) == len({name.lower() for name in names}) == len(keys)


async def test_only_the_user_may_read(tmp_path):
    _, run = await play(Journal(tmp_path / "new" / "j"), Model(), [asking()])
    for directory in (run.path.parent, run.path.parent.parent):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(run.path.stat().st_mode) == 0o600


async def test_discarding_takes_what_was_set_aside_too(tmp_path):
    journal, model = Journal(tmp_path), Model()
    other = KEY._replace(run_number=2)
    await play(journal, model, [asking(text="one")])
    await play(journal, model, [asking(text="two")])
    await play(journal, model, [asking(key=other)], other)
    await journal.discard(KEY)
    await journal.discard(KEY)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [journal.path_of(other)]


# --- torn, tampered, foreign --------------------------------------------------------------------------------


async def written(tmp_path, calls=3):
    journal = Journal(tmp_path)
    await play(journal, Model(), [asking(n) for n in range(calls)])
    return journal, journal.path_of(KEY)


async def test_a_last_line_torn_at_every_byte_is_cut(tmp_path):
    journal, path = await written(tmp_path)
    data = path.read_bytes()
    last = data[:-1].rindex(b"\n") + 1
    for size in range(last, len(data) + 1):
        path.write_bytes(data[:size])
        model = Model()
        replies, run = await play(journal, model, [asking(n) for n in range(3)])
        whole = size >= len(data) - 1  # a line that lacks only its line feed lost nothing
        assert [reply.replayed for reply in replies] == [True, True, whole]
        assert model.calls == (not whole)
        assert run.set_aside is None
        assert contents(path).fault is None
        assert len(contents(path).entries) == 3
        assert not whole or path.read_bytes() == data


async def test_a_header_torn_at_every_byte_is_written_again(tmp_path):
    journal, path = await written(tmp_path)
    header = path.read_bytes().split(b"\n")[0] + b"\n"
    for size in range(len(header) + 1):
        path.write_bytes(header[:size])
        _, run = await play(journal, Model(), [asking()])
        assert run.set_aside is None
        assert list(contents(path).entries) == [("user", 0)]


async def test_a_change_of_any_byte_is_found(tmp_path):
    _, path = await written(tmp_path)
    data = path.read_bytes()
    whole = contents(path).entries
    for place in range(len(data)):
        broken = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        found = read_contents(broken, KEY)
        assert found.fault is not None
        assert list(found.entries.items()) == list(whole.items())[: len(found.entries)]


async def test_a_damaged_line_sets_the_file_aside_and_keeps_what_comes_before(tmp_path, capsys):
    journal, path = await written(tmp_path)
    data = path.read_bytes().replace(b"user 1 #2", b"user 1 #9")
    path.write_bytes(data)
    replies, run = await play(journal, Model(), [asking(n) for n in range(3)])
    assert [reply.replayed for reply in replies] == [True, False, False]
    assert (run.set_aside.reason, run.set_aside.kept) == ("damaged", 1)
    assert run.set_aside.path.read_bytes() == data
    assert "damaged" in capsys.readouterr().err
    _, run = await play(journal, refuse, [asking(n) for n in range(3)])
    assert run.set_aside is None


@pytest.mark.parametrize("name", ["removed", "doubled", "swapped"])
async def test_lines_that_do_not_follow_each_other_are_damage(tmp_path, name):
    _, path = await written(tmp_path)
    head, one, two, three, _ = path.read_bytes().split(b"\n")
    lines = {"removed": [head, one, three], "doubled": [head, one, one], "swapped": [head, two, one]}[name]
    path.write_bytes(b"\n".join([*lines, b""]))
    assert contents(path).fault == "damaged"
    assert len(contents(path).entries) == (name != "swapped")


def entry(**changes):
    return json.dumps(
        {"role": "user", "ordinal": 0, "step": "", "digest": "d", "reply": {"text": "hi"}} | changes
    )


@pytest.mark.parametrize(
    "payload",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "[]",
        "null",
        "{}",
        "cos\nsystem\n(S'touch /tmp/x'\ntR.".replace("\n", " "),
        entry(reply=None),
        entry(refusal={"kind": "outage", "message": ""}),
        entry(reply=None, refusal={"kind": "rm -rf", "message": ""}),
        entry(reply={"text": 5}),
        entry(reply={"text": "hi", "finish_reason": "magic"}),
        entry(reply={"text": "hi", "tool_calls": [{"id": "1"}]}),
        entry(reply={"text": "\ud800", "latency_seconds": float("nan")}),
        entry(ordinal="first"),
        entry() + entry(),
        entry()[:-1] + '\r, "x": "\\ud800"}x',
        '{"__class__": "os.system", "__reduce__": ["ls"]}',
    ],
    ids=lambda payload: payload[:40],
)
async def test_a_forged_line_is_set_aside_however_sound_its_checksum(tmp_path, payload):
    journal, path = Journal(tmp_path), Journal(tmp_path).path_of(KEY)
    path.parent.mkdir()
    header = line_of(header_of(KEY), b"")
    path.write_bytes(header + line_of(payload.encode(errors="surrogatepass"), sum_of(header)))
    replies, run = await play(journal, Model(), [asking()])
    assert not replies[0].replayed
    assert (run.set_aside.reason, run.set_aside.kept) == ("damaged", 0)


async def test_a_line_with_a_carriage_return_outlives_a_mismatch(tmp_path):
    journal, path = Journal(tmp_path), Journal(tmp_path).path_of(KEY)
    path.parent.mkdir()
    first = entry(digest=request_digest(asking())).replace(", ", ",\r")
    lines, last_sum = b"", b""
    for payload in (header_of(KEY), first.encode(), entry(ordinal=1).encode()):
        line = line_of(payload, last_sum)
        lines, last_sum = lines + line, sum_of(line)
    path.write_bytes(lines)
    replies, run = await play(journal, Model(), [asking(0), asking(1)])
    assert [reply.replayed for reply in replies] == [True, False]
    assert run.set_aside.reason == "mismatch"
    assert len(contents(path).entries) == 2


@pytest.mark.parametrize(
    "data", [b"\x80\x04\x95cposix\nsystem\n", b"hello\n", b"\0" * 500, b"{}\n{}\n"], ids=repr
)
async def test_a_foreign_file_is_set_aside_whole(tmp_path, data):
    journal, path = Journal(tmp_path), Journal(tmp_path).path_of(KEY)
    path.parent.mkdir()
    path.write_bytes(data)
    _, run = await play(journal, Model(), [asking()])
    assert run.set_aside.reason == "foreign"
    assert run.set_aside.path.read_bytes() == data


async def test_two_answers_to_one_call_are_damage():
    data = line_of(header_of(KEY), b"")
    for _ in range(2):
        data += line_of(entry().encode(), sum_of(data.split(b"\n")[-2]))
    found = read_contents(data, KEY)
    assert (found.fault, list(found.entries)) == ("damaged", [("user", 0)])


async def test_a_file_of_absurd_size_is_not_read(tmp_path):
    journal, path = Journal(tmp_path), Journal(tmp_path).path_of(KEY)
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE_BYTES + 1)
    _, run = await play(journal, Model(), [asking()])
    assert run.set_aside.reason == "foreign"
    run.set_aside.path.unlink()


@pytest.mark.parametrize("kind", ["directory", "fifo", "symlink", "unreadable place"])
async def test_what_is_no_file_gives_a_named_error(tmp_path, kind):
    journal = Journal(tmp_path / "j")
    path = journal.path_of(KEY)
    path.parent.parent.mkdir()
    if kind == "unreadable place":
        path.parent.write_text("a file where the shard belongs")
    else:
        path.parent.mkdir()
        victim = tmp_path / "victim"
        victim.write_text("dear")
        {
            "directory": path.mkdir,
            "fifo": lambda: os.mkfifo(path),
            "symlink": lambda: path.symlink_to(victim),
        }[kind]()
    with pytest.raises(JournalError, match="cannot open the journal"):
        async with journal.run(KEY):
            pass
    assert kind != "symlink" or victim.read_text() == "dear"


@given(st.binary(max_size=200), st.integers(0, 3))
def test_no_bytes_break_the_reader(data, lines):
    header = line_of(header_of(KEY), b"")
    for text in (data, header + data, header + line_of(data, sum_of(header)) * lines + data):
        found = read_contents(text, KEY)
        assert found.entries == {}


@given(st.text(st.characters(), max_size=50), st.text(max_size=50))
def test_any_text_comes_back_as_it_was(text, arguments):
    reply = Completion(text + "\ud800" * (len(text) % 2), (ToolCall("", "f", arguments),))
    header = line_of(header_of(KEY), b"")
    said = Entry("user", 0, "", request_digest(asking(text=reply.text)), reply)
    found = read_contents(header + line_of(encode_json(said), sum_of(header)), KEY)
    assert found.entries == {CallKey("user", 0): said}


# --- disks and processes ------------------------------------------------------------------------------------


async def test_a_full_disk_gives_a_named_error_and_leaves_no_half_line(tmp_path):
    journal, path = await written(tmp_path)
    size = path.stat().st_size
    async with journal.run(KEY):
        ask = Journaled(Model(), journal)
        for n in range(3):
            await ask(asking(n))
        with file_size_limit(size + 20), pytest.raises(JournalError, match="cannot write"):
            await ask(asking(3))
        assert path.stat().st_size == size
        with file_size_limit(10), pytest.raises(JournalError, match="cannot write"):
            await ask(asking(4))
        await ask(asking(5))
    assert list(contents(path).entries) == [("user", n) for n in (0, 1, 2, 5)]


async def test_a_full_disk_while_setting_aside_loses_nothing(tmp_path):
    journal, path = await written(tmp_path)
    before = path.read_bytes()
    async with journal.run(KEY):
        with file_size_limit(10), pytest.raises(JournalError, match="cannot set aside"):
            await Journaled(Model(), journal)(asking(0, "changed"))
    assert path.read_bytes() == before
    assert asides(path) == []


async def test_a_full_disk_at_the_start_gives_a_named_error_and_loses_nothing(tmp_path):
    journal, path = await written(tmp_path)
    before = path.read_bytes()
    with file_size_limit(10), pytest.raises(JournalError, match="cannot open the journal"):
        await play(journal, refuse, [], fresh=True)
    assert path.read_bytes() == before
    replies, _ = await play(journal, refuse, [asking()])
    assert replies[0].replayed


@contextmanager
def file_size_limit(size):
    """Let no file of this process grow beyond `size`, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class StubbornFile:
    """Does not close before it is told to; then the disk refuses."""

    key, path, set_aside = KEY, Path("x"), None

    def __init__(self, is_slow):
        self.entries = {}
        self.may_go_on = threading.Event()
        self.is_slow = is_slow

    def close(self):
        if self.is_slow:
            self.may_go_on.wait(5)
        raise OSError(5, "no disk")


@pytest.mark.parametrize(("is_slow", "text"), [(True, "not done after 0.05 s"), (False, "no disk")])
async def test_a_sync_that_fails_or_hangs_is_said_and_holds_nothing_up(is_slow, text, capsys):
    file = StubbornFile(is_slow)
    run = RunJournal(file, longest_sync_seconds=0.05)
    start = perf_counter()
    await run.aclose()
    await run.aclose()
    file.may_go_on.set()
    assert perf_counter() - start < 2
    said = capsys.readouterr().err
    assert "journal.sync_failed" in said
    assert text in said


APPENDING = """
import asyncio, sys
from pare.llm.journal import Journal, Journaled, RunKey
from pare.llm.types import *

async def complete(request):
    return Completion("x" * 3000 + str(request.label.ordinal))

async def main():
    journal, key = Journal(sys.argv[1]), RunKey("mail_from_ana", 1, "c0ffee")
    async with journal.run(key):
        ask = Journaled(complete, journal)
        for n in range(10**9):
            label = CallLabel(*key, "user", n)
            reply = await ask(CompletionRequest("m", [Message("system", "hello")], label))
            print(n, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("acknowledged", [1, 40])
async def test_a_killed_process_loses_no_reply_that_it_used(tmp_path, acknowledged):
    seen = kill_while_appending(tmp_path, acknowledged)
    assert seen >= acknowledged - 1
    replies, run = await play(Journal(tmp_path), refuse, [asking(n) for n in range(seen + 1)])
    assert [reply.text.lstrip("x") for reply in replies] == [str(n) for n in range(seen + 1)]
    assert run.untaken <= 1
    assert run.set_aside is None


def kill_while_appending(directory, acknowledged):
    """Kill a process that appends, after so many replies were used; give the last that was."""
    child = subprocess.Popen([sys.executable, "-c", APPENDING, directory], stdout=subprocess.PIPE, text=True)
    watchdog = threading.Timer(20, child.kill)
    watchdog.start()
    try:
        seen = [int(child.stdout.readline()) for _ in range(acknowledged)]
        child.send_signal(signal.SIGKILL)
        seen += map(int, child.stdout.read().split())
        assert child.wait(10) == -signal.SIGKILL
    finally:
        watchdog.cancel()
        child.kill()
        child.stdout.close()
        child.wait(10)
    return seen[-1]


async def test_an_append_costs_microseconds(tmp_path):
    journal, count = Journal(tmp_path), 500
    messages = [Message("system", "x" * 9000)]
    reply = replace(FULL, text="y" * 800)
    async with journal.run(KEY) as run:
        start = perf_counter()
        for n in range(count):
            messages += [Message("assistant", "z" * 400), Message("user", "z" * 400)]
            request = CompletionRequest("m", messages[:40], CallLabel(*KEY, "user", n))
            run.record(request.label, run.digest_of(request), reply)
        each = (perf_counter() - start) / count
    assert each < 0.0005  # a tenth of that when nothing else is running
