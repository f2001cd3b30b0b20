"""Every benchmark runs with tiny numbers and leaves figures behind; what they are is for `make bench`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "benchmarks"
TINY = {
    "kernel": "--rounds 1 --sizes 10 100 --gc off --peer-rounds 0",
    "oracle": "--rounds 1 --starts 0",
    "apps": "--calls 1 --searches 0",
    "llm": "--runs 2 --calls 2 --latency 0.01 --rounds 1",
    "agents": "--in-flight 2 --runs 2 --few 2 --latency 0.001 --rounds 1",
    "sweep": "--runs 2 --worker-runs 0 --rounds 1 --queued 100 --in-flight 2 --cancellations 2",
    "footprint": "--no-install",
    "intervals": "--sweeps 4 --rates 5 --scenarios 4",
    "beside_are": "--rounds 1 --processes 1 --runs 2 --in-flight 2 --latency 0.01 --alone",
    "beside_inspect": "--runs 2 --calls 1 --latency 0.01 --alone",
}

# All in one process: starting up is most of what they take.
DRIVER = """
import importlib, json, sys
here, place, tiny = sys.argv[1:]
sys.path.insert(0, here)
for name, options in json.loads(tiny).items():
    sys.argv = [name, *options.split(), "--json", f"{place}/{name}.json"]
    importlib.import_module(name).main()
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Give the directory with what all benchmarks found."""
    place = tmp_path_factory.mktemp("benchmarks")
    command = [sys.executable, "-c", DRIVER, str(HERE), str(place), json.dumps(TINY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place)
    assert done.returncode == 0, done.stderr
    return place


@pytest.mark.parametrize("name", TINY)
def test_a_benchmark_finds_figures(name, place):
    found = json.loads((place / f"{name}.json").read_text())
    assert found["name"] == name
    assert found["figures"]
    for figure in found["figures"]:
        assert figure["what"], figure
        assert isinstance(figure["value"], (int, float)), figure
        assert (figure["met"] is None) == (figure["mark"] is None)


def test_all_benchmarks_are_run_together():
    code = "import json, run_all; print(json.dumps(list(run_all.BRIEF)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert json.loads(done.stdout) == list(TINY)
