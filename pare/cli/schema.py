"""``pare schema``: the format of sweep files, for editors."""

from __future__ import annotations


def schema() -> None:
    """Print the JSON schema of sweep files, with which an editor completes and checks them."""
    import json

    import typer

    from pare.sweep import sweep_schema

    typer.echo(json.dumps(sweep_schema(), indent=2))
