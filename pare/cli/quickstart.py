"""``pare quickstart``: the whole thing once, without a key: agents, endpoint, verdicts, traces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pare.cli.terminal import say

if TYPE_CHECKING:
    from pare.scenarios.config import ScenarioRunnerConfig
    from pare.scenarios.job import Job
    from pare.scenarios.result_row import ResultRow

FAILING = "dentist_moves_appointment"

INTRODUCTION = """Two agents play the bundled scenarios. Their models are scripted and answer over HTTP at
{url}; real ones take their place in a sweep file, or with
--user-model, --observe-model and --execute-model of `pare benchmark run`.
"""

NEXT = """One run was made to fail: its user never answers. Look at it:

  {pare} show {failure}

and at one that succeeded:

  {pare} show {success}
"""


def quickstart(
    output_dir: Annotated[Path, typer.Option(help="Where the traces go.")] = Path("traces/quickstart"),
    limit: Annotated[int | None, typer.Option("--limit", "-l", min=1, help="Only so many scenarios.")] = None,
) -> None:
    """Play the bundled scenarios with scripted models, no key needed, and show where to look."""
    import sys

    from pare.cli.loop import run_on_loop

    rows = run_on_loop(play_all, output_dir, limit)
    if not show(rows):
        sys.exit(1)


async def play_all(output_dir: Path, limit: int | None) -> list[ResultRow]:
    """Play scenarios against an endpoint of our own, one of them to fail, without the store of results."""
    from tempfile import TemporaryDirectory

    from pare.llm.endpoint import Endpoint, EndpointSettings
    from pare.llm.endpoint_server import listen, served
    from pare.multi_scenario_runner import MultiScenarioRunner, Workplace
    from pare.scenario_runner.models import scripted_policies
    from pare.scenarios.config import MultiScenarioRunnerConfig

    policies = {name: scripted_policies().create(name) for name in ("oracle", "wait")}
    config = MultiScenarioRunnerConfig(enable_caching=False, log_to_file=False, output_dir=output_dir)
    with TemporaryDirectory() as journals:
        async with served(Endpoint(EndpointSettings(models=policies)), listen()) as url:
            say(INTRODUCTION.format(url=url))
            runner = MultiScenarioRunner(Workplace(store=Path(journals)))
            end = await runner.run_async(config, jobs(url, limit))
            return list(end.rows)


def jobs(url: str, limit: int | None) -> list[Job]:
    """Give the runs: scenarios with a user that follows the oracle, and one with a user that waits."""
    from pare.scenarios.job import Cell, Job
    from pare.scenarios.utils.registry import registry

    good, bad = (Cell(settings(url, user), {"user": user}) for user in ("oracle", "wait"))
    ids = list(registry.get_all_scenarios())[:limit]
    return [*(Job(scenario_id, good) for scenario_id in ids), Job(FAILING, bad)]


def settings(url: str, user: str) -> ScenarioRunnerConfig:
    """Give the configuration of a run with this model as the user, and one that follows the oracle."""
    from pare.llm.engine import EngineConfig
    from pare.scenarios.config import ScenarioRunnerConfig

    def engine(model: str) -> EngineConfig:
        return EngineConfig(provider="scripted", model=model, endpoints=(url,))

    return ScenarioRunnerConfig(
        user_engine_config=engine(user),
        observe_engine_config=engine("oracle"),
        execute_engine_config=engine("oracle"),
    )


def show(rows: list[ResultRow]) -> bool:
    """Print the results and where to look; tell whether all came out as they should."""
    import sys

    from pare.reporting.summary import print_summary
    from pare.reporting.sweep_report import report_of

    print_summary(report_of(rows))
    traces = {row.outcome: row.trace for row in rows}
    told = {name: traces.get(name) or "(none)" for name in ("failure", "success")}
    say(NEXT.format(pare=sys.argv[0], **told))
    return {(row.cell, row.outcome) for row in rows} == {("user=oracle", "success"), ("user=wait", "failure")}
