"""Calls are recorded once, captured in capture mode, and left alone where recording is off."""

from dataclasses import dataclass

import pytest

from pare.apps.base import App
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import EventRegisterer, disable_events, event_registered
from tests.kernel.phone import START, Diary, armed


class Shelf(App):
    """Methods with every kind of parameter."""

    @event_registered()
    def mixed(self, first: str, /, second: int, *rest: int, mode: str = "m", **options: int) -> tuple:
        return first, second, rest, mode, options

    @event_registered()
    def named(self, *, label: str, **options: int) -> tuple:
        return label, options

    @event_registered()
    def positional(self, *items: int) -> tuple:
        return items


@dataclass
class Page:
    """A screen: not an app itself, it belongs to one."""

    app: Diary

    @event_registered(OperationType.WRITE, EventType.USER)
    def turn(self, by: int = 1) -> int:
        """Turn pages."""
        self.app.write(f"turned {by}")
        return by


def calls(env: object) -> list[tuple[str, str, dict]]:
    return [(line["type"], line["function"], line["args"]) for line in env.event_log.lines()]


def test_a_call_is_recorded_with_all_that_is_known_of_it() -> None:
    diary = Diary("Log")
    env = armed([diary])
    env.time_manager.add_offset(2.5)
    assert diary.write("a")["number"] == 1
    assert env.event_log.lines() == [
        {
            "time": START + 2.5,
            "type": "AGENT",
            "id": "AGENT-Log.write-00000000",
            "app": "Log",
            "function": "write",
            "args": {"text": "a"},
            "return": {"number": 1, "text": "a", "place": {"page": 0}},
            "exception": None,
        }
    ]
    (event,) = env.event_log.events
    assert event.action.operation_type is OperationType.WRITE
    assert event.action.action_id == "Diary.write-00000000"


def test_the_type_is_the_one_of_the_decorator() -> None:
    diary = Diary()
    env = armed([diary])
    for call in (diary.write, diary.tap, diary.arrive):
        call("x")
    assert [kind for kind, _, _ in calls(env)] == ["AGENT", "USER", "ENV"]


def test_defaults_are_among_the_arguments() -> None:
    diary = Diary()
    env = armed([diary])
    diary.arrive(text="x")
    diary.arrive("y", "sad")
    assert [args for _, _, args in calls(env)] == [
        {"text": "x", "mood": "plain"},
        {"text": "y", "mood": "sad"},
    ]


def test_only_the_outermost_call_is_an_event() -> None:
    diary = Diary()
    env = armed([diary])
    diary.entries.append("a")
    diary.copy_last()
    assert (calls(env), diary.entries) == ([("AGENT", "copy_last", {})], ["a", "a"])


def test_a_call_that_fails_is_recorded_and_raises() -> None:
    diary = Diary()
    env = armed([diary])
    with pytest.raises(ValueError, match="no entry 'x'"):
        diary.tear("x")
    (event,) = env.event_log.events
    assert (event.failed(), event.metadata.exception) == (True, "there is no entry 'x'")
    assert "/" not in event.metadata.exception_stack_trace
    diary.write("on")
    assert [function for _, function, _ in calls(env)] == ["tear", "write"]


def test_after_a_failed_call_recording_goes_on() -> None:
    diary = Diary()
    env = armed([diary])
    with pytest.raises(IndexError):
        diary.copy_last()
    diary.write("a")
    assert [function for _, function, _ in calls(env)] == ["copy_last", "write"]


@pytest.mark.parametrize(
    ("args", "kwargs"), [((), {}), (("a", "b"), {}), (("a",), {"text": "b"}), (("a",), {"x": 1})]
)
def test_arguments_that_do_not_fit_raise_and_are_no_event(args: tuple, kwargs: dict) -> None:
    diary = Diary()
    env = armed([diary])
    with pytest.raises(TypeError):
        diary.write(*args, **kwargs)
    with EventRegisterer.capture_mode(), pytest.raises(TypeError):
        diary.write(*args, **kwargs)
    assert (calls(env), diary.entries) == ([], [])


def test_a_call_on_a_screen_is_recorded_for_its_app() -> None:
    diary = Diary("Log")
    env = armed([diary])
    Page(diary).turn(3)
    (event,) = env.event_log.events
    assert (event.event_id, event.app_name(), diary.entries) == (
        "USER-Log.turn-00000000",
        "Log",
        ["turned 3"],
    )
    assert event.get_args()["by"] == 3


