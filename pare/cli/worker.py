"""The worker processes of ``pare run``: they know scenarios of files, also those written for others."""

from __future__ import annotations

from typing import Any


def prepare(setup: dict[str, Any]) -> None:
    """Make the scenarios known that the set-up names."""
    from pare.compat import install
    from pare.scenarios.utils.registry import registry

    install()
    if setup["sources"]:
        registry.load(setup["sources"])


def main() -> None:
    """Serve the supervisor at the other end of standard input and output."""
    from pare.executors.worker import main as serve

    serve(prepare)


if __name__ == "__main__":
    main()
