"""A second start of a finished sweep: everything is there, nobody is asked, and it takes no time."""

from __future__ import annotations

import re
import resource
import time
from pathlib import Path

import pytest

from pare.multi_scenario_runner.served import Hashes, as_stored
from pare.scenarios.job import Job
from pare.scenarios.result_row import ResultRow
from pare.scenarios.utils.caching import ResultStore
from pare.sweep import Sweep, load_sweep
from tests.cli.nights import Place, counting_endpoint, lines_of, place_at, say


def finished_store(place: Place, sweep: Sweep, folder: Path) -> None:
    """Fill the store with a result of every job, made from those of the first runs in `folder`."""
    rows = {row["scenario_id"]: row for row in lines_of(folder)}
    with ResultStore(place.store) as store:
        for job in sweep.jobs():
            row = rows[job.scenario_id]
            scenario, _, validator = row["scenario_hash"].partition(".")
            made = ResultRow.model_validate({**row, "run_number": job.run_number, "trace": None})
            store.put(
                as_stored(Job(job.scenario_id, job.cell, job.run_number), made, Hashes(scenario, validator))
            )


def second_start(path: Path, scenarios: int, runs: int) -> float:
    """Start a sweep whose results are all stored; give the CPU seconds that it takes, in all processes."""
    with counting_endpoint() as desk, place_at(path) as place:
        chosen = {"split": "full", "limit": scenarios}
        place.write("first", url=desk.url, scenarios=chosen)
        code, out = place.pare("run", "first.yaml", "--executor-type", "async")
        assert code == 0, out
        asked = desk.total
        sweep = place.write("second", url=desk.url, scenarios=chosen, runs=runs)
        finished_store(place, load_sweep(sweep), place.folder("first"))
        began, used = time.monotonic(), cpu_seconds()
        code, out = place.pare("run", sweep)
        used = cpu_seconds() - used
        say(f"{scenarios * runs:,} finished runs: {time.monotonic() - began:.2f} s, {used:.2f} s of CPU")
        found = f"{scenarios * runs:,} of {scenarios * runs:,} done"
        assert (code, found in out, desk.total) == (0, True, asked), out
        assert re.search(f"{scenarios * runs:,} from the store", out), out
        assert len(lines_of(place.folder("second"))) == scenarios * runs
        return used


def cpu_seconds() -> float:
    """Give what the processes that have ended have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_second_start_of_hundreds_of_runs_asks_nobody(tmp_path: Path) -> None:
    second_start(tmp_path, scenarios=5, runs=50)


@pytest.mark.long
def test_a_second_start_of_ten_thousand_runs_takes_seconds(tmp_path: Path) -> None:
    assert second_start(tmp_path, scenarios=20, runs=500) < 15
