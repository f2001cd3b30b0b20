"""Read the sweep file of a start, in a process that may import scenarios, and choose its executor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pare.cli.conducting import REFUSED

if TYPE_CHECKING:
    from pare.sweep import Sweep


def read_apart(path: Path) -> Sweep:
    """Read a sweep file in a process of its own, since that imports scenario files.

    Raises:
        ConfigError: it is refused; with all that is wrong.
    """
    import subprocess

    import orjson

    from pare.errors import ConfigError

    command = [sys.executable, "-m", "pare.cli.worker", str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
    ) as reader:
        try:
            import pare.multi_scenario_runner  # noqa: F401 - what takes a second is done beside it
            from pare.sweep import from_resolved

            answer, _ = reader.communicate()
        except BaseException:
            reader.kill()
            raise
    if reader.returncode == REFUSED:
        raise ConfigError(answer.decode(errors="replace"))
    if reader.returncode:
        raise ConfigError(f"{path}: a scenario file ended the process that read it ({reader.returncode})")
    return from_resolved(orjson.loads(answer))


def with_limits(sweep: Sweep, executor_type: str | None, workers: int | None) -> Sweep:
    """Give a sweep with the executor of this start: `process`, unless something else is said."""
    from dataclasses import replace

    from pare.errors import ConfigError
    from pare.scenarios.config import MultiScenarioRunnerConfig

    changes: dict[str, Any] = {}
    if executor_type is not None or "executor_type" not in sweep.config.model_fields_set:
        changes["executor_type"] = executor_type or "process"
    if workers is not None:
        changes["workers"] = workers
    chosen = {name: getattr(sweep.config, name) for name in sweep.config.model_fields_set} | changes
    try:
        return replace(sweep, config=MultiScenarioRunnerConfig(**chosen))
    except ValueError:
        raise ConfigError(
            f"--executor-type {executor_type!r} is none of process, async, thread and sequential"
        ) from None
