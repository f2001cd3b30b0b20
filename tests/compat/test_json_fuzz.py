"""Whatever is in a file, it is a scenario or a JsonScenarioError: nothing else comes out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pare.compat.json_scenarios import (
    JsonScenarioError,
    export_json_scenario,
    load_json_scenario,
    load_json_trace,
)
from pare.scenarios.utils.registry import registry
from tests.compat.json_documents import garden, packed

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**53, 10**15, 1e300, -0.0, 0.5]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        ["", "int", "dict", "list[str] | None", "{{tell}}", "{{tell.a.b}}", "{{}}", "[1]", "{", "1e999"]
    ),
    st.sampled_from(
        ["AGENT", "STOP", "CONDITION", "StatefulNotesApp", "Files", "CabApp", "send_message", "reset"]
    ),
    st.sampled_from(
        ["wrapped_condition__turn_idx_1__scenario_id_x", "ask", "tell", "Chats", "2025-01-06 09:00:00"]
    ),
    st.sampled_from(["plumber_answers_the_leak", "course_seat_until_noon", "seat_claimed_by_noon"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ANYTHING = st.dictionaries(
    st.sampled_from(
        ["metadata", "version", "apps", "events", "completed_events", "world_logs", "augmentation"]
    ),
    VALUES | st.just("are_simulation_v1"),
)
PHONES = (
    "allergies_change_the_shopping_cart",
    "five_share_a_cab_after_the_concert",
    "cat_surgery_waits_for_results",
)
NAMING = ("plumber_answers_the_leak", "course_seat_until_noon", "farewell_kept_from_tomas")
"""Scenarios that name conditions and validations of registered ones."""
QUICK = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(max_examples=20_000, suppress_health_check=[HealthCheck.too_slow])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to everything in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


@st.composite
def mutated(draw: st.DrawFn, documents: tuple[dict[str, Any], ...]) -> bytes:
    """Give a valid document with a few values replaced, taken out, doubled, or put elsewhere."""
    document = json.loads(packed(draw(st.sampled_from(documents))))
    for _ in range(draw(st.integers(1, 4))):
        ways = list(places(document))
        *way, last = draw(st.sampled_from(ways))
        holder = document
        for key in way:
            holder = holder[key]
        kind = draw(st.sampled_from(["replace", "replace", "remove", "double", "move"]))
        if kind == "replace":
            holder[last] = draw(VALUES)
        elif kind == "remove":
            del holder[last]
        elif isinstance(holder, list):
            holder.append(holder[last])
        elif kind == "double":
            holder[f"{last}_"] = holder[last]
        else:
            holder[draw(st.sampled_from(sorted(holder)))] = holder[last]
    return packed(document)


@pytest.fixture(scope="module")
def documents() -> tuple[dict[str, Any], ...]:
    naming = (json.loads(export_json_scenario(registry.create(item))) for item in NAMING)
    return (garden(), *map(phone, PHONES), *naming)


def phone(scenario_id: str) -> dict[str, Any]:
    """Give a bundled scenario as a document, with one event alone."""
    scenario = registry.create(scenario_id)
    scenario.initialize()
    scenario.events = scenario.events[:1]
    scenario.events[0].reset_dependencies()
    found: dict[str, Any] = json.loads(export_json_scenario(scenario))
    return found


def check(data: bytes) -> None:
    for load in (load_json_scenario, load_json_trace):
        try:
            loaded: Any = load(data)
        except JsonScenarioError:
            continue
        text = export_json_scenario(getattr(loaded, "scenario", loaded))
        assert export_json_scenario(load_json_scenario(text)) == text


@QUICK
@given(data=st.data())
def test_changed_documents_are_read_or_refused(
    data: st.DataObject, documents: tuple[dict[str, Any], ...]
) -> None:
    check(data.draw(mutated(documents)))


@QUICK
@given(ANYTHING | VALUES)
def test_any_json_is_read_or_refused(value: Any) -> None:
    check(packed(value))


@QUICK
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(JsonScenarioError):
        load_json_scenario(data)


@pytest.mark.long
@LONG
@given(data=st.data())
def test_many_changed_documents_are_read_or_refused(
    data: st.DataObject, documents: tuple[dict[str, Any], ...]
) -> None:
    check(data.draw(mutated(documents)))
