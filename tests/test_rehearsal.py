"""The rehearsal of a night on a fast clock holds its marks, with a small one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

NIGHT = Path(__file__).parents[1] / "benchmarks" / "night.py"


def rehearse(tmp_path, *options):
    """Rehearse a small night in a process of its own; give its end and its figures by name."""
    file = tmp_path / "night.json"
    command = [sys.executable, str(NIGHT), "--small", "--json", str(file), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    return done, json.loads(file.read_text())["figures"]


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    return rehearse(tmp_path_factory.mktemp("night"))


def test_a_small_night_keeps_to_its_marks(night):
    done, figures = night
    assert done.returncode == 0, done.stdout + done.stderr
    assert [figure["met"] for figure in figures if figure["mark"] is not None] == [True, True, True]
    assert figures[0]["what"].startswith("a night of 24 runs and ")
    assert 1 <= figures[0]["value"] <= 1.05


def test_a_night_is_told_by_model(night):
    done, _ = night
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("model-")]
    assert [row[:2] for row in rows] == [["model-1", "12"], ["model-2", "12"]]
    assert [row[3] for row in rows] == ["0", "0"]


def test_a_missed_mark_ends_the_rehearsal_with_1(tmp_path):
    done, figures = rehearse(tmp_path, "--runs-in-flight", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert [figure["met"] for figure in figures if figure["mark"] is not None] == [False, True, True]
