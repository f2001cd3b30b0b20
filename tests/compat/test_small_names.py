"""Small functions and classes that exist for their published names."""

import copy
import json
from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from are.simulation.agents.agent_log import (
    BaseAgentLog,
    ErrorLog,
    LLMInputLog,
    LLMOutputThoughtActionLog,
    ObservationLog,
    TaskLog,
    ToolCallLog,
)
from are.simulation.agents.llm.types import MessageRole
from are.simulation.agents.multimodal import Attachment
from are.simulation.apps.app import App, get_base_method_doc
from are.simulation.apps.sandbox_file_system import SandboxLocalFileSystem
from are.simulation.data.population_scripts.sandbox_file_system_population import default_fs_folders
from are.simulation.dataset_helpers import get_data_path
from are.simulation.exceptions import AgentError, FatalError, JsonParsingAgentError, LoggedError
from are.simulation.priority_queue import PriorityQueue
from are.simulation.scenarios.utils.env_utils import expand_env_vars
from are.simulation.types import Event, EventType, SimulatedGenerationTimeConfig
from are.simulation.utils import (
    CountableIterator,
    EnumEncoder,
    SkippableDeepCopy,
    batched,
    conditional_context_manager,
    from_dict,
    get_function_name,
    save_jsonl,
    strip_app_name_prefix,
    truncate_string,
)


class Colour(Enum):
    RED = "red"


@dataclass
class Part:
    colour: Colour
    size: int | None = None


@dataclass
class Whole:
    parts: list[Part] = field(default_factory=list)
    by_name: dict[str, Part] = field(default_factory=dict)
    best: Part | None = None


def test_a_dataclass_is_built_from_plain_data() -> None:
    part = {"colour": "red", "size": 3}
    whole = from_dict(Whole, {"parts": [part], "by_name": {"a": part}, "best": None, "unknown": 1})
    assert whole == Whole([Part(Colour.RED, 3)], {"a": Part(Colour.RED, 3)}, None)
    assert from_dict(Whole, {"best": part}).best == Part(Colour.RED, 3)


def test_enums_and_objects_become_json() -> None:
    assert json.dumps({"a": Colour.RED, "b": Part(Colour.RED)}, cls=EnumEncoder) == (
        '{"a": "red", "b": {"colour": "red", "size": null}}'
    )


def test_copies_leave_out_what_they_are_told_to() -> None:
    class Half(SkippableDeepCopy):
        _skip_deepcopy_fields: ClassVar = ["link"]
        _skip_pickle_fields: ClassVar = ["link"]

        def __init__(self) -> None:
            self.link, self.items = self, [1]

    half = Half()
    twin = copy.deepcopy(half)
    assert (twin.link, twin.items, twin.items is half.items) == (None, [1], False)
    assert half.__getstate__() == {"link": None, "items": [1]}


def test_texts_names_and_batches() -> None:
    assert (truncate_string("abcdef", 5), truncate_string("abc", 5)) == ("ab...", "abc")
    assert (strip_app_name_prefix("Mail__send"), strip_app_name_prefix("Mail__send", "Mail")) == (
        "send",
        "send",
    )
    assert get_function_name(partial(truncate_string, max_length=3)) == "truncate_string"
    assert list(batched(range(3), 2)) == [(0, 1), (2,)]
    manager = nullcontext(7)
    assert conditional_context_manager(True, manager) is manager
    assert conditional_context_manager(False, manager) is not manager


def test_an_iterator_may_know_its_length() -> None:
    counted = CountableIterator(iter([1, 2]), 2)
    assert (len(counted), list(counted)) == (2, [1, 2])
    with pytest.raises(TypeError):
        len(CountableIterator(iter([])))


def test_rows_are_written_one_a_line(tmp_path: Path) -> None:
    save_jsonl([{"a": Colour.RED}, "é"], tmp_path / "rows.jsonl")
    assert (tmp_path / "rows.jsonl").read_text(encoding="utf-8") == '{"a": "red"}\n"é"\n'