def test_a_captured_call_on_a_screen_can_be_executed() -> None:
    diary = Diary()
    with EventRegisterer.capture_mode():
        event = Page(diary).turn(2)
    assert (event.execute().metadata.return_value, diary.entries) == (2, ["turned 2"])


def test_every_kind_of_parameter_can_be_called_recorded_and_captured() -> None:
    shelf = Shelf()
    env = armed([shelf])
    expected = ("a", 2, (3, 4), "n", {"x": 5})
    assert shelf.mixed("a", 2, 3, 4, mode="n", x=5) == expected
    assert shelf.named(label="l", x=1) == ("l", {"x": 1})
    assert shelf.positional(1, 2) == (1, 2)
    assert calls(env) == [
        ("AGENT", "mixed", {"first": "a", "second": 2, "rest": [3, 4], "mode": "n", "options": {"x": 5}}),
        ("AGENT", "named", {"label": "l", "options": {"x": 1}}),
        ("AGENT", "positional", {"items": [1, 2]}),
    ]
    with EventRegisterer.capture_mode():
        event = shelf.mixed("a", 2, 3, 4, mode="n", x=5)
    assert (event.execute().metadata.return_value, event.function_name()) == (expected, "mixed")


def test_in_capture_mode_a_call_becomes_a_planned_event() -> None:
    diary = Diary("Log")
    env = armed([diary])
    with EventRegisterer.capture_mode():
        event = diary.tap("a")
    assert (diary.entries, calls(env)) == ([], [])
    assert (event.event_id, event.event_type.value, event.event_time) == ("ENV-Log.tap-00000000", "ENV", None)
    assert event.action.args == {"self": diary, "text": "a"}
    assert (event.action.app, event.action.operation_type) == (diary, OperationType.WRITE)


def test_in_capture_mode_methods_that_are_not_registered_run() -> None:
    diary = Diary()
    with EventRegisterer.capture_mode():
        diary.add("a")
    assert diary.entries == ["a"]


def test_where_recording_is_off_calls_just_run() -> None:
    diary = Diary()
    env = armed([diary])
    with disable_events():
        diary.write("a")
    with EventRegisterer.disable(), EventRegisterer.capture_mode():
        diary.write("b")
    with EventRegisterer.capture_mode(), EventRegisterer.disable():
        diary.write("c")
    assert (diary.entries, calls(env)) == (["a", "b", "c"], [])


def test_the_switches_come_back_after_their_block() -> None:
    assert (EventRegisterer.is_active(), EventRegisterer.is_capture_mode()) == (True, False)
    with EventRegisterer.capture_mode():
        assert EventRegisterer.is_capture_mode()
        with EventRegisterer.disable():
            assert (EventRegisterer.is_active(), EventRegisterer.is_capture_mode()) == (False, True)
        assert EventRegisterer.is_active()
    with pytest.raises(ZeroDivisionError), EventRegisterer.capture_mode(), EventRegisterer.disable():
        raise ZeroDivisionError
    assert (EventRegisterer.is_active(), EventRegisterer.is_capture_mode()) == (True, False)


def test_the_switches_can_be_set() -> None:
    diary = Diary()
    EventRegisterer.set_active(False)
    assert not EventRegisterer.is_active()
    EventRegisterer.set_active(True)
    EventRegisterer.set_capture_mode(True)
    event = diary.write("a")
    EventRegisterer.set_capture_mode(False)
    assert (event.function_name(), diary.entries) == ("write", [])
    assert (EventRegisterer.is_active(), EventRegisterer.is_capture_mode()) == (True, False)


def test_a_run_inside_capture_mode_runs() -> None:
    diary = Diary()
    with EventRegisterer.capture_mode():
        env = armed([diary], [diary.arrive("a").with_id("a"), diary.copy_last().with_id("b")])
        env.join()
    assert diary.entries == ["a", "a"]


def test_a_registered_method_carries_the_published_marks() -> None:
    assert (Diary.tap.__event_registered__, Diary.tap.__operation_type__) == (True, OperationType.WRITE)
    assert Diary.tap.__name__ == "tap"
    assert EventRegisterer.event_registered is event_registered


def test_a_call_on_an_app_without_an_environment_just_runs() -> None:
    diary = Diary()
    assert diary.write("a")["number"] == 1


def test_a_registered_app_hands_its_calls_to_all_who_asked() -> None:
    diary, heard = Diary(), []
    diary.register_to_env("one", heard.append)
    diary.register_to_env("two", heard.append)
    diary.register_to_env("two", heard.append)
    diary.write("a")
    assert [event.function_name() for event in heard] == ["write", "write"]
