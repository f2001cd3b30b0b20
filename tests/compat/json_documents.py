"""JSON scenarios for tests: a small one, of one agent, in which what a friend answers follows a message."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

START = 1736154000.0


def arg(name: str, value: str | None, value_type: str | None = "str") -> dict[str, Any]:
    return {"name": name, "value": value, "value_type": value_type}


def event(kind: str, event_id: str, after: list[str], call: str, *args: dict[str, Any]) -> dict[str, Any]:
    app, function = call.split(".")
    action = {
        "action_id": f"{call}-1" if kind != "AGENT" else "",
        "app": app,
        "function": function,
        "operation_type": "WRITE" if kind != "AGENT" else None,
        "args": list(args),
    }
    found = {
        "class_name": "OracleEvent" if kind == "AGENT" else "Event",
        "event_type": kind,
        "event_time": None,
        "event_id": event_id,
        "dependencies": after,
        "event_relative_time": 5.0,
        "action": action,
    }
    return {**found, "event_time_comparator": None} if kind == "AGENT" else found


CHATS = {
    "conversations": {
        "k1": {
            "participant_ids": ["me-1", "u-2"],
            "messages": [
                {"sender_id": "u-2", "message_id": "g1", "timestamp": 1736150000.0, "content": "Hello"}
            ],
            "title": "Ana",
            "conversation_id": "k1",
            "last_updated": 1736150000.0,
        }
    },
    "messages_view_limit": 10,
    "conversation_view_limit": 5,
    "mode": "NAME",
    "name_to_id": {"Ana": "u-2", "Me": "me-1"},
    "id_to_name": {"u-2": "Ana", "me-1": "Me"},
    "current_user_id": "me-1",
    "current_user_name": "Me",
}

_GARDEN: dict[str, Any] = {
    "world_logs": [],
    "apps": [
        {"name": "AgentUserInterface", "class_name": "AgentUserInterface", "app_state": {"messages": []}},
        {"name": "SystemApp", "class_name": "SystemApp", "app_state": None},
        {"name": "Chats", "class_name": "MessagingAppV2", "app_state": CHATS},
    ],
    "events": [
        event(
            "USER",
            "ask",
            [],
            "AgentUserInterface.send_message_to_agent",
            arg("content", "Tell Ana I am late"),
            arg("attachments", None, None),
        ),
        event(
            "AGENT", "tell", ["ask"], "Chats.send_message", arg("user_id", "u-2"), arg("content", "I am late")
        ),
        event("AGENT", "done", ["tell"], "AgentUserInterface.send_message_to_user", arg("content", "Done")),
        event(
            "ENV",
            "answer",
            ["done"],
            "Chats.create_and_add_message",
            arg("conversation_id", "{{tell}}"),
            arg("sender_id", "u-2"),
            arg("content", "ok"),
        ),
        event(
            "AGENT",
            "report",
            ["answer"],
            "AgentUserInterface.send_message_to_user",
            arg("content", "Ana: ok"),
        ),
    ],
    "completed_events": [],
    "version": "are_simulation_v1",
    "context": None,
    "augmentation": None,
    "metadata": {
        "definition": {
            "scenario_id": "garden_7",
            "seed": 3,
            "duration": 900.0,
            "time_increment_in_seconds": 1,
            "start_time": START,
            "run_number": None,
            "hints": [{"hint_type": "TASK_HINT", "content": "be brief", "associated_event_id": "ask"}],
            "config": None,
            "has_a2a_augmentation": False,
            "has_tool_augmentation": False,
            "has_env_events_augmentation": False,
            "has_exception": False,
            "exception_type": None,
            "exception_message": None,
            "tags": ["Execution"],
            "hf_metadata": {"dataset": "own/data", "split": "validation", "revision": None},
        },
        "simulation": None,
        "annotation": {
            "annotation_id": "a-1",
            "annotator": "Kim",
            "validation_decision": "Valid",
            "comment": "Ana is told.",
            "date": 12.0,
        },
        "execution": None,
        "runner_config": {"seed": 1},
    },
}


def garden() -> dict[str, Any]:
    """Give the document, to be changed."""
    return deepcopy(_GARDEN)


def packed(document: Any) -> bytes:
    return json.dumps(document).encode()
