"""Guards over what the agent does: AgentValidationEvent and AgentActionValidator."""

import pytest

from pare.errors import ValidationException
from pare.kernel.calls import Event
from pare.kernel.checks import AgentActionValidator, AgentValidationEvent
from tests.kernel.phone import Bell, Diary, armed, arrival, happened, oracle, played


def writes(text: str):
    def action(env: object, event: object) -> bool:
        return event.function_name() == "write" and event.action.args["text"] == text

    action.__name__ = f"writes_{text}"
    return action


def guard(milestone: str | None = "ok", minefield: str | None = "bad", timeout: int | None = 15):
    event = AgentValidationEvent(
        milestones=[writes(milestone)] if milestone else [],
        minefields=[writes(minefield)] if minefield else [],
        timeout=timeout,
    )
    return event.with_id("guard")


def outcome(env: object) -> tuple[str, str | None]:
    return env.state.value, str(env.failure) if env.failure else None


def test_a_milestone_that_the_agent_reaches_passes() -> None:
    diary = Diary()
    env = armed([diary], [guard()], duration=6)
    env.advance(1002)
    diary.write("ok")
    env.join()
    assert outcome(env) == ("STOPPED", None)


def test_a_minefield_fails_the_run_with_the_call_that_hit_it() -> None:
    diary = Diary()
    env = armed([diary], [guard(), arrival(diary, "later", delay=3)])
    env.advance(1002)
    diary.write("bad")
    env.join()
    assert happened(env) == [(2, "AGENT-Diary.write-00000000")]
    assert outcome(env) == ("FAILED", "guard: minefield hit: writes_bad")


def test_a_milestone_is_missing_at_the_final_check() -> None:
    env = played([Diary()], [guard()], duration=6)
    assert (outcome(env), env.current_time) == (("FAILED", "guard: milestone missing: writes_ok"), 1006)


def test_the_timeout_falls_due_as_a_poll() -> None:
    diary = Diary()
    env = played([diary], [guard(timeout=4).depends_on(None, 0.5), arrival(diary, "later", delay=30)])
    assert (outcome(env), env.current_time) == (("FAILED", "guard: milestone missing: writes_ok"), 1004.5)
    assert (happened(env), env.end_reason) == ([], "failed")


def test_the_timeout_is_counted_in_ticks_from_when_the_event_was_due() -> None:
    diary = Diary()
    events = [guard(timeout=5).depends_on(None, 0.5), arrival(diary, "later", delay=30)]
    env = armed([diary], events)
    env.advance(1005.4)
    diary.write("ok")
    env.join()
    assert outcome(env) == ("STOPPED", None)


def test_the_timeout_is_counted_in_ticks_of_the_scenario() -> None:
    diary = Diary()
    env = armed([diary], [guard(timeout=2).depends_on(None, 30)], time_increment_in_seconds=60)
    env.advance(1149)
    assert env.state.value == "RUNNING"
    env.advance(1150)
    assert env.state.value == "FAILED"


def test_a_minefield_is_cleared_at_the_timeout() -> None:
    diary = Diary()
    env = armed([diary], [guard(milestone=None, timeout=3)])
    env.advance(1003)
    diary.write("bad")
    env.join()
    assert outcome(env) == ("STOPPED", None)


def test_a_minefield_stays_after_its_milestone_was_reached() -> None:
    diary = Diary()
    env = armed([diary], [guard()])
    env.tick()
    diary.write("ok")
    diary.write("bad")
    assert outcome(env) == ("FAILED", "guard: minefield hit: writes_bad")


def test_a_guard_with_minefields_only_passes_the_final_check() -> None:
    diary = Diary()
    env = armed([diary], [guard(milestone=None, timeout=None), arrival(diary, "later", delay=3)])
    env.advance(1001)
    diary.write("fine")
    env.join()
    assert (outcome(env), env.current_time) == (("STOPPED", None), 1003)


def test_only_what_the_agent_does_is_judged() -> None:
    diary = Diary()
    env = armed([diary], [guard(milestone=None), Event.from_function(diary.write, text="bad").with_id("env")])
    env.join()
    assert outcome(env) == ("STOPPED", None)


def test_what_the_agent_did_before_is_not_judged() -> None:
    diary = Diary()
    env = armed([diary], [guard(timeout=None).depends_on(None, 2)], duration=9)
    env.advance(1001)
    diary.write("bad")
    diary.write("ok")
    env.join()
    assert outcome(env) == ("FAILED", "guard: milestone missing: writes_ok")


def test_oracle_events_are_judged_as_the_agent() -> None:
    diary = Diary()
    env = played([diary], [guard(), oracle(diary, "ok", None, 3)], oracles=True)
    assert outcome(env) == ("STOPPED", None)


def test_two_guards_are_judged_apart() -> None:
    diary = Diary()
    first = guard("one", None, None)
    second = guard("two", None, None).with_id("second")
    env = armed([diary], [first, second, arrival(diary, "after", first, 1)])
    env.tick()
    diary.write("one")
    env.join()
    assert happened(env) == [(0, "AGENT-Diary.write-00000000"), (1, "after")]
    assert outcome(env) == ("FAILED", "second: milestone missing: writes_two")


def test_a_guard_can_be_reached_by_a_call_that_failed() -> None:
    diary = Diary()
    tears = AgentValidationEvent(milestones=[lambda env, event: event.function_name() == "tear"])
    env = armed([diary], [tears.with_id("guard")])
    env.tick()
    with pytest.raises(ValueError, match="no entry 'x'"):
        diary.tear("x")
    env.join()
    assert outcome(env) == ("STOPPED", None)


def test_what_a_guard_calls_is_not_recorded() -> None:
    diary = Diary()
    peeks = AgentValidationEvent(milestones=[lambda env, event: bool(diary.read())])
    env = armed([diary], [peeks.with_id("guard")])
    env.tick()
    diary.write("a")
    env.join()
    assert happened(env) == [(0, "AGENT-Diary.write-00000000")]


def test_a_guard_expires_while_the_agent_waits() -> None:
    bell = Bell()
    env = armed([bell], [guard(timeout=4)])
    env.tick()
    bell.wait(10)
    assert (outcome(env), env.current_time) == (("FAILED", "guard: milestone missing: writes_ok"), 1004)


def test_a_validator_can_be_driven_by_hand() -> None:
    diary = Diary()
    env = armed([diary])
    validator = guard(timeout=3).get_validator()
    assert isinstance(validator, AgentActionValidator)
    ok = Event.from_function(diary.write, text="ok")
    assert validator.validate(env, Event.from_function(diary.write, text="x")).success is False
    result = validator.validate(env, ok)
    assert result.to_dict() == {"success": True, "achieved_milestones": ["writes_ok"]}
    validator.update_tick_count(3)
    assert validator.is_timeout()
    assert validator.validate(env, Event.from_function(diary.write, text="bad")).success is True


def test_a_validator_that_timed_out_insists_on_its_milestones() -> None:
    diary = Diary()
    validator = guard(timeout=3).get_validator()
    validator.update_tick_count(3)
    with pytest.raises(ValidationException, match="guard: milestone missing: writes_ok"):
        validator.validate(armed([diary]), Event.from_function(diary.write, text="ok"))
