"""Which tools each role is offered, what they count as, and what comes back."""

import pytest

from pare.agents.observations import NOTHING, as_text, shortened
from pare.agents.react import Counts
from pare.agents.seat import Limits
from pare.apps import InternalContacts, PAREAgentUserInterface, StatefulApp, StatefulContactsApp
from pare.apps.base import App
from pare.apps.navigation import AppState, pare_event_registered
from pare.errors import ToolError
from pare.kernel.enums import OperationType
from pare.kernel.host import USER
from pare.kernel.recording import event_registered
from pare.kernel.run_context import current_run
from pare.llm.scripted import Step
from pare.tools.markers import app_tool, user_tool
from tests.agents.table import (
    AUI,
    READ,
    WAIT,
    WRITE,
    Model,
    Phone,
    Rules,
    accept,
    pair,
    say,
    wait_for_notification,
)


class Kettle(App):
    """An app with tools that are named like those of the phone."""

    @app_tool()
    @event_registered(OperationType.READ)
    def wait(self) -> str:
        """Wait until the water boils."""
        return "It boils."

    @app_tool()
    @event_registered(OperationType.READ)
    def send_message_to_user(self) -> str:
        """Whistle."""
        return "It whistles."

    @app_tool()
    @event_registered(OperationType.READ)
    def get_all_messages(self) -> str:
        """Read what is engraved on it."""
        return "Made in Kent."

    @app_tool()
    def look(self) -> str:
        """Look at it; nobody records that."""
        return "It shines." if current_run() is self.run else "It is another's."

    @app_tool()
    @event_registered(OperationType.READ)
    async def boil(self) -> str:
        """Boil from afar."""
        return "It boils, far away."

    @app_tool()
    @event_registered(OperationType.READ)
    def burst(self) -> str:
        """Burst."""
        raise ZeroDivisionError("no water")


