"""``pare rescore``: score finished runs anew when only their validators have changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pare.cli.run import Runs
from pare.cli.terminal import say

if TYPE_CHECKING:
    from pare.multi_scenario_runner.folder import RunFolder
    from pare.scenarios.job import Job
    from pare.sweep import Sweep


def rescore(
    run_name: Annotated[str, typer.Argument(help="A run folder, or its name.", metavar="RUN")],
    runs_dir: Runs = Path("runs"),
) -> None:
    """Replay finished runs from their journals and ask their validators again; no model is asked.

    The exit code is 1 if a run could not be scored anew: its journal is gone.
    """
    from pare.cli.conducting import report_on
    from pare.cli.loop import run_on_loop
    from pare.cli.run import sweep_of
    from pare.cli.worker import prepare
    from pare.multi_scenario_runner.folder import RunFolder, find_folder

    folder = RunFolder(find_folder(run_name, runs_dir))
    sweep = sweep_of(folder)
    prepare({"sources": [str(path) for path in sweep.sources]})
    folder.lock()
    try:
        jobs, others = outdated(sweep, folder)
        failed = run_on_loop(score_again, sweep, folder, jobs) if jobs else 0
        report_on(folder, sweep)
    finally:
        folder.unlock()
    say(f"{len(jobs) - failed} runs scored anew, {failed} could not be: their replies are not recorded")
    if others:
        say(
            f"{others} runs are of scenarios that changed in more than their validator: pare resume runs them"
        )
    if failed:
        sys.exit(1)


def outdated(sweep: Sweep, folder: RunFolder) -> tuple[list[Job], int]:
    """Give the jobs whose validator has changed, and count those whose scenario has."""
    from pare.executors.job_runner import hashes_of

    rows, _ = folder.rows()
    hashes = {scenario_id: hashes_of(scenario_id) for scenario_id in sweep.scenario_ids}
    jobs, others = [], 0
    for job in sweep.jobs():
        row = rows.get(job.key)
        if row is None or row.scenario_hash is None or row.outcome in ("infrastructure", "defect"):
            continue
        scenario, _, validator = row.scenario_hash.partition(".")
        if scenario != hashes[job.scenario_id]["scenario"]:
            others += 1
        elif validator != hashes[job.scenario_id]["validator"]:
            jobs.append(job)
    return jobs, others


async def score_again(sweep: Sweep, folder: RunFolder, jobs: list[Job]) -> int:
    """Play jobs from their journals; give how many could not be."""
    from pare.multi_scenario_runner import MultiScenarioRunner, Workplace

    changes = {"executor_type": "async", "max_retries": 0, "max_cost": None}
    config = sweep.config.model_copy(update=changes)
    place = Workplace(folder=folder, sources=[str(path) for path in sweep.sources], replay_only=True)
    end = await MultiScenarioRunner(place).run_async(config, jobs)
    return end.progress.outcomes["infrastructure"]
