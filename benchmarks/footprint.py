"""What pare takes before it does anything: the memory of a worker process, and the disk of an installation.

A worker is started as a sweep starts it, plays one run by its oracle, and is then looked at while it
waits: what it keeps in RAM, shared libraries included. The installation is a fresh environment in a
directory that is removed, without extras; its size is that of site-packages without pip and setuptools,
compiled files included.

Run it as `python benchmarks/footprint.py`; `--no-install` leaves out the installation, which needs a
network.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import anyio
from figures import Figure, add_json_option, report

from pare.executors.job_runner import JobSettings
from pare.executors.worker_process import WorkerSetup, open_worker
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.job import Cell
from pare.scenarios.utils.registry import registry

ROOT = Path(__file__).parent.parent
NOT_COUNTED = ("pip", "setuptools", "_distutils_hack", "distutils-precedence", "pkg_resources")
MARK_WORKER = 90.0
MARK_INSTALLED = 65.0
LARGEST = 5


async def worker_megabytes() -> tuple[float, float]:
    """Give the memory of a worker that waits: when it is ready, and after its first run."""
    rows: list[Any] = []
    cell = Cell(ScenarioRunnerConfig(oracle=True))
    async with open_worker(WorkerSetup([cell], JobSettings())) as worker:
        worker.hear = lambda message: rows.append(message) if message["kind"] == "row" else None
        with anyio.fail_after(60):
            async with anyio.create_task_group() as group:
                group.start_soon(worker.until, lambda: False)
                while not worker.is_ready:  # noqa: ASYNC110 - it says so to its own loop
                    await anyio.sleep(0.05)
                ready = in_ram(worker._process.pid)
                scenario_id = min(registry.get_all_scenarios())
                worker.send(
                    {"kind": "job", "id": 0, "scenario": scenario_id, "cell": 0, "run": 1, "is_first": True}
                )
                while not rows:  # noqa: ASYNC110
                    await anyio.sleep(0.05)
                after = in_ram(worker._process.pid)
                group.cancel_scope.cancel()
    if rows[0]["row"]["outcome"] != "success":
        raise SystemExit(f"the worker's run: {rows[0]}")
    return ready, after


def in_ram(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    (kilobytes,) = (int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return kilobytes * 1024 / 1e6


def installed_megabytes() -> dict[str, float]:
    """Install pare without extras into a fresh environment; give the size of each package in it."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([sys.executable, "-m", "venv", directory], check=True)
        python = Path(directory) / "bin" / "python"
        command = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", str(ROOT)]
        subprocess.run(command, check=True, capture_output=True)
        (site,) = Path(directory).glob("lib/python*/site-packages")
        return {
            item.name: size_of(item)
            for item in site.iterdir()
            if not item.name.lower().startswith(NOT_COUNTED)
        }


def size_of(place: Path) -> float:
    """Give the megabytes of disk that a file or a directory takes, as du counts."""
    files = [place, *place.rglob("*")]
    return sum(file.lstat().st_blocks * 512 for file in files) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-install", action="store_true", help="leave out the installation")
    add_json_option(parser)
    options = parser.parse_args()
    ready, after = anyio.run(worker_megabytes)
    print(f"a worker: {ready:.1f} MB when ready, {after:.1f} MB after its first run")
    figures = [Figure("a worker after its first run, memory", after, "MB", MARK_WORKER)]
    if not options.no_install:
        sizes = installed_megabytes()
        largest = sorted(sizes, key=lambda name: sizes[name], reverse=True)[:LARGEST]
        print("largest packages: " + ", ".join(f"{name} {sizes[name]:.1f} MB" for name in largest))
        figures.append(Figure("installed without extras, disk", sum(sizes.values()), "MB", MARK_INSTALLED))
    report("footprint", figures, options.json)


if __name__ == "__main__":
    main()
