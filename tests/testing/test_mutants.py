"""Mutants, on small scenarios whose validators are known to be right, lax or over-strict."""

from collections.abc import Callable
from typing import Any

import pytest

from pare.apps import (
    PAREAgentUserInterface,
    StatefulEmailApp,
)
from pare.apps.email import Email
from pare.kernel.calls import OracleEvent
from pare.kernel.enums import EventType
from pare.kernel.recording import EventRegisterer
from pare.scenarios import Scenario, ScenarioValidationResult
from pare.scenarios.checks import proposed, told, verdict
from pare.testing import KINDS, Mutant, mutants
from pare.testing.mutants import action_of, become, insert, oracle_events, remove
from tests.kernel.phone import Bell, Diary

Plan = Callable[["Desk"], list[Any]]
Judge = Callable[["Desk", Any], ScenarioValidationResult]

WORDS = "The order for Ana is 12 loaves, due at 15:30."


class Desk(Scenario):
    """Two diaries, mail and the user; `plan` gives the events in capture mode, `judge` the verdict."""

    plan: Any = None
    judge: Any = None

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.aui, self.mail = PAREAgentUserInterface(), StatefulEmailApp(name="Emails")
        self.diary, self.notes = Diary(), Diary("Notes")
        for name in ("order", "spam"):
            self.mail.add_email(Email(email_id=name, sender=f"{name}@example.org", subject=name, content="x"))
        self.apps = [self.aui, self.mail, self.diary, self.notes, Bell()]

    def build_events_flow(self) -> None:
        with EventRegisterer.capture_mode():
            self.events = self.plan(self)

    def validate(self, env: Any) -> ScenarioValidationResult:
        judged: ScenarioValidationResult = self.judge(self, env)
        return judged


def in_turn(*events: Any) -> list[Any]:
    """Let each event wait five seconds for the one before it."""
    for before, event in zip([None, *events], events, strict=False):
        event.depends_on(before, 5)
    return list(events)


def order(desk: Desk) -> list[Any]:
    return in_turn(
        desk.diary.arrive("news").with_id("news"),
        desk.mail.get_email_by_id(email_id="order").oracle().with_id("read"),
        desk.notes.read().oracle().with_id("look"),
        desk.aui.send_message_to_user(WORDS).oracle().with_id("propose"),
        desk.aui.accept_proposal("Yes").oracle().with_id("accept"),
        desk.mail.reply_to_email(email_id="order", content=WORDS).oracle().with_id("reply"),
        desk.diary.write("sent").oracle().with_id("note"),
    )


def fair(desk: Desk, env: Any) -> ScenarioValidationResult:
    """Ask for facts."""
    (sent, *_) = [*desk.mail.folders.values()][1].emails or [None]
    return verdict(
        answered=sent is not None and sent.parent_id == "order",
        noted="sent" in desk.diary.entries,
        proposed_first=proposed(env, "15:30", "12"),
    )


def lax(desk: Desk, env: Any) -> ScenarioValidationResult:
    """Ask for nothing that the agent does."""
    return verdict(news="news" in desk.diary.entries)


def over_strict(desk: Desk, env: Any) -> ScenarioValidationResult:
    """Ask for the author's words, and for everything as it was."""
    return verdict(
        as_written=proposed(env, WORDS),
        looked=[event.event_id for event in env.event_log.list_view()]
        == ["news", "read", "look", "propose", "accept", "reply", "note"],
    )


def content(desk: Desk, env: Any) -> ScenarioValidationResult:
    """Find nothing wrong."""
    return verdict(as_it_is=True)


def of(plan: Plan, judge: Judge = content) -> list[Mutant]:
    return list(mutants(lambda: Desk(plan=plan, judge=judge)))


def named(found: list[Mutant]) -> list[str]:
    return [str(mutant) for mutant in found]


def surprises(judge: Judge) -> set[str]:
    """Name the kinds of which a mutant got the wrong verdict."""
    return {
        mutant.kind
        for mutant in of(order, judge)
        if mutant.play().outcome != ("success" if mutant.must_succeed else "failure")
    }


# --- what validators do with them -----------------------------------------------------------------------


