"""The single agent: what wakes it, what completes its turn, and where it stops."""

from typing import ClassVar

import pytest
from anyio import create_task_group
from anyio.lowlevel import checkpoint

from pare.agents.protocol import TurnResult
from pare.agents.seat import Limits
from pare.agents.single import SingleAgent
from pare.agents.turns import SingleAgentLoop
from pare.apps import AgentUserInterface, StatefulReminderApp, SystemApp
from pare.errors import UnknownAppError
from pare.kernel.abstract_event import StopEvent
from pare.kernel.checks import AgentValidationEvent, ConditionCheckEvent
from pare.kernel.host import AGENT
from pare.llm.client import EndpointError
from pare.llm.scripted import Step
from tests.agents.table import (
    READ,
    WRITE,
    Alone,
    Model,
    Phone,
    Rules,
    alone,
    lay,
    say,
    wait_for_notification,
)

PLAIN = "AgentUserInterface__"


def done(text: str = "Done.") -> Step:
    return say(text, PLAIN)


def plain(**settings: object) -> Phone:
    """A phone for one agent: no proposals, no home screen needed."""
    return Phone(interface=AgentUserInterface(), **settings)


def rules(limit: int = 80, **settings: object) -> Rules:
    return Rules(iterations=(1, 5, limit), **settings)


async def test_a_message_of_the_user_wakes_it_and_a_message_to_the_user_completes_the_turn():
    phone = plain()
    phone.message(60, "Plan tea at three.")
    model = Model(execute=[READ, WRITE, done()])
    played = alone(phone, model)
    turns = await played.play()
    assert played.table.history() == [
        (60.0, "ENV", "send_message_to_agent"),
        (61.0, "AGENT", "list_emails"),
        (62.0, "AGENT", "add_calendar_event"),
        (63.0, "AGENT", "send_message_to_user"),
    ]
    assert (turns.number, turns.ended) == (1, "idle")
    assert "[TASK]:" in model.prompts("execute")[0]
    assert "Plan tea at three." in model.prompts("execute")[0]


async def test_a_notice_wakes_it_too():
    phone = plain()
    phone.email(30)
    model = Model(execute=[done()])
    turns = await alone(phone, model).play()
    assert turns.number == 1
    assert "Environment notifications updates:\n***\n[2025-01-06 09:00:30]" in model.prompts("execute")[0]


async def test_without_a_notice_it_is_never_asked():
    model = Model()
    turns = await alone(plain(), model).play()
    assert (turns.number, turns.ended, model.requests) == (0, "idle", [])


async def test_what_falls_due_at_the_start_wakes_it():
    phone = plain()
    phone.message(0, "Hello")
    played = alone(phone, Model(execute=[done()]))
    assert (await played.play()).number == 1
    assert played.table.seconds == 1.0


async def test_events_that_notify_nobody_do_not_wake_it():
    phone = plain()
    phone.plan(ConditionCheckEvent.from_condition(lambda env: False, timeout=50), 5)
    phone.message(600, "Hello")
    model = Model(execute=[done()])
    await alone(phone, model).play()
    assert len(model.requests) == 1


async def test_a_reminder_that_falls_due_wakes_it():
    phone = plain()
    reminders = StatefulReminderApp(name="Reminders")
    phone.more.append(reminders)
    phone.message(0, "Remind me")
    remind = Step(
        "Reminders__add_reminder",
        {"title": "Tea", "due_datetime": "2025-01-06 15:00:00", "description": "Put the kettle on"},
    )
    model = Model(execute=[remind, done("It is set."), done("Tea!")])
    turns = await alone(phone, model).play()
    assert (turns.number, turns.ended) == (2, "idle")
    assert "Put the kettle on" in model.prompts("execute")[2]


async def test_waiting_pauses_it_until_there_is_a_notice():
    phone = plain()
    phone.message(0, "Answer Ada when she writes.")
    phone.email(600)
    model = Model(execute=[wait_for_notification(3600), READ, done()])
    played = alone(phone, model)
    turns = await played.play()
    assert played.table.history()[1:] == [
        (1.0, "AGENT", "wait_for_notification"),
        (600.0, "ENV", "send_email_to_user_with_id"),
        (601.0, "AGENT", "list_emails"),
        (602.0, "AGENT", "send_message_to_user"),
    ]
    assert turns.number == 1


async def test_a_system_app_of_any_name_can_be_waited_with():
    phone = plain()
    phone.system = SystemApp(name="Clockwork")
    phone.message(0, "Wait a minute.")
    model = Model(execute=[wait_for_notification(60, "Clockwork"), done()])
    turns = await alone(phone, model).play()
    assert turns.number == 1
    assert "Clockwork: no notification arrived within 60 seconds." in model.prompts("execute")[1]


async def test_a_wait_or_message_that_failed_ends_nothing():
    phone = plain()
    phone.message(0, "Hello")
    model = Model(execute=[wait_for_notification(-5), done("x" * 200_000), done()])
    turns = await alone(phone, model).play()
    assert (turns.number, len(model.requests)) == (1, 3)


async def test_at_the_limit_it_tells_the_user_and_the_turn_is_completed():
    phone = plain()
    phone.message(0, "Hello")
    phone.message(600, "Still there?")
    model = Model(execute=[READ, READ, done()])
    played = alone(phone, model, rules(limit=2))
    turns = await played.play()
    sent = [message.content for message in phone.interface.get_all_messages_from_agent()]
    assert sent == ["Done.", "I stop here: the limit of 2 steps was reached before I was done."]
    assert (turns.number, turns.ended) == (2, "idle")
    assert played.agent.counts["execute"].writes == 1  # the message about the limit is not the model's


