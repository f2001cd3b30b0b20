"""The root command."""

from __future__ import annotations

import sys

import typer

from pare.cli import (
    benchmark,
    cache,
    endpoint,
    mutants,
    noise,
    plan,
    quickstart,
    report,
    rescore,
    run,
    scenarios,
    schema,
    show,
    status,
)

app = typer.Typer(
    name="pare",
    help="Benchmark LLM agents in simulated worlds.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
app.add_typer(benchmark.app, name="benchmark")
scenarios.app.command("mutants")(mutants.mutants)
app.add_typer(noise.app, name="noise")
app.add_typer(scenarios.app, name="scenarios")
app.add_typer(cache.app, name="cache")
app.command("run")(run.run)
app.command("resume")(run.resume)
app.command("plan")(plan.plan)
app.command("status")(status.status)
app.command("report")(report.report)
app.command("rescore")(rescore.rescore)
app.command("endpoint")(endpoint.endpoint)
app.command("show")(show.show)
app.command("quickstart")(quickstart.quickstart)
app.command("schema")(schema.schema)


@app.callback()
def _root() -> None:
    """Benchmark LLM agents in simulated worlds."""
    from pare.compat import install

    install()


def main() -> None:
    """Run the command line; a named error is shown as one, without a stack."""
    from pare.cli.terminal import say_error
    from pare.errors import PareError

    try:
        app()
    except PareError as error:
        say_error(error)
        sys.exit(2)
