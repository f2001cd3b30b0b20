"""An explicit @dataclass, an app that extends a published one, a plain function as an event, a method as condition."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.email_client import Email, EmailClientV2, EmailFolderName
from are.simulation.scenarios.scenario import Scenario
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.scenarios.validation_result import ScenarioValidationResult
from are.simulation.tool_utils import OperationType, app_tool
from are.simulation.types import (
    AbstractEnvironment,
    ConditionCheckEvent,
    Event,
    EventRegisterer,
    EventType,
    event_registered,
)
from are.simulation.utils import get_state_dict, type_check


@dataclass
class WorkshopMail(EmailClientV2):
    name: str | None = "Workshop"
    starred: list[str] = field(default_factory=list)

    def get_state(self) -> dict[str, Any]:
        return super().get_state() | get_state_dict(self, ["starred"])

    def load_state(self, state_dict: dict[str, Any]):
        super().load_state(state_dict)
        self.starred = state_dict["starred"]

    @type_check
    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def star(self, email_id: str, stars: int | None = None) -> str:
        """
        Star a mail.
        :param email_id: which mail
        :param stars: how many
        :returns: the id
        """
        self.get_email_by_id(email_id)
        self.starred.append(email_id)
        return email_id


@register_scenario("foreign_watchmaker")
@dataclass
class Watchmaker(Scenario):
    start_time: float | None = 0
    duration: float | None = 120
    ticks: int = 0
    owner: str = "Ferrand"

    def __post_init__(self):
        super().__post_init__()
        self.chimes: list[str] = []

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        mail = WorkshopMail(user_email="watch@maker.example")
        mail.folders[EmailFolderName.INBOX].add_email(
            Email(sender="ferrand@lake.example", recipients=[mail.user_email], subject="My watch", email_id="watch")
        )
        self.apps = [AgentUserInterface(), mail]

    def strike(self, hour: str) -> str:
        self.chimes.append(hour)
        return hour

    def is_starred(self, env: AbstractEnvironment, email_id: str) -> bool:
        return email_id in env.get_app("Workshop").starred

    def build_events_flow(self) -> None:
        aui, mail = self.get_typed_app(AgentUserInterface), self.get_typed_app(WorkshopMail, "Workshop")
        strike = Event.from_function(self.strike, EventType.ENV, hour="noon").with_id("strike")
        with EventRegisterer.capture_mode():
            ask = aui.send_message_to_agent(content=f"Star the mail of {self.owner}").with_id("ask").depends_on(None, 1)
            find = mail.search_emails(query=self.owner.lower()).oracle().depends_on(ask, delay_seconds=1)
            star = mail.star(email_id="watch").oracle().with_id("star").depends_on(find, delay_seconds=1)
        starred = ConditionCheckEvent.from_condition(partial(self.is_starred, email_id="watch")).with_id("starred")
        starred.depends_on(ask)
        strike.depends_on(starred, delay_seconds=5)
        self.events = [ask, find, star, starred, strike]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        entries = env.event_log.list_view()
        starred = [e for e in entries if e.event_type == EventType.AGENT and e.action.function_name == "star"]
        chime = [e.metadata.return_value for e in entries if e.event_id == "strike"]
        return ScenarioValidationResult(
            success=len(starred) == 1 and chime == ["noon"], rationale=f"{chime} {self.chimes}"
        )


if __name__ == "__main__":
    one, other = Watchmaker(owner="Blanc", seed=2), Watchmaker()
    assert (one.owner, one.seed, other.owner, one.scenario_id) == ("Blanc", 2, "Ferrand", "foreign_watchmaker")
    one.initialize()
    mail = one.get_app("Workshop")
    assert "Workshop__star" in [tool.name for tool in one.get_tools()]
    mail.star("watch", 3)
    one.soft_reset()
    assert one.get_app("Workshop").starred == []
    try:
        mail.star(5)
    except TypeError as error:
        assert "email_id" in str(error)
    else:
        raise AssertionError("a number is no id")