def test_every_kind_of_mutant_is_made() -> None:
    found = of(order)
    assert named(found) == [
        "drop_read: read",
        "drop_read: look",
        "drop_write: propose",
        "paraphrase: propose (content)",
        "drop_write: accept",
        "paraphrase: accept (content)",
        "drop_write: reply",
        "paraphrase: reply (content)",
        "wrong_target: reply with email_id='spam'",
        "drop_write: note",
        "swap: read and look",
        "swap: reply and note",
    ]
    assert {mutant.kind for mutant in found} == set(KINDS)
    assert [mutant.must_succeed for mutant in found][:4] == [True, True, False, True]


def test_a_validator_that_asks_for_facts_tells_all_mutants_apart() -> None:
    assert surprises(fair) == set()


def test_a_lax_validator_lets_wrong_mutants_survive() -> None:
    assert surprises(lax) == {"drop_write", "wrong_target"}


def test_an_over_strict_validator_refuses_right_mutants() -> None:
    assert surprises(over_strict) >= {"drop_read", "paraphrase", "swap"}


def test_a_mutant_changes_a_fresh_scenario_and_nothing_else() -> None:
    (dropped, *_) = [mutant for mutant in of(order, fair) if mutant.what == "note"]
    outcomes = [dropped.play().outcome for _ in range(2)]
    assert (outcomes, surprises(fair)) == (["failure", "failure"], set())


# --- leaving out ----------------------------------------------------------------------------------------


def desk_of(plan: Plan) -> Desk:
    desk = Desk(plan=plan, judge=content)
    desk.initialize()
    return desk


def schedule(desk: Desk) -> list[tuple[float, str]]:
    from pare.scenario_runner import play_oracle

    run = play_oracle(desk)
    assert run.result.exception is None
    start = run.environment.start_time
    return [(line["time"] - start, line["id"]) for line in run.environment.event_log.lines()]


def test_what_follows_an_event_that_is_left_out_comes_when_it_would_have_come() -> None:
    desk = desk_of(order)
    before = schedule(desk_of(order))
    for event in oracle_events(desk)[1:3]:
        remove(desk, event)
    assert schedule(desk) == [line for line in before if line[1] not in ("look", "propose")]


def test_several_followers_and_predecessors_are_linked_anew() -> None:
    def diamond(desk: Desk) -> list[Any]:
        first, second = desk.diary.arrive("1").with_id("first"), desk.diary.arrive("2").with_id("second")
        middle = desk.diary.write("3").oracle().with_id("middle")
        third = desk.diary.write("4").oracle().with_id("third")
        fourth = desk.diary.write("5").oracle().with_id("fourth")
        first.depends_on(None, 1)
        second.depends_on(None, 2)
        middle.depends_on([first, second], 10)
        third.depends_on([middle, first], 3)
        fourth.depends_on(middle, 4)
        return [first, second, middle, third, fourth]

    desk = desk_of(diamond)
    (middle, third, _) = oracle_events(desk)
    assert middle.event_id == "middle"
    remove(desk, middle)
    assert schedule(desk) == [(1, "first"), (2, "second"), (15, "third"), (16, "fourth")]
    assert middle not in third.dependencies


def test_a_follower_of_an_absolute_time_keeps_its_time() -> None:
    def placed(desk: Desk) -> list[Any]:
        first = desk.diary.write("1").oracle().with_id("first")
        first.at_absolute_time((desk.start_time or 0) + 100)
        return [first, desk.diary.write("2").oracle().with_id("second").depends_on(first, 7)]

    desk = desk_of(placed)
    remove(desk, oracle_events(desk)[0])
    assert schedule(desk) == [(107, "second")]


def test_with_a_write_goes_all_that_uses_its_result() -> None:
    def chain(desk: Desk) -> list[Any]:
        return in_turn(
            desk.diary.write("a").oracle().with_id("a"),
            desk.diary.write("{{a.text}}").oracle().with_id("b"),
            desk.notes.write("{{b.text}}").oracle().with_id("c"),
            desk.mail.send_email_to_user_with_id("d", "x@example.org", "{{c.text}}", "y").with_id("d"),
            desk.notes.write("last").oracle().with_id("e"),
        )

    found = of(chain, lambda desk, env: verdict(done="a" in desk.notes.entries))
    dropped = {mutant.what: mutant.play() for mutant in found if mutant.kind == "drop_write"}
    assert {what: run.outcome for what, run in dropped.items()} == {
        **dict.fromkeys("abc", "failure"),
        "e": "success",
    }
    assert [line["id"] for line in dropped["a"].environment.event_log.lines()] == ["e"]


