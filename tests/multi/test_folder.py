"""Run folders: what stands in their way is said."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pare.multi_scenario_runner.folder import FolderError, new_folder

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_sweeps_of_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    made = [new_folder(tmp_path / "runs", "night", NOW).name for _ in range(3)]
    assert made == ["night-20260102-030405", "night-20260102-030405-2", "night-20260102-030405-3"]


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("no directory")
    with pytest.raises(FolderError, match=r"no run folder can be made in .*runs: File exists"):
        new_folder(tmp_path / "runs", "night", NOW)
