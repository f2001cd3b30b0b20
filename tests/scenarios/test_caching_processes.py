"""Several processes on one store: nothing that was committed is lost, and no run is paid for twice."""

import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import anyio
import pytest

from pare.scenarios.store.holders import Holder, is_alive, start_of, this_process
from pare.scenarios.store.leases import Leases
from pare.scenarios.utils.caching import (
    AsyncResultStore,
    Process,
    ResultStore,
    RunKey,
    StoredResult,
    StoreError,
)

KEY = RunKey("mail_from_ana", 1, "c0ffee")

WRITER = """
import sys
from pare.scenarios.utils.caching import ResultStore, StoredResult

place, config, number = sys.argv[1:]
with ResultStore(place) as store:
    for run in range(1, int(number) + 1):
        store.put(StoredResult(
            scenario_id="a", run_number=run, config_hash=config, scenario_hash="s", result={"run": run}
        ))
        print(run, flush=True)
"""
HOLDER = """
import sys
from pare.scenarios.utils.caching import ResultStore, RunKey

with ResultStore(sys.argv[1]) as store:
    print(store.try_lease(RunKey("mail_from_ana", 1, "c0ffee")) is not None, flush=True)
    sys.stdin.readline()
"""


RIVAL = """
import sys
from pare.scenarios.utils.caching import ResultStore, RunKey

with ResultStore(sys.argv[1]) as store:
    store.try_lease(RunKey("ready", 1, sys.argv[2]))
    print(flush=True)
    sys.stdin.readline()
    keys = [RunKey("mail_from_ana", run, "c") for run in range(1, 101)]
    print(*[key.run_number for key in keys if store.try_lease(key)], flush=True)
    sys.stdin.readline()
"""


@contextmanager
def program(code, *arguments):
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def store(tmp_path):
    with ResultStore(tmp_path / "store") as opened:
        yield opened


# --- results --------------------------------------------------------------------------------------------


def test_four_processes_write_at_once_and_all_is_there(store):
    writers = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITER, str(store.path), f"c{number}", "200"],
            stdout=subprocess.DEVNULL,
        )
        for number in range(4)
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    keys = [RunKey("a", run, f"c{number}") for number in range(4) for run in range(1, 201)]
    found = store.get_many(keys)
    assert [found[key][0].result for key in keys] == [{"run": key.run_number} for key in keys]
    assert (store.verify().sound, store.verify().is_sound, store.damage) == (800, True, ())


def test_a_killed_writer_loses_nothing_that_it_committed(store):
    with program(WRITER, store.path, "c", 10_000) as writer:
        told = [int(writer.stdout.readline()) for _ in range(100)]
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in writer.stdout if line.endswith("\n")]
    keys = [RunKey("a", run, "c") for run in told]
    assert len(store.get_many(keys)) == len(told)
    assert store.verify().is_sound
    assert store.status().entries in (len(told), len(told) + 1)


def test_a_store_is_not_used_in_a_forked_process(store):
    store._database._process = -1
    with pytest.raises(StoreError, match="forked"):
        store.put(StoredResult(scenario_id="a", run_number=1, config_hash="c", scenario_hash="s", result={}))


# --- leases ---------------------------------------------------------------------------------------------


def test_a_run_is_leased_to_one_task_at_a_time(store):
    lease = store.try_lease(KEY)
    assert store.try_lease(KEY) is None
    assert store.try_lease(KEY._replace(run_number=2)) is not None
    store.release(lease)
    store.release(lease)
    assert store.holder_of(KEY) is None
    assert store.try_lease(KEY) == lease


def test_another_store_sees_the_holder_and_gets_the_lease_when_that_closes(store):
    with ResultStore(store.path) as other:
        assert other.try_lease(KEY)
        assert store.try_lease(KEY) is None
        assert store.holder_of(KEY).process == this_process()
        assert store.leased() == {KEY}
    assert (store.holder_of(KEY), store.leased()) == (None, set())
    assert store.try_lease(KEY)


def test_the_lease_of_a_killed_process_is_taken_over_at_once(store):
    with program(HOLDER, store.path) as holder:
        assert holder.stdout.readline() == "True\n"
        assert store.try_lease(KEY) is None
        assert str(store.holder_of(KEY)).startswith(f"process {holder.pid} on ")
        holder.send_signal(signal.SIGKILL)
        anyio.run(AsyncResultStore(store).wait_for_release, KEY)
        assert (store.holder_of(KEY), store.leased()) == (None, set())
        assert store.try_lease(KEY)


