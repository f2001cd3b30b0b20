"""Design, section 4, Validation: ValidationEvents and the final check."""

import pytest

from pare.errors import ValidationException
from pare.kernel.abstract_event import StopEvent
from pare.kernel.checks import ConditionCheckEvent, ValidationEvent, ValidationResult
from tests.kernel.phone import Diary, Inboxes, armed, arrival, happened, history, oracle, played


def wrote(text: str):
    def reached(env: object) -> bool:
        return text in env.get_app("Diary").entries

    reached.__name__ = f"wrote_{text}"
    return reached


def watch(*milestones: str, minefields: tuple[str, ...] = ()) -> ValidationEvent:
    event = ValidationEvent(
        milestones=[wrote(text) for text in milestones], minefields=[wrote(text) for text in minefields]
    )
    return event.with_id("watch")


def outcome(env: object) -> tuple[str, str, str | None]:
    return env.state.value, env.end_reason, str(env.failure) if env.failure else None


def test_a_milestone_that_is_reached_in_time_passes() -> None:
    diary = Diary()
    env = played([diary], [watch("a").schedule(2, 6), arrival(diary, "a", delay=3)])
    assert history(env) == [
        (0, "VALIDATION", "watch"),
        (2, "VALIDATION", "watch"),
        (3, "ENV", "a"),
        (4, "VALIDATION", "watch"),
    ]
    results = [line["return"]["success"] for line in env.event_log.lines() if line["type"] == "VALIDATION"]
    assert results == [False, False, True]
    assert outcome(env) == ("STOPPED", "no_events", None)


def test_a_milestone_that_is_missing_at_its_timeout_fails_the_run() -> None:
    diary = Diary()
    env = played([diary], [watch("a").schedule(1, 3), arrival(diary, "a", delay=3)])
    assert happened(env) == [(0, "watch"), (1, "watch"), (2, "watch")]
    assert outcome(env) == ("FAILED", "failed", "watch: milestone missing: wrote_a")


def test_the_default_timeout_is_one_look() -> None:
    diary = Diary()
    env = played([diary], [watch("a"), arrival(diary, "a", delay=3)])
    assert happened(env) == [(0, "watch")]
    assert outcome(env) == ("FAILED", "failed", "watch: milestone missing: wrote_a")


def test_milestones_may_be_reached_one_by_one() -> None:
    diary = Diary()
    env = played(
        [diary], [watch("a", "b").schedule(1, 9), arrival(diary, "b", delay=1), arrival(diary, "a", delay=2)]
    )
    results = [line["return"] for line in env.event_log.lines() if line["type"] == "VALIDATION"]
    assert [(line["success"], line["achieved_milestones"]) for line in results] == [
        (False, []),
        (False, ["wrote_b"]),
        (True, ["wrote_b", "wrote_a"]),
    ]


def test_a_milestone_that_was_reached_may_be_lost_again() -> None:
    diary = Diary()
    diary.entries.append("a")
    first = arrival(diary, "b", delay=2)
    env = armed([diary], [watch("a", "b").schedule(1, 5), first])
    env.tick()
    diary.entries.clear()
    env.join()
    assert env.state.value == "STOPPED"


def test_a_minefield_fails_the_run_at_once() -> None:
    diary = Diary()
    events = [
        watch(minefields=("bad",)).schedule(1, 9),
        arrival(diary, "bad", delay=2),
        arrival(diary, "z", delay=3),
    ]
    env = played([diary], events)
    assert happened(env) == [(0, "watch"), (1, "watch"), (2, "bad")]
    assert outcome(env) == ("FAILED", "failed", "watch: minefield hit: wrote_bad")
    assert isinstance(env.failure, ValidationException)


def test_failing_drops_the_rest_of_the_instant() -> None:
    diary = Diary()
    env = played([diary], [watch("a"), arrival(diary, "z"), arrival(diary, "b")])
    assert happened(env) == [(0, "b"), (0, "watch")]


def test_a_minefield_after_its_timeout_is_harmless() -> None:
    diary = Diary()
    env = played([diary], [watch(minefields=("bad",)).schedule(1, 2), arrival(diary, "bad", delay=2)])
    assert happened(env) == [(0, "watch"), (1, "watch"), (2, "bad")]
    assert outcome(env) == ("STOPPED", "no_events", None)


def test_a_guard_with_minefields_only_passes_the_final_check() -> None:
    diary = Diary()
    env = played([diary], [watch(minefields=("bad",)).schedule(1), arrival(diary, "a", delay=2)])
    assert happened(env) == [(0, "watch"), (1, "watch"), (2, "a"), (2, "watch")]
    assert outcome(env) == ("STOPPED", "no_events", None)


