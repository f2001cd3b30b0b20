"""The published ways to look at an environment and to move it by hand."""

import json
import logging
from typing import Any

import pytest

from pare.apps import AgentUserInterface, Contacts, EmailClientApp, InternalContacts, SystemApp
from pare.errors import EnvironmentStateError
from pare.kernel.environment import AbstractEnvironment, Environment, EnvironmentConfig
from pare.kernel.events import (
    AgentValidationEvent,
    ConditionCheckEvent,
    EnvironmentState,
    Event,
    EventType,
    ValidationEvent,
)
from pare.kernel.log import EventLog
from pare.kernel.queue import EventQueue
from pare.kernel.recording import EventRegisterer
from pare.kernel.world_log import ActionLog, BaseAgentLog
from pare.notifications import VerboseNotificationSystem


def env_with(*apps: Any, **settings: Any) -> Environment:
    env = Environment(EnvironmentConfig(start_time=100, duration=None, **settings))
    env.register_apps(list(apps))
    return env


def message(app: AgentUserInterface, name: str, delay: float, after: Any = None) -> Any:
    with EventRegisterer.capture_mode():
        event: Any = app.send_message_to_agent(name)
        return event.with_id(name).depends_on(after, delay)


@pytest.fixture
def chat() -> tuple[Environment, AgentUserInterface]:
    """Give an armed environment in which the user writes after 5 and 9 seconds."""
    app = AgentUserInterface()
    env = env_with(app, SystemApp())
    first = message(app, "first", 5)
    env.schedule([first, message(app, "second", 4, first)])
    env.start(debug=True)
    return env, app


# --- clock and states -----------------------------------------------------------------------------------


def test_the_clock_stands_still_until_it_is_moved(chat: Any) -> None:
    env, _ = chat
    env.tick()
    assert (len(env.event_log), env.current_time, env.time_manager.real_time_passed()) == (0, 100, 0)
    env.time_manager.add_offset(6)
    env.tick()
    assert [event.event_id for event in env.event_log.list_view()] == ["first"]
    assert (env.tick_count, env.time_manager.time_passed()) == (6, 6)


def test_a_paused_environment_goes_on_with_an_offset(chat: Any) -> None:
    env, _ = chat
    assert (env.is_running(), env.is_paused()) == (True, False)
    env.pause()
    env.tick()
    with pytest.raises(EnvironmentStateError):
        env.join()
    assert (env.is_running(), env.is_paused(), env.state) == (False, True, EnvironmentState.PAUSED)
    env.resume_with_offset(9)
    assert (env.is_paused(), env.current_time, len(env.event_log)) == (False, 109, 2)


def test_the_clock_can_be_set_to_what_comes_next(chat: Any) -> None:
    env, _ = chat
    env.jump_to_next_event_time()
    assert (env.current_time, len(env.event_log), env.get_next_event_time()) == (105, 0, 105)
    env.join()
    env.jump_to_next_event_time()
    assert (env.state, env.current_time) == (EnvironmentState.STOPPED, 109)


def test_waiting_needs_somebody_who_waits() -> None:
    notices = VerboseNotificationSystem()
    env = Environment(EnvironmentConfig(start_time=100), notification_system=notices)
    with pytest.raises(EnvironmentStateError, match="there is no SystemApp on the phone"):
        env.wait_for_next_notification()
    system = SystemApp()
    env.register_apps([system])
    env.start()
    env.wait_for_next_notification()
    assert env.current_time == 100
    system.wait_for_notification(30)
    assert env.current_time == 130


# --- state ----------------------------------------------------------------------------------------------


def test_the_state_is_plain_data(chat: Any) -> None:
    env, _ = chat
    env.time_manager.add_offset(5.5)
    env.tick()
    state = json.loads(json.dumps(env.get_state()))
    assert {name: state[name] for name in ("start_time", "duration", "time_increment_in_seconds")} == {
        "start_time": 100,
        "duration": None,
        "time_increment_in_seconds": 1,
    }
    assert state["current_time"] == 105
    assert [event["event_id"] for event in state["event_log"]["past_events"]] == ["first"]
    assert [event["event_id"] for event in state["event_queue"]["future_events"]] == ["second"]
    assert [app["app_name"] for app in state["apps"]] == ["AgentUserInterface", "SystemApp"]
    assert state["apps"][0]["messages"][0]["content"] == "first"
    assert json.loads(env.event_log_json()) == state["event_log"]


