"""Every bundled scenario gives the same bytes in any process, time zone, locale, directory and driver."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pare.scenarios.utils.registry import registry

# Alone: one after the other, without a loop. Together: the other way round, all at once on one loop.
SCRIPT = """
import contextlib, json, locale, sys
import anyio
from pare.kernel.serialization import to_plain
from pare.scenario_runner import play_oracle, play_oracle_async
from pare.scenarios.utils.registry import registry

with contextlib.suppress(locale.Error):
    locale.setlocale(locale.LC_ALL, "")

ids, runs = sorted(registry.get_all_scenarios()), {}

async def play(name):
    runs[name] = await play_oracle_async(registry.create(name))

async def together():
    async with anyio.create_task_group() as tasks:
        for name in reversed(ids):
            tasks.start_soon(play, name)

if sys.argv[1] == "together":
    anyio.run(together)
else:
    runs.update((name, play_oracle(registry.create(name))) for name in ids)

document = {
    name: {
        "lines": runs[name].environment.event_log.lines(),
        "events": runs[name].environment.event_log.to_dict(),
        "apps": {app.name: to_plain(app.get_state()) for app in runs[name].scenario.apps},
        "tools": [tool.name for tool in runs[name].scenario.get_tools()],
        "end": [runs[name].environment.end_reason, runs[name].environment.current_time],
        "verdict": [runs[name].outcome, runs[name].result.rationale],
    }
    for name in ids
}
sys.stdout.buffer.write(json.dumps(document).encode())
"""


def document(how: str, directory: Path, **environ: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, how],
        capture_output=True,
        cwd=directory,
        env={**os.environ, **environ},
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return done.stdout


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Give the document of two processes that have little in common."""
    alone = document(
        "alone", Path.cwd(), PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C.UTF-8", LANG="C.UTF-8", PYTHONUTF8="1"
    )
    together = document(
        "together",
        tmp_path_factory.mktemp("elsewhere"),
        PYTHONHASHSEED="4242",
        TZ="Pacific/Chatham",
        LC_ALL="de_DE.UTF-8",
        LANG="tr_TR.UTF-8",
        PYTHONUTF8="0",
    )
    return alone, together


def test_every_bundled_scenario_gives_the_same_bytes_everywhere(documents: tuple[bytes, bytes]) -> None:
    first, second = (json.loads(item) for item in documents)
    assert list(first) == sorted(registry.get_all_scenarios())
    for name, run in first.items():
        assert json.dumps(run) == json.dumps(second[name]), name
    assert documents[0] == documents[1]


def test_what_is_compared_is_a_whole_run(documents: tuple[bytes, bytes]) -> None:
    runs: dict[str, Any] = json.loads(documents[0])
    assert [name for name, run in runs.items() if not run["lines"] or not run["apps"]] == []
    assert {run["verdict"][0] for run in runs.values()} == {"success"}
    assert b" at 0x" not in documents[0]  # an address in memory, which would be equal by chance only


def test_no_two_calls_of_a_run_share_an_id(documents: tuple[bytes, bytes]) -> None:
    runs: dict[str, Any] = json.loads(documents[0])
    for run in runs.values():
        ids = [line["id"] for line in run["lines"] if line["type"] not in ("CONDITION", "VALIDATION")]
        assert len(ids) == len(set(ids))