def test_a_milestone_without_a_timeout_is_missing_at_the_final_check() -> None:
    diary = Diary()
    env = played([diary], [watch("a").schedule(1), arrival(diary, "b", delay=2)], inboxes=Inboxes())
    assert happened(env) == [(0, "watch"), (1, "watch"), (2, "b"), (2, "watch")]
    assert outcome(env)[::2] == ("FAILED", "watch: milestone missing: wrote_a")


def test_a_milestone_is_missing_when_the_duration_ends_before_its_timeout() -> None:
    env = played([Diary()], [watch("a").schedule(1, 100)], duration=2)
    assert happened(env) == [(0, "watch"), (1, "watch"), (2, "watch")]
    assert outcome(env) == ("FAILED", "duration", "watch: milestone missing: wrote_a")


def test_the_final_check_finds_a_milestone_that_was_reached_since_the_last_look() -> None:
    diary = Diary()
    env = played([diary], [watch("a").schedule(10, 100), arrival(diary, "a", delay=12)], duration=15)
    assert happened(env) == [(0, "watch"), (10, "watch"), (12, "a")]
    assert outcome(env) == ("STOPPED", "duration", None)


def test_a_stop_in_the_instant_of_the_milestone_leaves_it_reached() -> None:
    diary = Diary()
    last = arrival(diary, "a", delay=3)
    stop = StopEvent().with_id("stop").depends_on(last)
    env = played([diary], [watch("a").schedule(2, 50), last, stop])
    assert happened(env) == [(0, "watch"), (2, "watch"), (3, "a")]
    assert outcome(env) == ("STOPPED", "stopped", None)


def test_a_stop_before_the_milestone_fails_the_final_check() -> None:
    diary = Diary()
    stop = StopEvent().with_id("stop").depends_on(None, 1)
    env = played([diary], [watch("a").schedule(1, 9), stop, arrival(diary, "a", delay=2)])
    assert outcome(env) == ("FAILED", "stopped", "watch: milestone missing: wrote_a")


def test_a_validation_that_never_began_is_not_missed() -> None:
    diary = Diary()
    done = oracle(diary, "done", None, 1)
    env = played([diary], [done, watch("a").depends_on(done)])
    assert outcome(env) == ("STOPPED", "no_events", None)


def test_the_readers_are_told_of_the_end_once_however_it_comes() -> None:
    for milestones in ("a", "b"):
        diary, inboxes = Diary(), Inboxes()
        played([diary], [watch(milestones).schedule(1), arrival(diary, "b", delay=2)], inboxes=inboxes)
        assert [text for _, text in inboxes.read()] == ["b", "stop"]


def test_a_failed_environment_stays_failed() -> None:
    env = played([Diary()], [watch("a")])
    env.stop()
    assert outcome(env) == ("FAILED", "failed", "watch: milestone missing: wrote_a")


def test_final_validation_checks_can_be_asked_again() -> None:
    env = played([Diary()], [watch("a").schedule(1)])
    with pytest.raises(ValidationException, match="watch: milestone missing: wrote_a"):
        env.final_validation_checks()


def test_what_a_milestone_calls_is_not_recorded() -> None:
    diary = Diary()
    event = ValidationEvent(
        milestones=[lambda env: not diary.read()], minefields=[lambda env: "x" in diary.read()]
    )
    env = played([diary], [event.with_id("watch")])
    assert history(env) == [(0, "VALIDATION", "watch")]


def test_a_milestone_that_raises_reaches_the_caller() -> None:
    env = armed([Diary()], [ValidationEvent(milestones=[lambda env: env.nothing]).with_id("watch")])
    with pytest.raises(AttributeError, match="nothing"):
        env.join()


def test_a_validation_event_can_be_looked_at_by_hand() -> None:
    diary = Diary()
    env = armed([diary])
    event = watch("a", minefields=("bad",)).at_absolute_time(1000).schedule(2, 4)
    assert event.function_name == "wrote_a"
    result, record = event.validate(env)
    assert (result, record.metadata.return_value) == (ValidationResult(False, []), result)
    following = event.get_next_event(5)
    assert (following.event_time, following.timeout) == (1010, 4)
    diary.entries.append("a")
    result, _ = following.validate(env)
    assert result.to_dict() == {"success": True, "achieved_milestones": ["wrote_a"]}
    assert following.get_next_event(5) is None
    assert (following.function_name, event.milestones) == ("minefields", event.milestones)


def test_a_condition_and_a_validation_poll_side_by_side() -> None:
    diary = Diary()
    condition = ConditionCheckEvent.from_condition(wrote("a")).with_id("cond")
    env = played([diary], [watch("a").schedule(1, 5), condition, arrival(diary, "a", delay=1)])
    assert history(env) == [
        (0, "CONDITION", "cond-CHECK_0"),
        (0, "VALIDATION", "watch"),
        (1, "ENV", "a"),
        (1, "CONDITION", "cond-CHECK_1"),
        (1, "VALIDATION", "watch"),
    ]