def test_apps_for_internal_use_are_left_out_of_what_is_shown() -> None:
    env = env_with(Contacts(), InternalContacts())
    assert [app["app_name"] for app in env.get_apps_state()["apps"]] == ["Contacts"]
    assert json.loads(env.apps_state_json()) == env.get_apps_state()


def test_apps_can_be_emptied(chat: Any) -> None:
    env, app = chat
    env.join()
    env.reset_app_states()
    assert app.messages == []


# --- log and queue --------------------------------------------------------------------------------------


def test_past_events_can_be_looked_at_and_forgotten(chat: Any) -> None:
    env, _ = chat
    assert env.get_latest_event() is None
    env.join()
    assert env.get_latest_event().event_id == "second"
    assert env.get_past_event_at_index(0).event_id == "first"
    assert [event.event_id for event in env.event_log.past_events] == ["first", "second"]
    assert len(env.get_world_logs()) == 2
    env.delete_all_completed_events()
    assert (len(env.event_log), env.event_log.list_view(), env.get_world_logs()) == (0, [], [])


def test_the_last_event_can_be_planned_once_more(chat: Any) -> None:
    env, app = chat
    env.tick()
    env.time_manager.add_offset(5)
    env.tick()
    env.put_last_event_from_log_to_queue()
    assert (len(env.event_log), env.event_queue.peek().event_id) == (0, "first")
    env.join()
    assert [event.event_id for event in env.event_log.list_view()] == ["first", "second"]
    assert [message.content for message in app.messages] == ["first", "first", "second"]
    env_with().put_last_event_from_log_to_queue()


def test_while_a_log_is_replayed_nobody_is_told(chat: Any) -> None:
    env, app = chat
    seen: list[Any] = []
    env.subscribe(seen.append)
    env.set_is_replaying(True)
    app.send_message_to_agent("quiet")
    env.set_is_replaying(False)
    app.send_message_to_agent("loud")
    assert (len(env.event_log), len(seen)) == (2, 1)


def test_a_queue_can_be_filled_and_emptied_by_hand() -> None:
    early, late = Event(event_id="early", event_time=1.0), Event(event_id="late", event_time=2.0)
    queue = EventQueue().from_list_view([late, early])
    queue.put(early)
    assert [event.event_id for event in queue.future_events] == ["early", "late"]
    assert queue.already_scheduled == {"early", "late"}
    assert [event.event_id for event in queue.pop_events_to_process(1.5)] == ["early"]
    assert (len(queue), queue.peek().event_id) == (1, "late")  # type: ignore[union-attr]
    assert queue.pop_events_to_process(5) == [late]
    assert (queue.peek(), len(queue)) == (None, 0)


def test_a_condition_that_is_queued_by_hand_is_looked_at_until_it_holds() -> None:
    env = env_with()
    env.start()
    env.duration = 10
    condition = ConditionCheckEvent.from_condition(lambda env: env.current_time >= 103).with_id("later")
    env.event_queue.put(condition.at_absolute_time(100))
    assert isinstance(env.event_queue.pop_events_to_process(0), list)
    env.join()
    looks = [(event.event_time, event.metadata.return_value) for event in env.event_log.list_view()]
    assert looks == [(100, False), (101, False), (102, False), (103, True)]


def test_a_polling_event_can_be_taken_out_of_the_queue() -> None:
    env = env_with()
    env.schedule(ConditionCheckEvent.from_condition(lambda env: False).with_id("never"))
    env.start()
    assert [event.event_id for event in env.event_queue.pop_events_to_process(100)] == ["never-CHECK_0"]
    assert len(env.event_queue) == 0


def test_an_event_can_be_processed_by_hand(chat: Any) -> None:
    env, app = chat
    by_hand = message(app, "by hand", 0)
    assert env.process_event(by_hand) == []
    assert [event.event_id for event in env.event_log.list_view()] == ["by hand"]


def test_successors_with_a_known_time_are_told(chat: Any) -> None:
    env, app = chat
    first = message(app, "a", 5).at_absolute_time(105)
    second = message(app, "b", 2, first)
    waits = message(app, "c", 0, [first, message(app, "d", 1)])
    assert env.get_successors(first) == [second]
    assert (second.event_time, waits.event_time) == (107, None)


