"""Finished runs are kept, found again whatever the scenario was then, and nothing in a store is trusted."""

import json
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from time import perf_counter

import anyio
import pytest
from pydantic import ValidationError

from pare.scenarios.store.disk import DBNAME, JsonCache, JsonDisk, decode_json, open_cache
from pare.scenarios.store.errors import DamagedEntryError
from pare.scenarios.utils.caching import (
    AsyncResultStore,
    ResultStore,
    RunKey,
    StoredResult,
    open_store,
)

KEY = RunKey("mail_from_ana", 1, "c0ffee")
CANARY = Path("canary")


def result(key=KEY, scenario_hash="s1", **changes):
    fields = {"scenario_id": key[0], "run_number": key[1], "config_hash": key[2], "result": {"success": True}}
    return StoredResult(**fields | {"scenario_hash": scenario_hash, "validator_hash": "v1"} | changes)


@pytest.fixture
def store(tmp_path):
    with ResultStore(tmp_path / "store") as opened:
        yield opened


def change(store, statement, *values):
    """Change the database behind the back of the store."""
    with closing(sqlite3.connect(store.path / "results" / DBNAME)) as connection, connection:
        return connection.execute(statement, values).fetchall()


# --- what is stored is found ----------------------------------------------------------------------------


def test_a_result_comes_back_as_it_was_stored(store):
    stored = result(
        result={"rationale": "π \ud800 \u2028", "rate": 0.1 + 0.2, "list": [None, {"a": {}}], "big": 2**63},
        fingerprint={"user": {"model": "m-2025"}},
    )
    store.put(stored)
    assert store.get(KEY, "s1") == stored
    with ResultStore(store.path) as other:
        assert other.get(KEY, "s1") == stored


def test_a_result_is_found_under_another_scenario_hash_too(store):
    first, second = result(), result(scenario_hash="s2")
    store.put(first)
    store.put(second)
    assert store.find(KEY) == (second, first)
    assert [store.get(KEY, scenario_hash) for scenario_hash in ("s1", "s2", "s3")] == [first, second, None]


def test_a_later_result_of_the_same_key_takes_the_place_of_the_former(store):
    store.put(result())
    store.put(later := result(validator_hash="v2"))
    assert store.find(KEY) == (later,)
    assert store.status().entries == 1


def test_many_are_looked_up_at_once_and_those_missing_are_left_out(store):
    odd = RunKey('a",1,"b', 10, "c")
    for key in (KEY, KEY._replace(run_number=2), KEY._replace(run_number=10), odd):
        store.put(result(key))
    wanted = [KEY, KEY._replace(run_number=3), odd, KEY._replace(config_hash="c0ffe")]
    assert list(store.get_many(wanted)) == [KEY, odd]
    assert store.get_many([]) == {}


def test_a_store_that_is_not_there_is_empty_and_is_not_made_by_a_look(store):
    assert (store.find(KEY), store.runs(), store.holder_of(KEY), store.leased()) == ((), [], None, set())
    assert (store.status().entries, store.verify().is_sound, store.invalidate(everything=True)) == (
        0,
        True,
        [],
    )
    assert not store.path.exists()


def test_only_the_user_may_read_what_is_stored(store):
    old = os.umask(0)
    try:
        store.put(result())
        assert store.try_lease(KEY)
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.path.rglob("*")}
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {}
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o700


def test_rights_that_others_have_on_a_store_are_taken_away(store):
    (store.path / "results").mkdir(parents=True, mode=0o755)
    (store.path / "results" / DBNAME).touch(mode=0o644)
    store.put(result())
    assert {stat.S_IMODE(path.stat().st_mode) for path in (store.path / "results").glob("cache*")} == {0o600}
    assert stat.S_IMODE((store.path / "results").stat().st_mode) == 0o700


@pytest.mark.parametrize("value", [float("nan"), (1, 2), b"bytes", {1: 2}, object()])
def test_what_is_no_plain_json_is_refused(value):
    with pytest.raises(ValidationError):
        result(result={"value": value})


def test_runs_are_counted_from_one():
    with pytest.raises(ValidationError):
        result(KEY._replace(run_number=0))


