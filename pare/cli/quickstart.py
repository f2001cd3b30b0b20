"""``pare quickstart``: the whole thing once, without a key: agents, endpoint, verdicts, traces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pare.scenarios.config import ScenarioRunnerConfig
    from pare.scenarios.validation_result import PAREScenarioValidationResult

FAILING = "dentist_moves_appointment"

INTRODUCTION = """Two agents play the bundled scenarios. Their models are scripted and answer over HTTP at
{url}; real ones take their place with --user-model, --observe-model and
--execute-model of `pare benchmark run`.
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

    results = run_on_loop(play_all, output_dir, limit)
    if not show(results):
        sys.exit(1)


async def play_all(output_dir: Path, limit: int | None) -> list[tuple[str, PAREScenarioValidationResult]]:
    """Play scenarios against an endpoint of our own; the last one is made to fail."""
    from pare.cli.benchmark import selected_ids
    from pare.llm.endpoint import Endpoint, EndpointSettings
    from pare.llm.endpoint_server import listen, served
    from pare.scenario_runner.many import play_many
    from pare.scenario_runner.models import scripted_policies

    names = ("oracle", "wait")
    policies = {name: scripted_policies().create(name) for name in names}
    async with served(Endpoint(EndpointSettings(models=policies)), listen()) as url:
        typer.echo(INTRODUCTION.format(url=url))
        good = settings(url, output_dir / "oracle", user="oracle")
        results = await play_many(good, selected_ids(None, limit), 100)
        bad = settings(url, output_dir / "user-never-answers", user="wait")
        return results + await play_many(bad, [FAILING], 1)


def settings(url: str, output_dir: Path, user: str) -> ScenarioRunnerConfig:
    """Give the configuration of a run with this model as the user, and one that follows the oracle."""
    from pare.llm.engine import EngineConfig
    from pare.scenarios.config import ScenarioRunnerConfig

    def engine(model: str) -> EngineConfig:
        return EngineConfig(provider="scripted", model=model, endpoints=(url,))

    return ScenarioRunnerConfig(
        user_engine_config=engine(user),
        observe_engine_config=engine("oracle"),
        execute_engine_config=engine("oracle"),
        output_dir=output_dir,
    )


def show(results: list[tuple[str, PAREScenarioValidationResult]]) -> bool:
    """Print the results and where to look; tell whether all came out as they should."""
    import sys

    from pare.reporting.agent_table import print_agent_table

    print_agent_table(results)
    *good, (_, failed) = results
    typer.echo()
    paths = {"failure": failed.export_path, "success": good[0][1].export_path}
    typer.echo(NEXT.format(pare=sys.argv[0], **paths))
    return failed.outcome == "failure" and all(result.outcome == "success" for _, result in good)