def test_a_read_whose_result_is_used_is_not_left_out() -> None:
    def used(desk: Desk) -> list[Any]:
        return in_turn(
            desk.mail.get_email_by_id(email_id="order").oracle().with_id("read"),
            desk.diary.read().oracle().with_id("look"),
            desk.diary.arrive("{{read}}").with_id("arrives"),
        )

    assert [mutant.what for mutant in of(used) if mutant.kind == "drop_read"] == ["look"]


# --- changing places ------------------------------------------------------------------------------------


def swapped(plan: Plan) -> list[str]:
    return [mutant.what for mutant in of(plan) if mutant.kind == "swap"]


def test_two_actions_change_places_with_all_that_they_are() -> None:
    (mutant,) = [item for item in of(order) if item.what == "reply and note"]
    lines = mutant.play().environment.event_log.lines()
    assert [(line["id"], line["function"]) for line in lines][-2:] == [
        ("note", "write"),
        ("reply", "reply_to_email"),
    ]
    assert [line["time"] - lines[0]["time"] for line in lines] == [0, 5, 10, 15, 20, 25, 30]


@pytest.mark.parametrize(
    ("one", "other", "independent"),
    [
        (lambda desk: desk.diary.read(), lambda desk: desk.diary.read(), True),
        (lambda desk: desk.diary.read(), lambda desk: desk.notes.read(), True),
        (lambda desk: desk.diary.write("x"), lambda desk: desk.notes.write("y"), True),
        (lambda desk: desk.diary.write("x"), lambda desk: desk.notes.read(), True),
        (lambda desk: desk.diary.write("x"), lambda desk: desk.diary.read(), False),
        (lambda desk: desk.diary.read(), lambda desk: desk.diary.write("x"), False),
        (lambda desk: desk.diary.write("x"), lambda desk: desk.diary.write("y"), False),
        (lambda desk: desk.diary.write("x"), lambda desk: desk.notes.write("{{one.text}}"), False),
        (lambda desk: desk.diary.write("x"), lambda desk: desk.aui.send_message_to_user("y"), False),
        (lambda desk: desk.aui.accept_proposal(""), lambda desk: desk.diary.write("x"), False),
    ],
)
def test_only_independent_actions_change_places(one: Any, other: Any, independent: bool) -> None:
    def pair(desk: Desk) -> list[Any]:
        return in_turn(one(desk).oracle().with_id("one"), other(desk).oracle().with_id("other"))

    assert swapped(pair) == (["one and other"] if independent else [])


def test_actions_with_something_between_them_stay_in_place() -> None:
    def answered(desk: Desk) -> list[Any]:
        return in_turn(
            desk.diary.write("x").oracle().with_id("one"),
            desk.mail.send_email_to_user_with_id("answer", "x@example.org", "s", "c").with_id("answer"),
            desk.notes.write("y").oracle().with_id("other"),
        )

    assert swapped(answered) == []


def test_an_action_does_not_move_behind_those_that_use_it() -> None:
    def branches(desk: Desk) -> list[Any]:
        one = desk.diary.write("x").oracle().with_id("one").depends_on(None, 1)
        other = desk.notes.write("y").oracle().with_id("other").depends_on(one, 60)
        user = desk.mail.send_email_to_user_with_id("m", "x@example.org", "{{one.text}}", "c")
        return [one, other, user.with_id("user").depends_on(one, 1)]

    assert swapped(branches) == []


def test_an_oracle_event_is_found_in_the_order_of_the_graph() -> None:
    desk = desk_of(order)
    ids = [event.event_id for event in oracle_events(desk)]
    assert ids == ["read", "look", "propose", "accept", "reply", "note"]
    assert all(isinstance(event, OracleEvent) for event in oracle_events(desk))


