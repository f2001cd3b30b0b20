"""`pare cache`: where results are kept, what is there, and what is deleted."""

from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner, Result

from pare.cli.cache import size_text
from pare.cli.main import app
from pare.llm.journal import Journal
from pare.scenarios.store.disk import DBNAME
from pare.scenarios.utils.caching import ResultStore, RunKey, StoredResult, find_place


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PARE_CACHE_DIR", raising=False)
    return tmp_path / "home"


@pytest.fixture
def place(home: Path) -> Path:
    """Give the default place, with three results and a journal each."""
    with ResultStore() as store:
        for scenario, run in (("a", 1), ("a", 2), ("b", 1)):
            key = RunKey(scenario, run, "c1")
            fields = {"scenario_id": scenario, "run_number": run, "config_hash": "c1", "scenario_hash": "s"}
            store.put(StoredResult(**fields, result={}))
            anyio.run(make_journal, store.journals, key)
        return store.path


async def make_journal(directory: Path, key: RunKey) -> None:
    async with Journal(directory).run(key):
        pass


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, ["cache", *arguments], input=answer)


def lines(result: Result) -> dict[str, str]:
    return {line[:15].strip(): line[15:] for line in result.stdout.splitlines()}


def test_status_says_where_and_why_and_how_many(place: Path) -> None:
    shown = lines(run("status"))
    assert shown.pop("size").endswith(" kB")
    assert shown == {
        "place": str(place),
        "because": "the default",
        "entries": "3",
        "scenarios": "2",
        "configs": "1",
        "configuration": f"{place.parents[2]}/.config/pare/config.json",
    }


def test_status_makes_nothing(home: Path) -> None:
    assert lines(run("status"))["entries"] == "0"
    assert not home.exists()


def test_status_names_what_was_damaged(place: Path) -> None:
    (place / "results" / DBNAME).write_bytes(b"garbage" * 100)
    shown = run("status").stdout
    assert "entries        0" in shown
    assert "put aside results.damaged-1" in shown


def test_invalidate_asks_first(place: Path) -> None:
    refused = run("invalidate", answer="n\n")
    assert (refused.exit_code, f"Delete 3 results in {place}?" in refused.stdout) == (1, True)
    assert run("invalidate", answer="y\n").stdout.endswith("3 runs have no result now.\n")
    assert run("invalidate", "--yes").stdout == "There are no such results.\n"
    assert list((place / "journals").rglob("*.jsonl")) == []


def test_invalidate_takes_a_scenario_and_a_configuration(place: Path) -> None:
    assert (
        run("invalidate", "-y", "--scenario", "a", "--config", "c2").stdout == "There are no such results.\n"
    )
    assert run("invalidate", "-y", "--scenario", "a").stdout == "2 runs have no result now.\n"
    assert run("invalidate", "-y", "--config", "c1").stdout == "1 run has no result now.\n"


def test_the_replies_of_a_run_under_way_are_kept(place: Path) -> None:
    with ResultStore() as store:
        assert store.try_lease(RunKey("a", 1, "c1"))
        result = run("invalidate", "-y")
    assert "1 of them are under way" in result.stderr
    assert [path.name.split(".")[1] for path in (place / "journals").rglob("*.jsonl")] == ["a"]


def test_a_folder_is_set_and_reset(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = run("set", str(tmp_path / "results"))
    assert (missing.exit_code, "does not exist" in missing.stderr) == (1, True)
    (tmp_path / "file").touch()
    assert run("set", str(tmp_path / "file"), "-c").exit_code == 1
    assert run("set", str(tmp_path / "results"), "--create").exit_code == 0
    assert find_place().path == tmp_path / "results"
    monkeypatch.setenv("PARE_CACHE_DIR", str(tmp_path))
    assert "PARE_CACHE_DIR is set" in run("set", str(tmp_path / "results")).stderr
    assert "PARE_CACHE_DIR is set" in run("reset").stderr
    monkeypatch.delenv("PARE_CACHE_DIR")
    again = run("reset").stdout.splitlines()
    assert again[0].endswith("config.json names no directory.")
    assert again[1] == f"Results are kept in {home}/.cache/pare/scenario_results"


def test_verify_finds_damage_and_removes_it(place: Path) -> None:
    assert run("verify").stdout == "3 results are sound.\n"
    with ResultStore() as store:
        change = "UPDATE Cache SET value = x'1b' WHERE rowid = 1"
        store._database.use(lambda cache: cache.connection.execute(change))
    found = run("verify")
    assert (found.exit_code, found.stdout.splitlines()[0]) == (1, "2 results are sound.")
    assert 'damaged: ["a",1,"c1","s"]: the checksum is wrong' in found.stdout
    removed = run("verify", "--remove")
    assert (removed.exit_code, removed.stdout.splitlines()[-1]) == (0, "1 damaged results are deleted.")
    assert run("verify").exit_code == 0


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (2e6, "2.0 MB"), (3e12, "3000.0 GB")],
)
def test_sizes_are_given_in_the_unit_that_suits_them(size: float, text: str) -> None:
    assert size_text(size) == text