def test_placeholders_can_be_resolved_by_hand(chat: Any) -> None:
    env, app = chat
    env.join()
    event = message(app, "{{first}}", 0)
    event.action.args |= {"content": "{{first}}", "attachments": ["{{nothing}}"]}
    past = env.event_log.list_view()
    resolved = env.resolve_arg_placeholders(event, past)
    assert resolved.action.resolved_args["content"] == past[0].metadata.return_value
    assert resolved.action.resolved_args["attachments"] == ["{{nothing}}"]


# --- guards ---------------------------------------------------------------------------------------------


def test_guards_and_validations_can_be_looked_at() -> None:
    app = AgentUserInterface()
    env = env_with(app)
    guard = AgentValidationEvent(
        milestones=[lambda env, event: event.function_name() == "send_message_to_user"]
    )
    watch = ValidationEvent(milestones=[lambda env: False]).schedule(1, 50)
    env.schedule([guard, watch])
    env.start()
    assert env.get_currently_active_validation_events() == [env.event_queue.polls()[0].event]
    env.tick()
    env.increment_validators_tick_count()
    (validator,) = env.agent_action_validators
    assert len(validator.milestones) == 1
    with_answer = Environment(EnvironmentConfig(start_time=0))
    with_answer.register_apps([app])
    app.send_message_to_user("done")
    env.validate_agent_action(with_answer.event_log.list_view()[0])
    assert validator.milestones == []


# --- world log ------------------------------------------------------------------------------------------


def test_the_world_log_holds_calls_and_what_agents_note(chat: Any) -> None:
    env, app = chat
    note = BaseAgentLog(timestamp=101.0, agent_id="me")
    env.append_to_world_logs(note)
    env.join()
    noted, first, second = env.get_world_logs()
    assert noted is note
    assert (first.timestamp, first.id, first.action_name, first.app_name, first.event_type) == (
        105,
        "first",
        "send_message_to_agent",
        "AgentUserInterface",
        "ENV",
    )
    assert (first.input["content"], first.output, first.exception) == ("first", app.messages[0].id, None)
    assert second.content == "AgentUserInterface: send_message_to_agent"
    env.set_world_logs([note])
    app.send_message_to_agent("more")
    assert [log.get_type() for log in env.world_logs] == ["", "action"]
    assert env.append_world_logs == env.append_to_world_logs


def test_an_entry_of_the_world_log_comes_back_from_plain_data(chat: Any) -> None:
    env, _ = chat
    env.join()
    entry = env.get_world_logs()[0]
    twin = BaseAgentLog.from_dict(json.loads(entry.serialize()))
    assert isinstance(twin, ActionLog)
    assert twin.to_dict() == entry.to_dict()
    with pytest.raises(ValueError, match="no log of type 'sign'"):
        BaseAgentLog.from_dict({"log_type": "sign"})
    assert (entry.get_content_for_llm(), entry.get_attachments_for_llm()) == (None, [])


def test_a_check_is_no_entry_of_the_world_log() -> None:
    env = env_with(EmailClientApp())
    env.schedule(ConditionCheckEvent.from_condition(lambda env: True).with_id("now"))
    env.start()
    env.join()
    assert (len(env.event_log), env.get_world_logs()) == (1, [])


# --- the rest -------------------------------------------------------------------------------------------


def test_messages_carry_the_simulated_time(caplog: pytest.LogCaptureFixture) -> None:
    env = env_with()
    with caplog.at_level(logging.DEBUG, "pare.environment"):
        for log in (env.log_debug, env.log_info, env.log_warning, env.log_error):
            log("hello")
    assert [(item.levelname, item.getMessage()) for item in caplog.records] == [
        ("DEBUG", "[100.0] hello"),
        ("INFO", "[100.0] hello"),
        ("WARNING", "[100.0] hello"),
        ("ERROR", "[100.0] hello"),
    ]


def test_an_environment_without_anything_can_be_made_for_a_test() -> None:
    env = AbstractEnvironment()
    env.event_log = EventLog.from_list_view([])
    assert (env.current_time, env.event_log.list_view(), env.state) == (0, [], EnvironmentState.SETUP)
    assert EventType.ENV.value == "ENV"
