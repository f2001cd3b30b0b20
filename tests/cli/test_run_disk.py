"""Disks that are full, or cannot be written: nothing that finished is lost, and it is said what happened."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pare.multi_scenario_runner.disk import DiskWatch
from tests.cli.nights import PARE, Place, counting_endpoint, lines_of, place_at, results_of

HERE = ("--executor-type", "async")


# --- the watch --------------------------------------------------------------------------------------------


def file_system(free: float, total: float, files: int = 900, most_files: int = 1_000) -> Any:
    """Give what statvfs says of a file system with so many GiB."""
    unit = (1 << 30) // 4096
    return SimpleNamespace(
        f_frsize=4096,
        f_bavail=int(free * unit),
        f_blocks=int(total * unit),
        f_favail=files,
        f_files=most_files,
    )


@pytest.mark.parametrize(
    ("system", "said"),
    [
        (file_system(free=1, total=50), None),
        (file_system(free=0.99, total=2), "disk: 1014 MiB are left at /runs, and 1 GiB is needed"),
        (file_system(free=1.9, total=100), "disk: 1.9% of the space is left at /runs, and 2 % is needed"),
        (file_system(90, 100, files=19), "disk: 1.9% of the inodes is left at /runs, and 2 % is needed"),
        (file_system(90, 100, files=20), None),
        (file_system(90, 100, files=0, most_files=0), None),
    ],
)
def test_no_new_run_starts_where_too_little_is_free(system: Any, said: str | None) -> None:
    assert DiskWatch([Path("/runs")], lambda _place: system).refusal() == said


def test_the_disk_is_looked_at_once_a_second_and_each_place_counts() -> None:
    now, looked = [100.0], []
    free = {"/store": 10.0, "/runs": 10.0}

    def look(place: Path) -> Any:
        looked.append(str(place))
        return file_system(free[str(place)], 20)

    watch = DiskWatch([Path("/store"), Path("/runs")], look, lambda: now[0])
    assert watch.refusal() is None
    free["/runs"] = 0.5
    now[0] += 0.9
    assert (watch.refusal(), looked) == (None, ["/store", "/runs"])
    now[0] += 0.1
    assert watch.refusal() == "disk: 512 MiB are left at /runs, and 1 GiB is needed"
    free["/runs"] = 10.0
    now[0] += 1
    assert watch.refusal() is None


def test_a_disk_that_cannot_be_looked_at_is_a_full_one() -> None:
    def look(_place: Path) -> Any:
        raise OSError(5, "Input/output error")

    said = "disk: /runs cannot be looked at: Input/output error"
    assert DiskWatch([Path("/runs")], look).refusal() == said


# --- real disks -------------------------------------------------------------------------------------------


@contextmanager
def small_disk(path: Path, size: str) -> Iterator[Path]:
    """Mount a file system in memory, which only the superuser may."""
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(path)]
    if os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def test_a_disk_that_fills_up_stops_the_sweep_and_one_that_is_cleared_goes_on(tmp_path: Path) -> None:
    with (
        counting_endpoint(latency_seconds=0.1) as desk,
        small_disk(tmp_path / "disk", "1100m") as disk,
        place_at(disk) as place,
    ):
        limits = {"max_concurrent_scenarios": 4}
        place.write("night", url=desk.url, scenarios={"split": "full", "limit": 4}, runs=5, limits=limits)
        program = place.popen("run", "night.yaml", *HERE, stdout=subprocess.PIPE)
        desk.until(20)
        with (disk / "filler").open("wb") as filler:
            os.posix_fallocate(filler.fileno(), 0, 100 << 20)
        out, _ = program.communicate(timeout=60)
        done = len(lines_of(place.folder()))
        assert (program.returncode, 4 <= done < 20) == (3, True), out
        assert re.search(r"stopped by: disk: \d+ MiB are left at \S+, and 1 GiB is needed", out), out
        code, again = place.here("resume", place.folder(), *HERE)
        assert (code, len(lines_of(place.folder()))) == (3, done), again
        asked = desk.total
        (disk / "filler").unlink()
        code, again = place.here("resume", place.folder(), *HERE)
        assert (code, len(lines_of(place.folder()))) == (0, 20), again
        assert (desk.repeated, desk.total > asked) == (0, True), "nothing is paid for twice"
        read_only_disk(place, disk)


def read_only_disk(place: Place, disk: Path) -> None:
    """See that a folder which cannot be written is refused by name, and can be read."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    code, out = place.here("resume", place.folder(), *HERE)
    assert code == 2
    assert out.startswith("error: ")
    assert "Read-only file system" in out
    assert "20 of 20 done" in place.here("status", place.folder())[1]


def test_files_that_may_not_grow_lose_nothing_that_was_finished(tmp_path: Path) -> None:
    with counting_endpoint() as desk, place_at(tmp_path) as place:
        place.write("night", url=desk.url, scenarios={"split": "full", "limit": 20}, runs=2)
        command = " ".join([*PARE, "run", "night.yaml", *HERE])
        with subprocess.Popen(
            ["bash", "-c", f"ulimit -f 120; exec {command}"],
            cwd=place.path,
            env=place.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        ) as program:
            out, _ = program.communicate(timeout=120)
        assert program.returncode == 3, out
        assert "could not be written to the disk" in out
        finished = results_of(place.folder())
        code, out = place.here("resume", place.folder(), *HERE)
        assert (code, len(results_of(place.folder()))) == (0, 40), out
        assert finished.items() <= results_of(place.folder()).items()
        assert desk.repeated == 0


# --- two at once ------------------------------------------------------------------------------------------


def test_two_sweeps_on_one_store_share_the_work(tmp_path: Path) -> None:
    with counting_endpoint(latency_seconds=0.05) as desk, place_at(tmp_path) as place:
        limits = {"max_concurrent_scenarios": 6}
        for name in ("one", "two"):
            place.write(name, url=desk.url, scenarios={"split": "full", "limit": 10}, runs=2, limits=limits)
        programs = [place.popen("run", f"{name}.yaml", *HERE) for name in ("one", "two")]
        codes = [program.wait(120) for program in programs]
        rows = {name: lines_of(place.folder(name)) for name in ("one", "two")}
        made = {name: sum(not row["cached"] for row in found) for name, found in rows.items()}
        assert (codes, [len(found) for found in rows.values()]) == ([0, 0], [20, 20])
        assert sum(made.values()) == 20
        assert min(made.values()) > 0, "both had a part in it"
        assert desk.repeated == 0
        assert results_of(place.folder("one")) == results_of(place.folder("two"))