class Radio(StatefulApp):
    """An app whose screen has a tool that is named like the user's own."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.load_root_state()

    def create_root_state(self) -> AppState:
        return Dial()


class Dial(AppState):
    @user_tool()
    @pare_event_registered()
    def wait(self) -> str:
        """Wait for the news."""
        return "Pips."


def kitchen() -> Phone:
    phone = Phone()
    phone.more.append(Kettle("Kettle"))
    return phone


def offered(played: object, role: str) -> set[str]:
    return set({"observe": played.agent._observing, "execute": played.agent._executing}[role].tools)


# -- what is offered -------------------------------------------------------------------------------


def test_an_observer_has_tools_that_only_read_and_the_proposal():
    played = pair(kitchen(), Model())
    tools = offered(played, "observe")
    assert {f"{AUI}wait", f"{AUI}send_message_to_user", "System__wait_for_notification"} <= tools
    assert {"Emails__list_emails", "Kettle__look", "Calendar__get_calendar_event"} <= tools
    assert not tools & {
        "Emails__send_email",
        "Calendar__add_calendar_event",
        "Calendar__delete_calendar_event",
    }


def test_who_executes_has_all_tools_but_the_wait():
    played = pair(kitchen(), Model())
    tools = offered(played, "execute")
    assert {"Emails__send_email", "Calendar__add_calendar_event", "System__wait_for_notification"} <= tools
    assert f"{AUI}wait" not in tools
    assert "Kettle__wait" in tools


@pytest.mark.parametrize("role", ["observe", "execute"])
def test_the_conversation_is_not_read_with_tools(role):
    names = ("last_message_from_user", "last_message_from_agent", "last_unread_messages")
    tools = offered(pair(kitchen(), Model()), role)
    assert not tools & {f"{AUI}get_{name}" for name in names}
    assert f"{AUI}get_all_messages" not in tools
    assert "Kettle__get_all_messages" in tools


def test_internal_apps_are_not_offered():
    phone = Phone()
    phone.more += [StatefulContactsApp(name="Contacts"), InternalContacts()]
    tools = offered(pair(phone, Model()), "execute")
    assert any(name.startswith("Contacts__") for name in tools)
    assert not any(name.startswith("InternalContacts__") for name in tools)


async def test_what_an_observer_may_not_do_is_not_done():
    model = Model(observe=[WRITE, WAIT])
    played = pair(Phone(), model)
    await played.play(max_turns=1)
    assert played.table.functions() == ["wait", "wait"]
    assert "there is no tool 'Calendar__add_calendar_event' now" in model.prompts("observe")[1]


# -- what ends a turn ------------------------------------------------------------------------------


@pytest.mark.parametrize("tool", ["Kettle__wait", "Kettle__send_message_to_user"])
async def test_an_apps_tool_of_the_same_name_ends_nothing(tool):
    model = Model(observe=[Step(tool), READ, WAIT])
    played = pair(kitchen(), model)
    turns = await played.play(max_turns=1)
    assert len(model.messages("observe")) == 3
    assert (turns.proposals, played.agent.has_pending_proposal) == (0, False)


async def test_an_apps_wait_is_no_idle_turn():
    phone = kitchen()
    phone.more.append(Radio("Radio"))
    phone.email(3600)
    played = pair(phone, Model(user=[Step("System__open_app", {"app_name": "Radio"}), Step("Radio__wait")]))
    await played.play(max_turns=3)
    taps = [(time, name) for time, kind, name in played.table.history() if kind == "USER"]
    assert taps == [(1.0, "open_app"), (6.0, "wait"), (11.0, "wait")]


@pytest.mark.parametrize("step", [WAIT, wait_for_notification(30), say("Tea?")])
async def test_waiting_and_speaking_end_the_turn_of_the_observer(step):
    model = Model(observe=[step, READ])
    await pair(Phone(), model).play(max_turns=1)
    assert len(model.messages("observe")) == 1


@pytest.mark.parametrize("step", [wait_for_notification(30), say("Done")])
async def test_waiting_and_speaking_end_an_execution(step):
    model = Model(user=[WAIT, accept()], observe=[say("Tea?")], execute=[WRITE, step, READ])
    played = pair(Phone(), model)
    await played.play(max_turns=2)
    assert len(model.messages("execute")) == 2
    assert played.agent.mode.value == "observe"


@pytest.mark.parametrize("step", [wait_for_notification(-1), say("x" * 200_000)])
async def test_a_failed_wait_or_message_ends_nothing(step):
    model = Model(observe=[step, READ, WAIT])
    await pair(Phone(), model).play(max_turns=1)
    assert len(model.messages("observe")) == 3


# -- counts ----------------------------------------------------------------------------------------


async def test_taps_are_counted_on_every_screen_the_user_has_been_on():
    def tap(tool: str, **arguments: object) -> Step:
        return Step(tool, arguments)

    phone = Phone()
    phone.email(0)
    compose = [
        tap("System__open_app", app_name="Emails"),
        tap("Emails__open_email_by_id", email_id="Tea?"),
        tap("Emails__go_back"),
        tap("System__go_home"),
        tap("Emails__open_email_by_id", email_id="Tea?"),  # of a screen that is gone
        "nonsense",
        accept("nothing in particular"),
    ]
    played = pair(phone, Model(user=compose), Rules(iterations=(7, 1, 1)))
    await played.play(max_turns=1)
    assert played.user.counts == {"user": Counts(reads=4, writes=1, malformed=1, invalid=1)}


async def test_calls_are_counted_over_all_executions():
    model = Model(
        user=[WAIT, accept(), WAIT, accept()],
        observe=[READ, say("Tea?"), say("Cake?")],
        execute=[WRITE, READ, say("Done"), WRITE, Step("Emails__nothing"), "nonsense", WRITE, say("Done")],
    )
    played = pair(Phone(), model)
    turns = await played.play(max_turns=4)
    assert (turns.proposals, turns.acceptances) == (2, 2)
    assert played.agent.counts == {
        "observe": Counts(reads=1, writes=2),
        "execute": Counts(reads=1, writes=5, malformed=1, invalid=1),
    }


async def test_a_failed_call_counts_as_what_it_would_have_been():
    failing = Step("Calendar__delete_calendar_event", {"event_id": "none"})
    model = Model(user=[WAIT, accept()], observe=[say("Tea?")], execute=[failing, say("Sorry")])
    played = pair(Phone(), model)
    await played.play(max_turns=2)
    assert played.agent.counts["execute"] == Counts(writes=2)


# -- what comes back -------------------------------------------------------------------------------


async def test_what_a_tool_raises_is_an_observation():
    model = Model(observe=[Step("Kettle__burst"), WAIT])
    played = pair(kitchen(), model)
    await played.play(max_turns=1)
    assert "ERROR:\n***\nKettle__burst failed: no water\n***" in model.messages("observe")[1][-1].content
    assert played.table.environment.event_log.events[1].failed()


async def test_a_call_belongs_to_the_run():
    model = Model(observe=[Step("Kettle__look"), WAIT])
    await pair(kitchen(), model).play(max_turns=1)
    assert "It shines." in model.messages("observe")[1][-1].content


async def test_an_answer_that_is_there_at_once_arrives_as_a_message():
    class Proxy:
        def reply(self, message: str) -> str:
            return "Gladly."

    model = Model(observe=[say("Tea?")])
    played = pair(Phone(interface=PAREAgentUserInterface(Proxy())), model)
    await played.play(max_turns=1)
    told = [data["text"] for kind, role, data in played.table.records if kind == "observation"]
    assert "Gladly." not in told[-1]
    assert "Gladly." in played.table.notifications.inbox("agent").unread()[0].message


async def test_an_async_tool_is_awaited():
    model = Model(observe=[Step("Kettle__boil"), WAIT])
    await pair(kitchen(), model).play(max_turns=1)
    assert "Observation:\n***\nIt boils, far away.\n***" in model.messages("observe")[1][-1].content


async def test_noise_takes_the_place_of_a_call_and_is_in_no_log():
    def broken(tool: object, arguments: object) -> None:
        if tool.func_name == "list_emails":
            raise ToolError("the line is dead")

    model = Model(observe=[READ, WAIT])
    played = pair(Phone(), model, Rules(noise=broken))
    await played.play(max_turns=1)
    assert "the line is dead" in model.messages("observe")[1][-1].content
    assert played.table.functions() == ["wait", "wait"]
    assert played.agent.counts["observe"].reads == 2


async def test_long_observations_are_cut_and_say_so():
    phone = Phone()
    for number in range(9):
        phone.email(0, f"Subject {number}")
    model = Model(observe=[READ, WAIT])
    await pair(phone, model, Rules(limits=Limits(max_observation_chars=300))).play(max_turns=1)
    told = model.messages("observe")[1][-1].content
    assert "\n[cut: " in told
    assert len(told) < 450


def test_shortened():
    assert shortened("12345", 5) == "12345"
    assert shortened("123456", 5) == "12345\n[cut: 1 more characters; ask for less at a time]"


def test_results_as_text():
    assert as_text(None) == as_text("") == NOTHING
    assert as_text("told") == "told"
    assert as_text({"at": (1, 2.5, True), 3: None}) == (
        '{\n  "at": [\n    1,\n    2.5,\n    true\n  ],\n  "3": null\n}'
    )
    assert as_text([]) == "[]"
    assert as_text(10**30) == "1" + "0" * 30
    assert as_text(["\ud800"]) == '[\n  "\ud800"\n]'


async def test_the_chosen_action_comes_after_what_fell_due_meanwhile():
    """The user decides while an email is on its way: the screen it taps on is the new one."""
    phone = Phone()
    phone.email(0.5)
    model = Model(user=[Step("System__open_app", {"app_name": "Emails"})])
    played = pair(phone, model)
    await played.play(max_turns=1)
    assert played.table.history()[:2] == [
        (0.5, "ENV", "send_email_to_user_with_id"),
        (1.0, "USER", "open_app"),
    ]
    assert "About Tea?" not in model.prompts("user")[0]


async def test_both_sides_act_through_seats_with_inboxes_of_their_own():
    played = pair(Phone(), Model(observe=[say("Tea?")]))
    await played.play(max_turns=1)
    inboxes = played.table.notifications
    assert [len(inboxes.inbox(reader)) for reader in (USER, "agent")] == [1, 0]
