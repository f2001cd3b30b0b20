"""Who may read what is written: the user alone, whatever the umask."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pare.multi_scenario_runner.folder import new_folder
from tests.cli.nights import Place, lines_of, place_at


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with place_at(tmp_path) as place:
        yield place


@pytest.mark.parametrize("umask", [0o000, pytest.param(0o022, marks=pytest.mark.long)])
def test_nobody_else_looks_into_store_journals_and_run_folders(place: Place, umask: int) -> None:
    sweep = place.write("s", scenarios={"split": "full", "limit": 1}, limits={"workers": 1})
    with place.popen("run", sweep, umask=umask) as program:
        assert program.wait(120) == 0
    folder = place.folder()
    assert lines_of(folder) != []
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, place.store)] == [0o700, 0o700]
    for name in ("traces", "logs", "results.jsonl", "sweep.json", "status.json", "report.md"):
        assert (folder / name).exists()
    kept = [place.store / name for name in ("results", "journals")]
    open_to_others = [
        path for part in kept for path in (part, *part.rglob("*")) if path.lstat().st_mode & 0o077
    ]
    assert (open_to_others, any((place.store / "journals").rglob("*.jsonl"))) == ([], True)


def test_what_stands_above_a_run_folder_is_as_the_umask_says(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        folder = new_folder(tmp_path / "a/runs", "s")
    finally:
        os.umask(old)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder.parent, folder)]
    assert modes == [0o750, 0o700]