def test_nothing_is_ever_evicted_and_each_commit_is_synced(tmp_path):
    with closing(open_cache(tmp_path, is_network=False)) as cache:
        assert (cache.eviction_policy, cache.cull_limit) == ("none", 0)
        pragmas = {name: cache.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "mmap_size": 0, "trusted_schema": 0}


def test_a_network_file_system_gets_no_write_ahead_log(tmp_path):
    with closing(open_cache(tmp_path, is_network=True)) as cache:
        pragmas = {name: cache.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
    assert pragmas == {"journal_mode": "delete", "synchronous": 3, "mmap_size": 0, "trusted_schema": 0}


PRAGMAS = ("journal_mode", "synchronous", "mmap_size", "trusted_schema")


def test_ten_thousand_look_ups_take_a_fraction_of_a_second(store):
    keys = [RunKey(f"scenario_{number % 100}", 1 + number // 100, "c") for number in range(10_000)]

    def fill(cache: JsonCache):
        with cache.transact():
            for key in keys[:3000]:
                cache.set(result(key).row_key, result(key).as_value())

    store._database.use(fill)
    start = perf_counter()
    assert len(store.get_many(keys)) == 3000
    assert perf_counter() - start < 1


# --- on the event loop ----------------------------------------------------------------------------------


async def test_the_loop_uses_the_store_through_threads(tmp_path):
    async with open_store(tmp_path) as store:
        async with anyio.create_task_group() as group:
            for number in range(1, 21):
                group.start_soon(store.put, result(KEY._replace(run_number=number)))
        keys = [KEY._replace(run_number=number) for number in range(25)]
        assert len(await store.get_many(keys)) == 20
        assert await store.get(KEY, "s1") == (await store.find(KEY))[0]
        assert (await store.status()).entries == 20
        assert (await store.verify()).sound == 20
        lease = await store.try_lease(KEY)
        assert (await store.holder_of(KEY)).process.pid == os.getpid()
        await store.release(lease)
        assert await store.holder_of(KEY) is None


async def test_a_cancelled_task_has_stored_its_result_all_the_same(tmp_path):
    async with open_store(tmp_path) as store:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await store.put(result())
        assert await store.get(KEY, "s1")


# --- nothing is trusted ---------------------------------------------------------------------------------


class Bomb:
    """Makes a file when it is unpickled."""

    def __reduce__(self):
        return Path.touch, (CANARY,)


def pickled():
    import pickle

    return pickle.dumps(Bomb())


CHANGES = {
    "no JSON": ("value = ?", b"{"),
    "a text": ("value = ?", "{}"),
    "nothing": ("value = ?", None),
    "another letter": ("value = CAST(replace(CAST(value AS TEXT), 'true', 'null') AS BLOB)",),
    "a pickle": ("mode = 4, value = ?", pickled()),
    "a pickle in a file": ("mode = 4, value = NULL, filename = ?", "../../precious"),
    "a file": ("mode = 2, value = NULL, filename = ?", "../../precious"),
    "a pickle as key": ("raw = 0",),
    "an endless list": ("value = ?", b"[" * 100_000),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_damaged_entry_is_set_aside_and_counts_as_missing(store, name, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    precious = tmp_path / "precious"
    precious.write_bytes(pickled())
    store.put(result())
    store.put(other := result(KEY._replace(run_number=2)))
    statement, *values = CHANGES[name]
    change(store, f"UPDATE Cache SET {statement} WHERE rowid = 1", *values)
    assert store.get(KEY, "s1") is None
    assert store.damaged_entries == 1
    assert "entry.set_aside" in capsys.readouterr().err
    assert (store.status().entries, store.status().set_aside) == (1, 1)
    store.put(again := result())
    assert (store.get(KEY, "s1"), store.find(other.key)) == (again, (other,))
    assert precious.exists()
    assert not CANARY.exists()


def test_overwriting_an_entry_deletes_no_file_that_it_names(store, tmp_path):
    store.put(result())
    precious = tmp_path / "precious"
    precious.touch()
    change(store, "UPDATE Cache SET mode = 2, value = NULL, filename = ?", "../../precious")
    store.put(result())
    assert precious.exists()
    assert store.get(KEY, "s1") is not None


def test_an_entry_under_the_key_of_another_is_set_aside(store):
    store.put(result())
    store.put(result(KEY._replace(run_number=2)))
    change(store, "UPDATE Cache SET value = (SELECT value FROM Cache WHERE rowid = 2) WHERE rowid = 1")
    assert store.find(KEY) == ()
    assert store.damaged_entries == 1


def test_an_entry_that_was_written_anew_meanwhile_is_not_set_aside(store):
    from pare.scenarios.store import rows

    store.put(result())
    old = store._database.use(lambda cache: rows.rows_of(cache.connection, b"["))[0]
    store.put(stored := result(validator_hash="v2"))
    damaged = [rows.DamagedRow(old, "it was damaged then")]
    store._database.use(lambda cache: rows.set_aside(cache.connection, damaged))
    assert store.find(KEY) == (stored,)


def test_an_entry_of_a_later_version_is_no_damage(store):
    store.put(result())
    value = {**dict(result()), "schema_version": 2, "more": 1}
    store._database.use(lambda cache: cache.write(result().row_key, value))
    assert store.find(KEY) == ()
    assert (store.damaged_entries, store.status().entries, store.verify().later) == (0, 1, 1)


def test_the_disk_takes_neither_files_nor_pickles(tmp_path):
    disk = JsonDisk(str(tmp_path))
    with pytest.raises(TypeError):
        disk.store(Bomb(), read=False)
    with pytest.raises(TypeError):
        disk.store(b"", read=True)
    with pytest.raises(TypeError):
        disk.filename()
    assert disk.get(*disk.put(["a", 1])) == ["a", 1]


@pytest.mark.parametrize("data", [b"NaN", b"[1e999, Infinity]", b"", b"\xff", None, 7])
def test_what_is_no_json_is_not_read(data):
    with pytest.raises(DamagedEntryError):
        decode_json(data)


# --- upkeep ---------------------------------------------------------------------------------------------


def test_status_counts_what_is_there(store):
    for number in (1, 2, 3):
        store.put(result(RunKey("a", number, "c1")))
    store.put(result(RunKey("b", 1, "c2")))
    status = store.status()
    assert (status.entries, status.scenarios, status.configs) == (4, 2, 2)
    assert status.bytes > 4096


def test_results_of_a_scenario_or_a_configuration_are_deleted(store):
    for scenario in ("a", "b"):
        for config in ("c1", "c2"):
            store.put(result(RunKey(scenario, 1, config)))
    assert store.invalidate("a", "c1") == [RunKey("a", 1, "c1")]
    assert store.invalidate(config_hash="c2") == [RunKey("a", 1, "c2"), RunKey("b", 1, "c2")]
    assert store.runs() == [RunKey("b", 1, "c1")]
    assert store.invalidate(everything=True) == [RunKey("b", 1, "c1")]
    with pytest.raises(ValueError, match="name a scenario"):
        store.invalidate()
    with pytest.raises(ValueError, match="name a scenario"):
        store.invalidate("a", everything=True)


def test_verify_reports_and_removes_on_request_only(store):
    for number in (1, 2, 3):
        store.put(result(KEY._replace(run_number=number)))
    change(store, "UPDATE Cache SET value = x'00' WHERE rowid = 2")
    change(store, "UPDATE Cache SET key = 'text' WHERE rowid = 3")
    for _ in range(2):
        found = store.verify()
        assert (found.sound, found.is_sound, found.database) == (1, False, None)
        assert [entry.key for entry in found.damaged] == [
            '["mail_from_ana",2,"c0ffee","s1"]',
            "'text'",
        ]
    assert store.verify(remove=True).removed == 2
    assert (store.verify().is_sound, store.status().entries) == (True, 1)


def test_an_entry_is_readable_json(store):
    store.put(result())
    ((value,),) = change(store, "SELECT value FROM Cache")
    assert json.loads(value)["entry"]["result"] == {"success": True}


def test_the_twins_have_the_same_names():
    names = {name for name in vars(AsyncResultStore) if not name.startswith("_")} - {"aclose"}
    assert {name for name in names if not hasattr(ResultStore, name)} == {"wait_for_release"}