def test_of_two_processes_that_want_the_same_leases_each_is_given_to_one(store):
    with program(RIVAL, store.path, 1) as one, program(RIVAL, store.path, 2) as other:
        for rival in (one, other):
            assert rival.stdout.readline() == "\n"
        for rival in (one, other):
            rival.stdin.write("go\n")
            rival.stdin.flush()
        taken = [int(run) for rival in (one, other) for run in rival.stdout.readline().split()]
    assert sorted(taken) == list(range(1, 101))


def test_a_lease_that_is_released_is_waited_for(store):
    async def wait():
        waiting = AsyncResultStore(store)
        with ResultStore(store.path) as other, anyio.fail_after(5):
            lease = other.try_lease(KEY)
            async with anyio.create_task_group() as group:
                group.start_soon(waiting.wait_for_release, KEY)
                await anyio.sleep(0.05)
                assert waiting.store.try_lease(KEY) is None
                other.release(lease)
        assert await waiting.try_lease(KEY)

    anyio.run(wait)


def test_leases_survive_that_their_table_is_removed(store):
    assert store.try_lease(KEY)
    for file in (store.path / "leases").iterdir():
        file.unlink()
    store._leases.beat()
    with ResultStore(store.path) as other:
        assert other.try_lease(KEY) is None


def test_a_damaged_table_of_leases_is_put_aside(store, capsys):
    assert store.try_lease(KEY)
    store.close()
    (store.path / "leases" / "cache.db").write_bytes(b"garbage" * 1000)
    with ResultStore(store.path) as other:
        assert other.try_lease(KEY)
    assert (store.path / "leases.damaged-1").is_dir()
    assert "store.put_aside" in capsys.readouterr().err


def test_a_row_that_no_holder_wrote_holds_nothing(store):
    with ResultStore(store.path) as other:
        assert other.try_lease(KEY)
        other._leases._database.use(lambda at: at.execute("UPDATE Holders SET pid = 'x'"))
        assert store.holder_of(KEY) is None
        assert store.try_lease(KEY)


def test_dead_holders_are_taken_out_when_another_enters(tmp_path):
    first = Leases(tmp_path / "leases")
    first._here = replace(first._here, started="0")
    assert first.take(KEY)
    second = Leases(tmp_path / "leases")
    assert second.take(KEY._replace(run_number=2))
    rows = second._database.use(lambda at: at.execute("SELECT id FROM Holders").fetchall())
    assert rows == [(second.holder_id,)]
    first.close()
    second.close()


# --- who lives ------------------------------------------------------------------------------------------

HERE = Process(100, "here", "7", "boot", "pid:[1]")


@pytest.mark.parametrize(
    ("changes", "silence", "started", "lives"),
    [
        ({}, 0, "7", True),
        ({}, 1e6, "7", True),  # it is there: a machine that slept sent no heartbeats
        ({}, 0, None, False),
        ({}, 0, "8", False),  # another process has its number now
        ({"host": "there"}, 59, None, True),
        ({"host": "there"}, 61, "7", False),
        ({"boot_id": "before"}, 59, None, True),
        ({"boot_id": "before"}, 61, "7", False),
        ({"pid_space": "pid:[2]"}, 59, None, True),  # a container on this machine
        ({"pid_space": "pid:[2]"}, 61, "7", False),
    ],
)
def test_who_lives(changes, silence, started, lives):
    holder = Holder("h", replace(HERE, **changes), 1000.0)
    assert is_alive(holder, HERE, 1000.0 + silence, lambda pid: started) is lives


@pytest.mark.parametrize(("silence", "started", "lives"), [(59, "", True), (61, "", False), (0, None, False)])
def test_who_lives_where_the_system_does_not_tell_when_a_process_started(silence, started, lives):
    here = Process(100, "here", "", "", "")
    assert is_alive(Holder("h", here, 1000.0), here, 1000.0 + silence, lambda pid: started) is lives


def test_a_killed_process_that_nobody_waited_for_is_gone():
    with program("input()") as process:
        assert start_of(process.pid)
        process.kill()
        with anyio.from_thread.start_blocking_portal() as portal:
            while start_of(process.pid):
                portal.call(anyio.sleep, 0.01)


def test_a_result_goes_to_the_store_that_took_the_place_of_a_removed_one(store):
    stored = StoredResult(scenario_id="a", run_number=1, config_hash="c", scenario_hash="s", result={})
    store.put(stored)
    for file in (store.path / "results").iterdir():
        file.unlink()
    (store.path / "results").rmdir()
    store.put(stored)
    with ResultStore(store.path) as other:
        assert other.find(stored.key) == (stored,)
