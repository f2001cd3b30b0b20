"""docs/metrics.md: what its lines print, the keys it documents, and the coverage it tells of."""

import dataclasses
import re
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
HOMES = (
    "pare.reporting.sweep_report",
    "pare.scenarios.metrics",
    "pare.reporting.failures",
    "pare.reporting.levels",
)


def test_each_line_prints_what_stands_behind_it(capsys):
    program = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
    told = re.findall(r"^print\(.*\)  # (.*)$", program, re.MULTILINE)
    exec(compile(program, "metrics.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == told
    assert len(told) == program.count("print(")


ROWS = re.findall(r"^\| ([A-Z]\w+)(?: \(.*\))? \| (`.*`) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("name", "keys"), ROWS, ids=[name for name, _ in ROWS])
def test_the_keys_of_the_json_are_the_documented_ones(name, keys):
    found = [getattr(import_module(home), name, None) for home in HOMES]
    kind = next(item for item in found if item is not None)
    assert re.findall(r"`(\w+)`", keys) == [item.name for item in dataclasses.fields(kind)]


def test_all_values_of_the_json_are_documented():
    assert len(ROWS) == 18


def test_the_limits_are_those_of_the_code():
    from pare.reporting.sweep_report import FORMAT
    from pare.scenarios.metrics import MAX_INFRASTRUCTURE_SHARE, comparison, intervals

    assert f"more than {MAX_INFRASTRUCTURE_SHARE:.0%}".replace("%", " %") in WORDS
    assert f"`format` is {FORMAT};" in WORDS
    assert f"Up to {comparison.MOST_PAIRS} pairs" in WORDS
    assert f"at {intervals.RATE_LEVEL:.0%}".replace("%", " %") in WORDS


def test_the_coverage_with_one_run_is_as_told(capsys):
    benchmark = load_benchmark()
    assert benchmark.print_exact((40, 60, 143), 2_001) >= benchmark.MARK
    rows = re.findall(r"^ +(\d+)   ([\d.]+) at", capsys.readouterr().out, re.MULTILINE)
    told = re.findall(r"([\d.]+) % with (\d+)", WORDS)
    assert [(scenarios, coverage) for coverage, scenarios in told] == rows
    assert f"at least {benchmark.MARK:.0%}".replace("%", " %") in WORDS


def load_benchmark():
    path = ROOT / "benchmarks" / "intervals.py"
    spec = spec_from_file_location("benchmark_of_intervals", path)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(path.parent))  # as it is for a program: what stands beside it can be imported
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module
