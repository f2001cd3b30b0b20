"""Nights in which something dies: what was finished stays, and what was paid for is not paid twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pare.sweep import load_sweep
from tests.cli.nights import (
    Call,
    Desk,
    Journals,
    Place,
    counting_endpoint,
    lines_of,
    place_at,
    results_of,
    say,
    wait_until,
    workers_of,
)

SEED = 20_250_106
"""Of the moments at which something is killed."""

IN_FLIGHT = 12


# --- kill -9, at random moments ---------------------------------------------------------------------------


@dataclass
class Killings:
    """A sweep that is killed at random moments and resumed, until it is complete."""

    place: Place
    desk: Desk
    rng: random.Random
    program: subprocess.Popen[str]
    told: list[str] = field(default_factory=list)
    in_flight: list[int] = field(default_factory=list)
    counted: Counter[Call] = field(default_factory=Counter)

    def at_call(self, calls: int, whom: str) -> None:
        """Kill when so many calls were taken, some of them since the last kill, and a random while later."""
        moment = max(calls, self.desk.total + self.rng.randint(1, IN_FLIGHT))
        self.go_on_until(lambda: self.desk.total >= moment)
        time.sleep(self.rng.uniform(0, 0.2))
        self.kill(whom, f"at call {moment}")

    def early(self) -> None:
        """Kill the supervisor when it has hardly begun."""
        self.start()
        seconds = self.rng.uniform(0.2, 3)
        time.sleep(seconds)
        self.kill("supervisor", f"{seconds:.1f} s after its start")

    def go_on_until(self, is_so: Any) -> None:
        end = time.monotonic() + 90
        while not is_so():
            assert time.monotonic() < end, self.told
            if self.program.poll() is not None:
                self.start()
            time.sleep(0.005)

    def start(self) -> None:
        """Resume the sweep, once the one before is dead."""
        self.end()
        self.program = self.place.popen("resume", self.place.folder())

    def kill(self, whom: str, when: str) -> None:
        """Kill the supervisor, or one of its workers if it has any."""
        workers = workers_of(self.program.pid)
        assert workers or when.endswith("start"), "a sweep has workers"
        victim = self.rng.choice(workers) if whom == "worker" else self.program.pid
        name = "supervisor" if victim == self.program.pid else "worker"
        os.kill(victim, signal.SIGKILL)
        if name == "supervisor":
            self.end()
        self.in_flight.append(self._newly_unrecorded())
        self.told.append(f"{name} {when}, {self.in_flight[-1]} calls in flight")

    def _newly_unrecorded(self) -> int:
        """Count the calls that were taken, and not recorded, since the last kill."""
        assert self.desk.journals is not None
        asked = dict(self.desk.calls)
        lacking = self.desk.journals.lack(asked)
        found = [call for call in lacking if asked[call] > self.counted[call]]
        self.counted.update({call: asked[call] - self.counted[call] for call in found})
        return len(found)

    def end(self) -> None:
        """See the supervisor off, and all that it started."""
        self.program.kill()
        self.program.wait()
        wait_until(lambda: not self.place.processes(), 20, "workers end after their supervisor")


def uninterrupted(path: Path, scenarios: dict[str, Any], runs: int) -> tuple[dict[Any, Any], int]:
    """Give the results of a sweep that nothing befell, and how many calls it took."""
    with counting_endpoint() as desk, place_at(path) as place:
        place.write("night", url=desk.url, scenarios=scenarios, runs=runs)
        code, out = place.pare("run", "night.yaml", "--executor-type", "async", seconds=400)
        assert (code, desk.repeated) == (0, 0), out
        return results_of(place.folder()), desk.total


def night_of_killings(path: Path, scenarios: dict[str, Any], runs: int, kills: int) -> None:
    """Kill a sweep `kills` times, and compare what it comes to with one that nothing befell."""
    expected, calls = uninterrupted(path / "quiet", scenarios, runs)
    rng = random.Random(SEED)
    moments = sorted(rng.sample(range(1, calls * 9 // 10), kills * 4 // 5))
    say(f"seed {SEED}, {len(expected)} runs, {calls} calls, kills at calls {moments}")
    with counting_endpoint(latency_seconds=0.1, jitter_seconds=0.05) as desk, place_at(path / "bad") as place:
        limits = {"max_concurrent_scenarios": IN_FLIGHT, "workers": 2, "timeout_seconds": 300}
        sweep = place.write("night", url=desk.url, scenarios=scenarios, runs=runs, limits=limits)
        desk.journals = Journals(place.store, load_sweep(sweep).cells[0].config_hash)
        night = Killings(place, desk, rng, place.popen("run", sweep))
        wait_until(lambda: (place.path / "runs").exists() and (place.folder() / "sweep.json").exists())
        for number, moment in enumerate(moments, 1):
            night.at_call(moment, "worker" if number % 2 else "supervisor")
            if not number % 4:
                night.early()
        code, out = place.pare("resume", place.folder(), seconds=400)
        say("\n".join(night.told))
        lost = sum(night.in_flight)
        say(f"{desk.total} calls, {desk.repeated} of them again; {lost} were in flight at the kills")
        finished = [row for row in lines_of(place.folder()) if row["outcome"] == "success"]
        assert (code, len(night.told)) == (0, kills), out
        assert desk.asked_again == []
        assert desk.repeated <= lost
        assert lost <= kills * IN_FLIGHT
        assert set(Counter((row["scenario_id"], row["run_number"]) for row in finished).values()) == {1}
        assert results_of(place.folder()) == expected


def test_a_killed_sweep_pays_for_nothing_twice_and_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    night_of_killings(tmp_path, {"split": "full", "limit": 10}, runs=1, kills=5)


@pytest.mark.long
def test_a_sweep_that_is_killed_fifty_times_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    night_of_killings(tmp_path, {"split": "full", "limit": 20}, runs=10, kills=50)


# --- endpoints that go away -------------------------------------------------------------------------------


def troubled(desk: Desk, trouble: Any, seconds: float) -> None:
    """Let an endpoint be in trouble for a while, and see that it was asked then."""
    desk.trouble = trouble
    time.sleep(seconds)
    desk.trouble = None
    assert desk.refused[trouble] > 0


@pytest.mark.long
def test_an_endpoint_that_goes_away_and_comes_back_and_a_key_that_is_renewed_end_well(tmp_path: Path) -> None:
    with counting_endpoint(latency_seconds=0.1) as desk, place_at(tmp_path) as place:
        key = place.path / "key"
        key.write_text("old")
        desk.key = "old"
        limits = {"max_concurrent_scenarios": 8}
        model = {"key": {"file": str(key)}}
        scenarios = {"split": "full", "limit": 10}
        place.write("night", url=desk.url, scenarios=scenarios, runs=4, limits=limits, model=model)
        program = place.popen("run", "night.yaml", "--executor-type", "async", stdout=subprocess.PIPE)
        desk.until(50)
        troubled(desk, "away", 3)
        desk.until(desk.total + 50)
        troubled(desk, "busy", 2)
        desk.until(desk.total + 50)
        key.write_text("new")
        desk.key = "new"
        out, _ = program.communicate(timeout=120)
        rows = lines_of(place.folder())
        assert (program.returncode, [row["outcome"] for row in rows]) == (0, ["success"] * 40), out
        assert desk.repeated == 0
        assert desk.refused["key"] > 0


@pytest.mark.long
def test_a_key_that_is_refused_until_somebody_mends_it_ends_well(tmp_path: Path) -> None:
    with counting_endpoint(latency_seconds=0.1) as desk, place_at(tmp_path) as place:
        key = place.path / "key"
        key.write_text("old")
        desk.key = "old"
        limits = {"max_concurrent_scenarios": 8, "workers": 2}
        model = {"key": {"file": str(key)}}
        scenarios = {"split": "full", "limit": 10}
        place.write("night", url=desk.url, scenarios=scenarios, runs=2, limits=limits, model=model)
        program = place.popen("run", "night.yaml", stdout=subprocess.PIPE)
        desk.until(50)
        desk.key = "new"
        wait_until(lambda: "paused (auth)" in place.pare("status", "night")[1], 60, "status tells of the key")
        key.write_text("new")
        out, _ = program.communicate(timeout=240)
        rows = lines_of(place.folder())
        assert (program.returncode, [row["outcome"] for row in rows]) == (0, ["success"] * 20), out
        assert desk.repeated == 0
