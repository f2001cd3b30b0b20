"""Whatever is in a file, it is a scenario or a JsonScenarioError: nothing else comes out."""

import json
from functools import cache, partial
from random import Random
from typing import Any, NamedTuple
from zlib import crc32

import pytest
from hypothesis import strategies as st

from pare.compat.json_scenarios import (
    JsonScenarioError,
    export_json_scenario,
    load_json_scenario,
    load_json_trace,
)
from pare.scenarios.utils.registry import registry
from tests.compat.json_documents import garden
from tests.fuzz.cases import (
    LONG_CASES,
    PARTS,
    SCALARS,
    as_json,
    assert_linear,
    assert_shown,
    changed,
    flipped,
    in_long_mode,
    in_parts,
    run_cases,
    some,
    spliced,
    values_of,
)

LONGEST_LINE = 800
PHONES = (
    "allergies_change_the_shopping_cart",
    "five_share_a_cab_after_the_concert",
    "cat_surgery_waits_for_results",
)
NAMING = ("plumber_answers_the_leak", "course_seat_until_noon", "farewell_kept_from_tomas")
"""Scenarios that name conditions and validations of registered ones."""

SHARES = (0,) * 7 + (1, 2, 3) * 3 + (4, 5, 6)
"""Small documents are changed more often than large ones, which take longer."""

WORDS = """
int dict {{tell}} {{tell.a.b}} {{}} [1] { 1e999 AGENT STOP CONDITION StatefulNotesApp Files CabApp reset
send_message wrapped_condition__turn_idx_1__scenario_id_x ask tell Chats are_simulation_v1 metadata version
apps events completed_events world_logs augmentation plumber_answers_the_leak course_seat_until_noon
seat_claimed_by_noon
"""
VALUES = values_of(SCALARS | st.sampled_from([*WORDS.split(), "list[str] | None", "2025-01-06 09:00:00"]))
KEYS = ["metadata", "version", "apps", "events", "completed_events", "world_logs", "augmentation"]
ANYTHING = st.dictionaries(st.sampled_from(KEYS), VALUES | st.just("are_simulation_v1"))
PIECES = st.sampled_from([*b'{}[]:,"\\0', 0, 0xFF, 0x80]).map(lambda byte: bytes([byte])) | st.binary(
    max_size=4
)


class Parts(NamedTuple):
    """What the cases of a batch are made of."""

    values: list[Any]
    documents: list[dict[str, Any]]
    pieces: list[bytes]


PARTS_OF_CASES = st.builds(Parts, some(VALUES), some(ANYTHING), some(PIECES))


@cache
def documents() -> tuple[dict[str, Any], ...]:
    naming = (json.loads(export_json_scenario(registry.create(name))) for name in NAMING)
    return (garden(), *map(phone, PHONES), *naming)


def phone(scenario_id: str) -> dict[str, Any]:
    """Give a bundled scenario as a document, with one event alone."""
    scenario = registry.create(scenario_id)
    scenario.initialize()
    scenario.events = scenario.events[:1]
    scenario.events[0].reset_dependencies()
    found: dict[str, Any] = json.loads(export_json_scenario(scenario))
    return found


def make(parts: Parts, rng: Random) -> bytes:
    kind = rng.randrange(10)
    document = documents()[rng.choice(SHARES)]
    if kind < 6:
        return as_json(changed(rng, document, parts.values))
    if kind == 6:
        return as_json(rng.choice([*parts.documents, *parts.values]))
    if kind == 7:
        return flipped(rng, as_json(document))
    return bytes(spliced(rng, as_json(document) if kind == 8 else b"", parts.pieces))


def check(data: bytes) -> None:
    is_read = partial(read, data)
    # What costs most is not done for each case: the bytes say for which it is.
    loaded = is_read(load_json_scenario if crc32(data) % 4 else load_json_trace)
    if loaded is not None and crc32(data) % 3 == 0:
        text = export_json_scenario(getattr(loaded, "scenario", loaded))
        assert export_json_scenario(load_json_scenario(text)) == text


def read(data: bytes, load: Any) -> Any:
    try:
        return load(data)
    except JsonScenarioError as error:
        check_refusal(error)
        return None


def check_refusal(error: JsonScenarioError) -> None:
    assert error.problems
    assert str(error).startswith("the document: ")
    for line in str(error).split("\n"):
        assert_shown(line, LONGEST_LINE)


def test_a_document_is_read_or_refused() -> None:
    run_cases(PARTS_OF_CASES, make, check, cases=300)


@in_long_mode
@in_parts
def test_each_of_many_documents_is_read_or_refused(part: int) -> None:
    run_cases(PARTS_OF_CASES, make, check, cases=LONG_CASES // PARTS)


@pytest.mark.parametrize("number", range(1 + len(PHONES) + len(NAMING)))
def test_what_is_changed_is_sound_before(number: int) -> None:
    data = as_json(documents()[number])
    for load in (load_json_scenario, load_json_trace):
        loaded = read(data, load)
        text = export_json_scenario(getattr(loaded, "scenario", loaded))
        assert export_json_scenario(load_json_scenario(text)) == text


def with_events(size: int) -> bytes:
    document = garden()
    first = document["events"][0]
    document["events"] += [{**first, "event_id": f"more-{number}", "function": 1} for number in range(size)]
    return as_json(document)


@pytest.mark.parametrize(
    "make_document",
    [
        with_events,
        lambda size: as_json({**garden(), "apps": garden()["apps"] * size}),
        lambda size: as_json({f"key{number}": 1 for number in range(size)}),
        lambda size: as_json({**garden(), "version": "x" * size}),
        lambda size: b"[" * size,
    ],
)
def test_the_time_to_refuse_a_document_grows_with_its_size(make_document: Any) -> None:
    assert_linear(lambda data: read(data, load_json_scenario), make_document, size=100)
