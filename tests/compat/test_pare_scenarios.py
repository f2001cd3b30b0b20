"""A scenario file as authors of PARE write it: published names of both packages in one file."""

from pathlib import Path

import pytest

from pare.scenario_runner import play_oracle
from pare.scenarios.utils.registry import ScenarioRegistry

FILE = '''
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from are.simulation.apps.contacts import Contact
from are.simulation.apps.email_client import Email, EmailFolderName
from are.simulation.apps.messaging_v2 import ConversationV2, MessageV2
from are.simulation.scenarios.scenario import ScenarioStatus, ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, ConditionCheckEvent, EventRegisterer, EventType

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulContactsApp, StatefulEmailApp
from pare.apps import StatefulMessagingApp
from pare.scenarios import PAREScenario
from pare.scenarios.utils.registry import register_scenario


@register_scenario("invented_forward")
class InventedForward(PAREScenario):
    """Ana asks for Ben's address."""

    start_time = datetime(2025, 11, 18, 9, 0, 0, tzinfo=UTC).timestamp()
    status = ScenarioStatus.Valid
    is_benchmark_ready = True

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.agent_ui = PAREAgentUserInterface()
        self.system_app = HomeScreenSystemApp(name="System")
        self.email = StatefulEmailApp(name="Emails")
        self.contacts = StatefulContactsApp(name="Contacts")
        self.messaging = StatefulMessagingApp(name="Messages")
        self.contacts.add_contact(Contact(first_name="Ben", last_name="Ode", email="ben@b.c"))
        self.messaging.current_user_id = "me"
        self.messaging.name_to_id["Ana"] = "ana"
        self.messaging.id_to_name["ana"] = "Ana"
        self.messaging.add_conversation(
            ConversationV2(
                participant_ids=["me", "ana"],
                messages=[MessageV2(sender_id="ana", content="Hi", timestamp=self.start_time - 60)],
                title="Ana",
                conversation_id="chat",
            )
        )
        self.email.add_email(
            Email(sender="ana@b.c", recipients=[self.email.user_email], subject="Old", email_id="old")
        )
        self.apps = [self.agent_ui, self.system_app, self.email, self.contacts, self.messaging]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        email = self.get_typed_app(StatefulEmailApp, "Emails")
        with EventRegisterer.capture_mode():
            asks = email.send_email_to_user_with_id(
                email_id="asks", sender="ana@b.c", subject="Ben?", content="What is his address?"
            ).delayed(20)
            offer = aui.send_message_to_user(content="Shall I send Ben's address?").oracle().depends_on(
                asks, delay_seconds=3
            )
            accept = aui.accept_proposal(content="Yes").oracle().depends_on(offer, delay_seconds=2)
            reply = email.reply_to_email(email_id="asks", content="ben@b.c").oracle().depends_on(
                accept, delay_seconds=1
            )
        seen = ConditionCheckEvent.from_condition(
            lambda env: len(env.get_app("Emails").folders[EmailFolderName.SENT].emails) == 1
        ).depends_on(accept, delay_seconds=1)
        self.events = [asks, offer, accept, reply, seen]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            entries = [e for e in env.event_log.list_view() if e.event_type == EventType.AGENT]
            replied = any(
                isinstance(e.action, Action)
                and e.action.class_name == "StatefulEmailApp"
                and e.action.function_name == "reply_to_email"
                and e.action.args.get("email_id") == "asks"
                for e in entries
            )
            return ScenarioValidationResult(success=replied, rationale=None if replied else "no reply")
        except Exception as error:
            return ScenarioValidationResult(success=False, exception=error)
'''


@pytest.fixture
def own(tmp_path: Path) -> ScenarioRegistry:
    (tmp_path / "invented_forward.py").write_text(FILE)
    own = ScenarioRegistry()
    assert (own.load([tmp_path]), own.failures) == (["invented_forward"], [])
    return own


def test_its_oracle_run_succeeds(own: ScenarioRegistry) -> None:
    run = play_oracle(own.create("invented_forward"))
    assert (run.outcome, run.result.exception) == ("success", None)
    log = run.environment.event_log.list_view()
    assert [event.function_name() for event in log if event.event_type.value != "CONDITION"] == [
        "send_email_to_user_with_id",
        "send_message_to_user",
        "accept_proposal",
        "reply_to_email",
    ]
    assert [event.metadata.return_value for event in log if event.event_type.value == "CONDITION"] == [
        False,
        True,
    ]


def test_class_attributes_and_keywords(own: ScenarioRegistry) -> None:
    scenario = own.create("invented_forward", seed=7)
    assert (scenario.scenario_id, scenario.seed, scenario.status.value) == ("invented_forward", 7, "Valid")
    assert scenario.start_time == 1763456400.0
