"""What identifies a scenario: its content as it starts, its source, and how this version simulates it.

The validator has a hash of its own: when only that changed, a finished run can be scored anew from its
replies. Noise is no part of either, nor is the number of a run.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.action import Action
from pare.kernel.graph import reachable
from pare.kernel.serialization import to_plain
from pare.scenarios.scenario import Scenario
from pare.scenarios.source_digest import source_parts

SEMANTICS_VERSION = 1
"""Raised whenever the same scenario and replies give another log: golden logs in the tests force it."""


@dataclass(frozen=True, slots=True)
class ScenarioHashes:
    """The hashes of a scenario, 16 hexadecimal digits each.

    `scenario` covers all `parts`; these are kept to say what has changed. An error says that the
    scenario could not be initialised, and stands for its content.
    """

    scenario: str
    validator: str
    parts: dict[str, str]


def scenario_hashes(scenario: Scenario) -> ScenarioHashes:
    """Hash a scenario that was made for this and is not run: it is initialised if it was not."""
    own = getattr(scenario, "source_parts", None)  # one that was not written in Python says it itself
    source = own() if own else source_parts(type(scenario))
    try:
        scenario.initialize()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a scenario that cannot start is a defect when it is run
        content: dict[str, Any] = {"content": f"{type(error).__name__}: {error}"}
    else:
        content = _content(scenario)
    parts = {name: _digest(value) for name, value in content.items()}
    parts |= {"source": _digest(source.scenario), "semantics": str(SEMANTICS_VERSION)}
    return ScenarioHashes(_digest(parts), _digest(source.validator), parts)


def _content(scenario: Scenario) -> dict[str, Any]:
    return {
        "apps": [[app.name, type(app).__name__, app.get_state()] for app in scenario.apps or ()],
        "events": [_event(event) for event in reachable(scenario.events) if not event.is_noise],
        "prompt": scenario.additional_system_prompt,
        "tags": sorted(tag.value for tag in scenario.tags or ()),
        "settings": {
            name: getattr(scenario, name)
            for name in (
                "scenario_id",
                "seed",
                "start_time",
                "duration",
                "nb_turns",
                "time_increment_in_seconds",
            )
        },
    }


def _event(event: AbstractEvent) -> dict[str, Any]:
    action = getattr(event, "action", None)
    found: dict[str, Any] = {
        "id": event.event_id,
        "kind": type(event).__name__,
        "type": event.event_type.value,
        "time": event.event_time,
        "delay": event.event_relative_time,
        "after": sorted(other.event_id for other in event.dependencies),
    }
    if isinstance(action, Action):
        arguments = {name: value for name, value in action.args.items() if name != "self"}
        found |= {"app": action.app_name, "function": action.function_name, "arguments": to_plain(arguments)}
    return found


def _digest(value: Any) -> str:
    text = (
        value.encode()
        if isinstance(value, str)
        else orjson.dumps(to_plain(value), option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    )
    return hashlib.blake2b(text, digest_size=8).hexdigest()
