"""The table of the bundled scenarios in docs/scenarios.md, read from the scenarios themselves."""

from __future__ import annotations

from collections.abc import Iterator

from pare.reporting.markdown import inline
from pare.scenarios import benchmark
from pare.scenarios.overview import Overview, overview
from pare.scenarios.utils.registry import registry

BEGIN = "<!-- from here: make docs -->\n"
END = "<!-- to here -->\n"

_COLUMNS = ("scenario", "what happens", "apps", "tags", "oracle")


def with_table(page: str) -> str:
    """Give a page with the present table between its two marks.

    Raises:
        ValueError: a mark is missing.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page needs the lines {BEGIN.strip()!r} and {END.strip()!r}")
    return f"{before}{BEGIN}\n{scenarios_table()}\n\n{END}{after}"


def scenarios_table() -> str:
    """Give the table of the bundled scenarios: a row each, the ids in order."""
    rows = [_row(found) for found in bundled()]
    lines = [_COLUMNS, ["---"] * len(_COLUMNS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def bundled() -> Iterator[Overview]:
    """Look over every scenario that comes with `pare`, in the order of their ids."""
    for scenario_id, found in sorted(registry.get_all_scenarios().items()):
        if found.__module__.startswith(f"{benchmark.__name__}."):
            scenario = registry.create(scenario_id)
            scenario.initialize()
            yield overview(scenario)


def _row(found: Overview) -> list[str]:
    length = f"{found.oracle_length}, {found.difficulty}"
    said = (inline(text) for text in (found.summary, ", ".join(found.apps), ", ".join(found.tags)))
    return [f"`{found.scenario_id}`", *said, length]
