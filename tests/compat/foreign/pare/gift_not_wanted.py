from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from are.simulation.scenarios.scenario import ScenarioStatus, ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, EventRegisterer, EventType

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulShoppingApp
from pare.apps.calendar import StatefulCalendarApp
from pare.apps.email import StatefulEmailApp
from pare.scenario_runner import TwoAgentScenarioRunner
from pare.scenarios import PAREScenario
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import register_scenario


@register_scenario("foreign_gift_not_wanted")
class GiftNotWanted(PAREScenario):
    """A first proposal is turned down, a second one taken; the validator tells them apart."""

    start_time = (datetime(2025, 11, 1, 9, 0, 0, tzinfo=UTC) + timedelta(hours=1)).timestamp()
    status = ScenarioStatus.Valid
    is_benchmark_ready = True

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.agent_ui = PAREAgentUserInterface()
        self.system_app = HomeScreenSystemApp(name="System")
        self.calendar = StatefulCalendarApp(name="Calendar")
        self.shopping = StatefulShoppingApp(name="Shopping")
        self.email = StatefulEmailApp(name="Email")
        self.party = self.calendar.add_calendar_event(
            title="Ilse turns 80",
            start_datetime="2025-11-08 15:00:00",
            end_datetime="2025-11-08 18:00:00",
            attendees=["Ilse"],
        )
        scarf = self.shopping.add_product("Scarf")
        self.scarf = self.shopping.add_item_to_product(scarf, 25.0, {"wool": "merino"})
        self.apps = [self.agent_ui, self.system_app, self.calendar, self.shopping, self.email]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        shopping_app = self.get_typed_app(StatefulShoppingApp, "Shopping")
        email_app = self.get_typed_app(StatefulEmailApp, "Email")
        with EventRegisterer.capture_mode():
            mail = email_app.send_email_to_user_only(
                sender="ilse@home.example", subject="No flowers please", content="But I am always cold."
            ).delayed(10)
            first = aui.send_message_to_user(content="Shall I order flowers for Ilse?").oracle()
            first.depends_on(mail, delay_seconds=1)
            no = (
                aui.reject_proposal(content="She wrote: no flowers")
                .oracle()
                .depends_on(first, delay_seconds=1)
            )
            find = shopping_app.search_product(product_name="Scarf").oracle().depends_on(no, delay_seconds=1)
            second = (
                aui.send_message_to_user(content="A scarf then?").oracle().depends_on(find, delay_seconds=1)
            )
            yes = aui.accept_proposal(content="Good idea").oracle().depends_on(second, delay_seconds=1)
            cart = shopping_app.add_to_cart(item_id=self.scarf).oracle().depends_on(yes, delay_seconds=1)
            paid = shopping_app.checkout().oracle().depends_on(cart, delay_seconds=1)
        self.events = [mail, first, no, find, second, yes, cart, paid]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            calls = [
                e.action.function_name
                for e in env.event_log.list_view()
                if e.event_type in (EventType.AGENT, EventType.USER) and isinstance(e.action, Action)
            ]
            ok = "checkout" in calls and "accept_proposal" in calls
            return ScenarioValidationResult(success=ok, rationale=", ".join(calls))
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)


if __name__ == "__main__":
    result = TwoAgentScenarioRunner().run(ScenarioRunnerConfig(oracle=True), GiftNotWanted())
    assert result.success, result