def test_placeholders_are_not_said_in_other_words() -> None:
    def referring(desk: Desk) -> list[Any]:
        return in_turn(
            desk.diary.write("a").oracle().with_id("a"),
            desk.mail.reply_to_email(email_id="order", content="{{a.text}}").oracle().with_id("b"),
        )

    assert "paraphrase" not in {mutant.kind for mutant in of(referring)}


# --- plans that were made by id -------------------------------------------------------------------------


class ByIds(Desk):
    """Two diaries and an order, the events added by id: their apps are looked for when they happen."""

    def build_events_flow(self) -> None:
        ids = ["news"]
        with EventRegisterer.capture_mode():
            self.events = [self.diary.arrive("news").with_id("news")]
        for event_id, app_name, function_name, args in (
            ("read", "Emails", "get_email_by_id", {"email_id": "order"}),
            ("reply", "Emails", "reply_to_email", {"email_id": "order", "content": WORDS}),
            ("note", "Diary", "write", {"text": "sent"}),
            ("copy", "Notes", "write", {"text": "{{note.text}}"}),
            ("report", "PAREAgentUserInterface", "send_message_to_user", {"content": WORDS}),
        ):
            values = {name: {"value": value, "type": "str"} for name, value in args.items()}
            self.add_event(app_name, function_name, values, ids[-1:], EventType.AGENT, event_id, 5.0)
            ids.append(event_id)


def by_ids() -> ByIds:
    return ByIds(judge=all_done)


def all_done(desk: Desk, env: Any) -> ScenarioValidationResult:
    """Ask for facts about the order."""
    (sent, *_) = [*desk.mail.folders.values()][1].emails or [None]
    return verdict(
        answered=sent is not None and sent.parent_id == "order",
        noted="sent" in desk.diary.entries and "sent" in desk.notes.entries,
        told=told(env, "15:30"),
    )


def test_plans_that_were_made_by_id_have_mutants_as_well() -> None:
    found = list(mutants(by_ids))
    assert named(found) == [
        "drop_read: read",
        "drop_write: reply",
        "paraphrase: reply (content)",
        "wrong_target: reply with email_id='spam'",
        "drop_write: note",
        "drop_write: copy",
        "drop_write: report",
        "paraphrase: report (content)",
        "swap: reply and note",
    ]
    outcomes = [(mutant.play().outcome == "success", mutant.must_succeed) for mutant in found]
    assert [got for got, _ in outcomes] == [wanted for _, wanted in outcomes]


def test_an_event_finds_its_app_on_the_phone_of_its_scenario() -> None:
    desk = by_ids()
    desk.initialize()
    actions = [action_of(event) for event in oracle_events(desk)]
    apps = (desk.mail, desk.mail, desk.diary, desk.notes, desk.aui)
    assert all(action.app is app for action, app in zip(actions, apps, strict=True))
    assert [action_of(event) for event in oracle_events(desk)] == actions
    assert schedule(desk) == schedule(by_ids())


# --- other changes --------------------------------------------------------------------------------------


def test_an_event_becomes_another_call_in_its_place() -> None:
    desk = desk_of(order)
    reply = oracle_events(desk)[4]
    with EventRegisterer.capture_mode():
        become(reply, desk.mail.send_email(["order@example.org"], "s", "c"))
    assert action_of(reply).function_name == "send_email"
    assert schedule(desk) == schedule(desk_of(order))
    (sent,) = [*desk.mail.folders.values()][1].emails
    assert (sent.recipients, sent.parent_id) == (["order@example.org"], None)


def test_calls_are_put_between_an_event_and_its_followers() -> None:
    desk = desk_of(order)
    with EventRegisterer.capture_mode():
        calls = [desk.notes.write(text).with_id(text) for text in ("one", "two")]
    insert(oracle_events(desk)[4], *calls)
    assert schedule(desk)[-4:] == [(30, "reply"), (31, "one"), (32, "two"), (37, "note")]


def test_calls_are_put_at_the_end() -> None:
    desk = desk_of(order)
    with EventRegisterer.capture_mode():
        call = desk.notes.write("last").with_id("last")
    insert(oracle_events(desk)[-1], call)
    assert schedule(desk)[-2:] == [(35, "note"), (36, "last")]
