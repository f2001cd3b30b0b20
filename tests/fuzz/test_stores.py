"""Whatever is in a row of the store, it is the result that was stored there, or it is none."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from shutil import rmtree
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from pare.llm.digest import encode_json
from pare.llm.journal_lines import line_of
from pare.multi_scenario_runner.served import SERVED, Hashes, Shelf, as_stored
from pare.scenarios.job import Job
from pare.scenarios.result_row import ResultRow, parse_row
from pare.scenarios.result_row import line_of as row_line
from pare.scenarios.store import rows
from pare.scenarios.store.disk import DBNAME
from pare.scenarios.store.errors import DamagedEntryError, LaterEntryError
from pare.scenarios.utils.caching import ResultStore, RunKey, StoredResult, StoreError
from pare.sweep import load_sweep
from tests.fuzz.cases import (
    LONG_CASES,
    PARTS,
    SCALARS,
    as_json,
    assert_linear,
    assert_shown,
    changed,
    flipped,
    in_long_mode,
    in_parts,
    run_cases,
    some,
    spliced,
    values_of,
)

LONGEST_REASON = 250
ROWS = 12
"""So many entries are in a store; those with an even number are left alone."""

# --- a sound store ------------------------------------------------------------------------------------------


def key_of(number: int) -> RunKey:
    return RunKey(f"mail_from_ana_{number}", 1 + number % 3, "c0ffee")


def stored(number: int) -> StoredResult:
    return StoredResult(
        **key_of(number)._asdict(),
        scenario_hash="s1",
        validator_hash="v1",
        fingerprint={"user": {"asked": ["m"]}},
        written_at="2025-01-06T09:00:00+00:00",
        result={
            "success": bool(number % 2),
            "rationale": f"π {number}",
            "usage": {"user": {"calls": number}},
        },
    )


ENTRIES = [stored(number) for number in range(ROWS)]


def row_of(entry: StoredResult) -> rows.Row:
    value = line_of(encode_json(entry.as_value()), b"")[:-1]
    return rows.Row(1, encode_json(entry.row_key), 1, 1, None, value)


SOUND = [row_of(entry) for entry in ENTRIES]

# --- what is changed ----------------------------------------------------------------------------------------

VALUES = values_of(SCALARS | st.sampled_from(["s1", "v1", "c0ffee", 1, 2, 2**63, True, 1.0, "1", {}, []]))
PIECES = st.sampled_from([b"\x00", b"\xff", b"\xed\xa0\x80", b'"', b"{", b"\\ud800", b"[" * 300]) | st.binary(
    max_size=5
)
CELLS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from(
        [0, 1, 2, 3, 4, 1.0, 0.5, "", "../../precious", "\x1b[2J", b"", b"\xff\xfe", b"\x80\x04."]
    ),
    st.floats(),
    st.text(max_size=8).filter(lambda text: text.isprintable()),
    st.binary(max_size=30),
)


class Parts(NamedTuple):
    """What the cases of a batch are made of."""

    values: list[Any]
    pieces: list[bytes]
    cells: list[Any]


PARTS_OF_CASES = st.builds(Parts, some(VALUES), some(PIECES), some(CELLS))


class Case(NamedTuple):
    """A row in the place of entry `number`; is `is_signed`, its checksum is right whatever it says."""

    number: int
    row: rows.Row
    is_text: bool = False
    is_signed: bool = False


def make(parts: Parts, rng: Random) -> Case:
    number = rng.randrange(ROWS)
    row = SOUND[number]
    kind = rng.randrange(10)
    if kind < 2:
        return Case(number, row._replace(value=flipped(rng, row.value)))
    if kind < 3:
        return Case(
            number, row._replace(value=bytes(spliced(rng, row.value, parts.pieces))), rng.random() < 0.3
        )
    if kind < 4:
        return Case(number, row._replace(value=SOUND[rng.randrange(ROWS)].value))
    if kind < 6:
        name = rng.choice(("raw", "mode", "filename", "value"))
        return Case(number, row._replace(**{name: rng.choice(parts.cells)}))
    return Case(number, signed(parts, rng, row, number), is_signed=True)


def signed(parts: Parts, rng: Random, row: rows.Row, number: int) -> rows.Row:
    """Give a row with a right checksum over what nobody has stored."""
    entry = ENTRIES[number].as_value()
    if rng.random() < 0.7:
        text = as_json(changed(rng, entry, parts.values))
    else:
        text = bytes(spliced(rng, encode_json(entry), parts.pieces))
    return row._replace(value=line_of(text, b"")[:-1])


# --- a row --------------------------------------------------------------------------------------------------


def check(case: Case) -> None:
    try:
        found = rows.read_row(case.row)
    except DamagedEntryError as error:
        assert_shown(str(error), LONGEST_REASON)
        return
    except LaterEntryError:
        assert case.is_signed
        return
    own = ENTRIES[case.number]
    assert list(found.row_key) == list(own.row_key)
    if case.is_signed:
        again = StoredResult.model_validate(found.as_value())
        assert rows.read_row(row_of(again)) == found
    else:
        assert found == own


def run(cases: int) -> None:
    run_cases(PARTS_OF_CASES, make, check, cases=cases, batch=25)


def test_a_row_is_the_entry_or_none() -> None:
    run(1_000)


@in_long_mode
@in_parts
def test_each_of_many_rows_is_the_entry_or_none(part: int) -> None:
    run(LONG_CASES // PARTS)


@pytest.mark.parametrize("number", range(ROWS))
def test_what_is_changed_is_sound_before(number: int) -> None:
    assert rows.read_row(SOUND[number]) == ENTRIES[number]


# --- a store ------------------------------------------------------------------------------------------------


@contextmanager
def filled(directory: Path) -> Iterator[ResultStore]:
    """Open a store that holds all entries, as they were written."""
    with ResultStore(directory) as store:
        store.put(ENTRIES[0])
        with closing(sqlite3.connect(store.path / "results" / DBNAME)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")
            for row in SOUND[1:]:
                connection.execute(
                    "INSERT INTO Cache(key, raw, store_time, access_time, mode, value)"
                    " VALUES (?, 1, 0, 0, 1, ?)",
                    (row.key, row.value),
                )
        yield store


def spoil(store: ResultStore, cases: list[Case]) -> None:
    """Change rows behind the back of the store."""
    with closing(sqlite3.connect(store.path / "results" / DBNAME)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        for case in cases:
            value = "CAST(? AS TEXT)" if case.is_text else "?"
            connection.execute(
                f"UPDATE Cache SET raw = ?, mode = ?, filename = ?, value = {value} WHERE key = ?",
                (case.row.raw, case.row.mode, case.row.filename, case.row.value, SOUND[case.number].key),
            )


def make_many(parts: Parts, rng: Random) -> list[Case]:
    """Give a row in the place of each odd entry."""
    cases = []
    for number in range(1, ROWS, 2):
        case = make(parts, rng)
        while case.number != number:
            case = make(parts, rng)
        cases.append(case)
    return cases


def check_store(cases: list[Case], store: ResultStore) -> None:
    """Look everything up: neighbours are as they were, the damaged are set aside, and stored anew."""
    spoil(store, cases)
    before = store.damaged_entries
    odd = {case.number: case for case in cases}
    for number, entry in enumerate(ENTRIES):
        found = store.get(key_of(number), "s1")
        if number not in odd or found is None or not odd[number].is_signed:
            assert found in (entry, None) if number in odd else found == entry
    damaged = store.damaged_entries - before
    assert damaged == store.status().set_aside <= len(cases)
    report = store.verify()
    assert (report.damaged, report.database) == ((), None)
    assert report.sound + report.later + damaged == ROWS
    assert store.verify(remove=True).removed == damaged
    for case in cases:
        store.put(ENTRIES[case.number])
    assert [store.get(key_of(number), "s1") for number in range(ROWS)] == ENTRIES
    assert store.verify().is_sound


def run_stores(directory: Path, cases: int) -> None:
    with filled(directory) as store:
        run_cases(PARTS_OF_CASES, make_many, lambda rows: check_store(rows, store), cases=cases, batch=4)


def test_damaged_rows_are_set_aside_and_stored_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_stores(tmp_path / "store", 12)
    assert "entry.set_aside" in capsys.readouterr().err


@in_long_mode
def test_many_damaged_rows_are_set_aside_and_stored_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_stores(tmp_path / "store", 1_000)
    assert "entry.set_aside" in capsys.readouterr().err


# --- what is served -----------------------------------------------------------------------------------------

HASHES = {"mail_from_ana": Hashes("s1", "v1")}


@cache
def job() -> Job:
    sweep = load_sweep(
        "scenarios: {ids: [mail_from_ana]}\nbase: {user: gpt-5-mini, user_provider: openai}\n",
        catalogue={"mail_from_ana": ()},
        folder=Path("/nowhere"),
        environ={},
    )
    return next(sweep.jobs())


@cache
def finished() -> StoredResult:
    result = ResultRow(scenario_id="mail_from_ana", outcome="success", success=True, rationale="π")
    return as_stored(job(), result, HASHES["mail_from_ana"])


@dataclass
class OneEntry:
    """A store that holds one row."""

    row: rows.Row

    def get_many(self, keys: list[RunKey]) -> dict[RunKey, tuple[StoredResult, ...]]:
        try:
            found = rows.read_row(self.row)
        except (DamagedEntryError, LaterEntryError):
            return {}
        return {key: (found,) for key in keys if found.key == key}


def make_served(parts: Parts, rng: Random) -> rows.Row:
    """Give a row with a right checksum, in whose result something else stands than a run has stored."""
    entry = finished().as_value()
    if rng.random() < 0.7:
        entry = {**entry, "result": changed(rng, entry["result"], parts.values)}
    else:
        entry = changed(rng, entry, parts.values)
    value = line_of(as_json(entry), b"")[:-1]
    return rows.Row(1, encode_json(finished().row_key), 1, 1, None, value)


def check_served(row: rows.Row) -> None:
    served = look_up(row)
    if served is None:
        return
    assert (served.scenario_id, served.run_number, served.cached) == ("mail_from_ana", 1, True)
    assert served.outcome in SERVED
    written = parse_row(row_line(served))  # lone surrogates are written as escapes
    assert parse_row(row_line(written)) == written


def look_up(row: rows.Row) -> ResultRow | None:
    shelf = Shelf(OneEntry(row), HASHES)  # type: ignore[arg-type]
    found = shelf.find_now([job()])
    for drift in shelf.drifts.values():
        assert_shown(drift.stored, LONGEST_REASON)
    return found[job()].row if found else None


def test_a_result_that_no_run_has_stored_is_not_served() -> None:
    run_cases(PARTS_OF_CASES, make_served, check_served, cases=500, batch=25)


@in_long_mode
def test_many_results_that_no_run_has_stored_are_not_served() -> None:
    run_cases(PARTS_OF_CASES, make_served, check_served, cases=20_000, batch=25)


def test_what_is_served_is_sound_before() -> None:
    row = look_up(row_of(finished()))
    assert row is not None
    assert (row.outcome, row.rationale) == ("success", "π")


# --- keys ---------------------------------------------------------------------------------------------------


def make_keys(parts: Parts, rng: Random) -> list[tuple[int, Any]]:
    """Give other keys for some odd entries."""
    found = []
    for number in rng.sample(range(1, ROWS, 2), 3):
        kind = rng.randrange(3)
        key = SOUND[number].key
        changed_key = (
            rng.choice(parts.cells)
            if kind == 0
            else bytes(spliced(rng, key, parts.pieces))
            if kind == 1
            else as_json(changed(rng, list(ENTRIES[number].row_key), parts.values))
        )
        found.append((number, b"" if changed_key is None else changed_key))
    return found


def check_keys(keys: list[tuple[int, Any]], store: ResultStore) -> None:
    with closing(sqlite3.connect(store.path / "results" / DBNAME)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        for number, key in keys:
            connection.execute("UPDATE OR REPLACE Cache SET key = ? WHERE key = ?", (key, SOUND[number].key))
    odd = {number for number, _ in keys}
    for number, entry in enumerate(ENTRIES):
        found = store.get(key_of(number), "s1")
        assert found == entry if number not in odd else found in (entry, None)
    known = set(map(key_of, range(ROWS)))
    assert {key_of(number) for number in range(ROWS) if number not in odd} <= set(store.runs())
    for damaged in store.verify().damaged:
        assert_shown(f"{damaged.key} {damaged.reason}", 2 * LONGEST_REASON)
    store.verify(remove=True)
    assert set(store.runs()) <= known
    for number, _ in keys:
        store.put(ENTRIES[number])


def test_an_entry_under_another_key_is_found_under_neither(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with filled(tmp_path / "store") as store:
        run_cases(PARTS_OF_CASES, make_keys, lambda keys: check_keys(keys, store), cases=12, batch=4)


@in_long_mode
def test_entries_under_many_other_keys_are_found_under_neither(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with filled(tmp_path / "store") as store:
        run_cases(PARTS_OF_CASES, make_keys, lambda keys: check_keys(keys, store), cases=1_000, batch=4)


# --- files --------------------------------------------------------------------------------------------------


def make_file(data: bytes, parts: Parts, rng: Random) -> bytes:
    """Give the file of a database with flipped bits, a cut end, or pieces in it."""
    kind = rng.randrange(4)
    if kind == 0:
        return data[: rng.randint(0, len(data))]
    if kind == 1:
        return bytes(spliced(rng, data, parts.pieces))
    place = rng.choice((0, rng.randrange(len(data))))
    return (
        data[:place] + flipped(rng, data[place : place + rng.choice((16, 100, 4096))]) + data[place + 100 :]
    )


def check_file(data: bytes, directory: Path) -> None:
    """Open a store over a damaged database: what it still gives is what was stored."""
    rmtree(directory, ignore_errors=True)
    (directory / "results").mkdir(parents=True)
    (directory / "results" / DBNAME).write_bytes(data)
    with ResultStore(directory) as store:
        try:
            store.get(key_of(0), "s1")
        except StoreError as error:  # what says of itself that it is read-only
            assert_shown(error.reason, LONGEST_REASON)
            return
        found = [store.get(key_of(number), "s1") for number in range(ROWS)]
        assert all(item in (entry, None) for item, entry in zip(found, ENTRIES, strict=True))
        store.put(ENTRIES[0])
        assert store.get(key_of(0), "s1") == ENTRIES[0]
        for damage in store.damage:
            assert_shown(damage.reason, 1_000)


def test_a_damaged_database_gives_what_was_stored_or_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_files(tmp_path, 20)


@in_long_mode
def test_many_damaged_databases_give_what_was_stored_or_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_files(tmp_path, 2_000)


def run_files(folder: Path, cases: int) -> None:
    with filled(folder / "sound") as store:
        with closing(sqlite3.connect(store.path / "results" / DBNAME)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        data = (store.path / "results" / DBNAME).read_bytes()
    run_cases(
        PARTS_OF_CASES,
        lambda parts, rng: make_file(data, parts, rng),
        lambda changed_data: check_file(changed_data, folder / "store"),
        cases=cases,
        batch=10,
    )


# --- what was found -----------------------------------------------------------------------------------------


def test_a_text_that_is_no_unicode_in_the_place_of_an_entry_is_set_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with filled(tmp_path) as store:
        spoil(store, [Case(1, SOUND[1]._replace(value=b"\xff\x80"), is_text=True)])
        assert store.get(key_of(1), "s1") is None
        assert (store.damaged_entries, store.status().set_aside) == (1, 1)


def test_a_database_with_settings_that_are_no_unicode_is_put_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with filled(tmp_path) as store, closing(sqlite3.connect(store.path / "results" / DBNAME)) as connection:
        with connection:
            connection.execute("UPDATE Settings SET key = CAST(X'6e6fff' AS TEXT) WHERE key = 'cull_limit'")
        store.close()
        assert store.get(key_of(1), "s1") == ENTRIES[1]
        assert [damage.rescued for damage in store.damage] == [ROWS]


@pytest.mark.parametrize("raw", [0, 2, -1, 0.5, None, "x"])
def test_no_second_row_of_a_key_hides_behind_another_kind(
    raw: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with filled(tmp_path) as store:
        spoil(store, [Case(1, SOUND[1]._replace(raw=raw))])
        assert store.get(key_of(1), "s1") is None
        store.put(ENTRIES[1])
        assert store.status().entries == ROWS


def test_a_long_field_is_cut_in_a_reason() -> None:
    value = line_of(as_json({**ENTRIES[0].as_value(), "x" * 5_000 + "\x1b": 1}), b"")[:-1]
    with pytest.raises(DamagedEntryError) as refused:
        rows.read_row(SOUND[0]._replace(value=value))
    assert_shown(str(refused.value), LONGEST_REASON)


@pytest.mark.parametrize(
    "change", [{"outcome": "infrastructure"}, {"scenario_id": "other"}, {"run_number": 2}]
)
def test_a_result_of_another_run_or_of_no_verdict_is_not_served(change: dict[str, Any]) -> None:
    kept = finished()
    assert look_up(row_of(kept.model_copy(update={"result": {**kept.result, **change}}))) is None


# --- sizes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", [b"[", b"{", b'"', b"x", b'{"a":', b"\\", b"9"])
def test_the_time_to_refuse_a_row_grows_with_its_size(piece: bytes) -> None:
    def read(value: bytes) -> None:
        with pytest.raises(DamagedEntryError):
            rows.read_row(SOUND[0]._replace(value=value))

    assert_linear(read, lambda size: line_of(piece * size, b"")[:-1], size=20_000)