def test_variables_are_expanded_where_they_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITY", "Bern")
    monkeypatch.delenv("STREET", raising=False)
    text = "${CITY} ${STREET} ${STREET:-none}"
    assert expand_env_vars({"a": [text, 1]}) == {"a": ["Bern ${STREET} none", 1]}
    assert expand_env_vars(text, allowed=["STREET"]) == "${CITY} ${STREET} none"


def test_the_directory_of_data_sets_is_named_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_PATH", "/data")
    assert get_data_path() == "/data"
    monkeypatch.delenv("DATA_PATH")
    with pytest.raises(ValueError, match="DATA_PATH"):
        get_data_path()


def test_a_queue_gives_the_first_by_its_fields() -> None:
    queue: PriorityQueue[Any] = PriorityQueue(fields=["event_time"])
    events = [Event(event_id=name, event_time=time) for name, time in (("b", 2.0), ("a", 1.0), ("c", 1.0))]
    queue.extend(events)
    assert [event.event_id for event in queue.list_view()] == ["a", "c", "b"]
    assert (queue.peek().event_id, queue.get().event_id, queue.qsize(), queue.empty()) == ("a", "a", 2, False)
    numbers: PriorityQueue[int] = PriorityQueue()
    numbers.extend([3, 1, 2])
    assert [numbers.get() for _ in range(len(numbers))] == [1, 2, 3]
    assert numbers.peek() is None


def test_logs_know_their_kind_and_come_back() -> None:
    logs: list[BaseAgentLog] = [
        TaskLog(timestamp=1.0, agent_id="a", content="do"),
        ToolCallLog(1.0, "a", "Mail__send", {"to": "b"}),
        LLMOutputThoughtActionLog(1.0, "a", "thought", completion_tokens=3),
        ErrorLog(1.0, "a", "error", "text", "AgentError", "base"),
        LLMInputLog(1.0, "a", [{"role": "user"}]),
    ]
    assert [log.get_type() for log in logs] == ["task", "tool_call", "llm_output", "error", "llm_input"]
    assert [BaseAgentLog.from_dict(log.to_dict()) for log in logs] == logs
    assert [log.get_content_for_llm() for log in logs] == ["do", None, "thought", "error", None]
    image = Attachment(base64_data="aGk=", mime="image/png")  # type: ignore[arg-type]
    seen = ObservationLog(1.0, "a", "look", [image])
    assert (seen.get_attachments_for_llm(), seen.get_content_for_llm_no_attachment()) == ([image], "look")
    assert len({log.id for log in logs}) == 5


def test_a_file_is_shown_to_a_model_if_it_is_an_image() -> None:
    image = Attachment(base64_data="aGk=", mime="image/png", name="hi")  # type: ignore[arg-type]
    assert (image.content, image.model_dump()["base64_data"]) == (b"hi", "aGk=")
    assert image.to_openai_json()["image_url"] == {"url": "data:image/png;base64,aGk="}
    assert len({image}) == 1
    with pytest.raises(ValueError, match="text/plain"):
        Attachment(base64_data=b"aGk=", mime="text/plain").to_openai_json()
    with pytest.raises(ValueError, match="base64_data"):
        Attachment(base64_data=b"", mime="image/png")


def test_errors_of_agents_have_categories() -> None:
    assert [kind.category for kind in (LoggedError, FatalError, JsonParsingAgentError)] == [
        "LoggedError",
        "FatalError",
        "AgentError",
    ]
    assert str(AgentError("lost")) == "lost"


def test_a_file_system_can_begin_with_the_usual_folders() -> None:
    fs = SandboxLocalFileSystem()
    for _ in range(2):
        fs.populate(default_fs_folders)
    folders = [path.strip("/") for path in fs.get_folder_paths_list()]
    assert sorted(filter(None, folders))[:3] == ["Applications", "Desktop", "Documents"]


def test_what_is_left() -> None:
    class Mute(App):
        def reset(self) -> None: ...

    assert get_base_method_doc(Mute, Mute.reset) == App.reset.__doc__
    assert MessageRole.roles() == ["user", "assistant", "system", "tool-call", "tool-response"]
    assert SimulatedGenerationTimeConfig().mode == "measured"
    with pytest.raises(ValueError, match="seconds"):
        SimulatedGenerationTimeConfig("fixed", None)
    assert EventType.STOP.value == "STOP"