async def test_iterations_go_on_counting_over_a_wait_and_begin_anew_with_a_turn():
    phone = plain()
    phone.message(0, "Hello")
    model = Model(execute=[wait_for_notification(10)] * 7)
    model.otherwise = done()
    turns = await alone(phone, model, rules(limit=3)).play()
    assert (turns.number, turns.ended, len(model.requests)) == (1, "idle", 3)


async def test_replies_that_cannot_be_read_end_the_turn():
    phone = plain()
    phone.message(0, "Hello")
    model = Model()
    model.otherwise = "no"
    played = alone(phone, model, rules(limits=Limits(max_malformed_replies=4)))
    turns = await played.play()
    assert (turns.number, len(model.requests), played.agent.counts["execute"].malformed) == (1, 4, 4)
    assert "could not be read" in phone.interface.messages[-1].content


async def test_each_turn_has_the_whole_limit_of_replies_that_cannot_be_read():
    phone = plain()
    phone.message(0, "Hello")
    phone.message(600, "Still there?")
    model = Model()
    model.otherwise = "no"
    turns = await alone(phone, model, rules(limits=Limits(max_malformed_replies=4))).play()
    assert (turns.number, len(model.requests)) == (2, 8)


async def test_an_answer_that_is_there_at_once_is_the_next_task_and_not_the_observation():
    class Proxy:
        def reply(self, message: str) -> str:
            return "At three, please." if "When" in message else ""

    phone = Phone(interface=AgentUserInterface(Proxy()))
    phone.message(0, "Plan tea.")
    model = Model(execute=[done("When?"), done()])
    turns = await alone(phone, model).play()
    assert turns.number == 2
    assert "At three" not in model.messages("execute")[1][-2].content
    assert "[TASK]:" in model.messages("execute")[1][-1].content
    assert "At three, please." in model.messages("execute")[1][-1].content


async def test_the_number_of_the_turn_is_told_each_time_it_is_woken():
    phone = plain()
    phone.message(0, "One")
    phone.message(600, "Two")
    played = alone(phone, Model(execute=[wait_for_notification(60), done(), done()]))
    numbers: list[int] = []
    table = played.table
    await SingleAgentLoop(table.environment, table.notifications, played.agent, on_turn=numbers.append).play()
    assert numbers == [1, 1, 2]


async def test_max_turns_ends_the_run():
    phone = plain()
    phone.message(0, "One")
    phone.message(100, "Two")
    turns = await alone(phone, Model(execute=[done()])).play(max_turns=1)
    assert (turns.number, turns.ended) == (1, "max_turns")


async def test_stop_ends_the_run_while_it_waits_for_a_notice():
    phone = plain()
    phone.plan(StopEvent(), 50)
    phone.message(100, "Too late")
    model = Model()
    turns = await alone(phone, model).play()
    assert (turns.ended, turns.number, model.requests) == ("stopped", 0, [])


async def test_stop_in_the_middle_of_a_turn_completes_none():
    phone = plain()
    phone.message(0, "Hello")
    phone.plan(StopEvent(), 1.5)
    played = alone(phone, Model(execute=[READ, WRITE]))
    turns = await played.play()
    assert (turns.ended, turns.number) == ("stopped", 0)
    assert played.table.functions() == ["send_message_to_agent", "list_emails"]


async def test_a_minefield_fails_the_run():
    phone = plain()
    phone.message(0, "Hello")
    phone.plan(
        AgentValidationEvent(minefields=[lambda env, event: event.function_name() == "add_calendar_event"])
    )
    turns = await alone(phone, Model(execute=[WRITE])).play()
    assert (turns.ended, turns.number) == ("failed", 0)


@pytest.mark.parametrize("delay", [50, 500])
async def test_the_duration_ends_the_run(delay):
    phone = plain()
    phone.message(delay, "Hello")
    model = Model()
    model.otherwise = wait_for_notification(20)
    turns = await alone(phone, model, rules(duration=100)).play()
    assert (turns.ended, turns.number) == ("duration", 0)


async def test_a_model_can_end_the_run():
    phone = plain()
    phone.message(0, "Hello")
    model = Model(execute=[EndpointError("context_overflow", "too long")])
    turns = await alone(phone, model).play()
    assert (turns.ended, turns.role) == ("context_overflow", "execute")


async def test_an_agent_that_never_reads_its_inbox_can_be_cancelled():
    class Deaf:
        counts: ClassVar = {}
        has_pending_proposal = False

        turns = 0

        async def take_turn(self):
            self.turns += 1
            assert self.turns < 100, "nobody else had the loop"
            return TurnResult(waited=False)

    phone = plain()
    phone.message(0, "Hello")
    table, agent = lay(phone, Model(), alone=True), Deaf()
    async with create_task_group() as group:
        group.start_soon(Alone(table, agent).play)
        while agent.turns < 3:
            await checkpoint()
        group.cancel_scope.cancel()


async def test_hidden_tools_are_not_offered():
    played = alone(plain(), Model())
    offered = set(played.agent._toolbox.tools)
    assert {f"{PLAIN}send_message_to_user", "System__wait_for_notification"} <= offered
    assert not {name for name in offered if "get_last" in name or "get_all_messages" in name}


def test_a_phone_without_a_conversation_is_refused():
    phone = plain()
    phone.interface = SystemApp(name="Second")
    table = lay(phone, Model(), alone=True)
    with pytest.raises(UnknownAppError, match=r"'tea' has no AgentUserInterface"):
        SingleAgent(table.setups[AGENT])
