from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from greenhouse_app import BedList, BedView, StatefulGreenhouseApp

from are.simulation.environment import EnvironmentConfig
from are.simulation.scenarios.scenario import ScenarioStatus, ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, EventRegisterer, EventType

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulMessagingApp
from pare.environment import StateAwareEnvironmentWrapper
from pare.notification_system import PARENotificationSystem, VerbosityLevel
from pare.scenarios import PAREScenario
from pare.scenarios.utils.registry import register_scenario


@register_scenario("foreign_greenhouse_frost")
class GreenhouseFrost(PAREScenario):
    """The neighbour warns of frost, and the agent heats: an app that no framework knows."""

    start_time = datetime(2025, 1, 20, 21, 0, 0, tzinfo=UTC).timestamp()
    status = ScenarioStatus.Valid
    is_benchmark_ready = True

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.agent_ui = PAREAgentUserInterface()
        self.system_app = HomeScreenSystemApp(name="System")
        self.greenhouse = StatefulGreenhouseApp(name="Greenhouse")
        self.messaging = StatefulMessagingApp(name="Messages")
        self.messaging.add_users(["Neighbour Ask"])
        self.chat = self.messaging.create_group_conversation(
            user_ids=[self.messaging.get_user_id("Neighbour Ask"), self._another()], title="Gardeners"
        )
        self.apps = [self.agent_ui, self.system_app, self.greenhouse, self.messaging]

    def _another(self) -> str:
        self.messaging.add_users(["Gardener Bo"])
        return self.messaging.name_to_id["Gardener Bo"]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        greenhouse = self.get_typed_app(StatefulGreenhouseApp, "Greenhouse")
        messaging_app = self.get_typed_app(StatefulMessagingApp, "Messages")
        with EventRegisterer.capture_mode():
            frost = greenhouse.frost(bed="tomatoes").delayed(8)
            warning = messaging_app.create_and_add_message(
                conversation_id=self.chat,
                sender_id=messaging_app.name_to_id["Neighbour Ask"],
                content="It freezes! Mind the tomatoes.",
            ).depends_on(frost, delay_seconds=2)
            look = greenhouse.get_beds().oracle().depends_on(warning, delay_seconds=1)
            offer = aui.send_message_to_user(content="The tomatoes freeze. Heat them to 15?").oracle()
            offer.depends_on(look, delay_seconds=1)
            yes = aui.accept_proposal(content="Quick!").oracle().depends_on(offer, delay_seconds=1)
            heat = greenhouse.heat(bed="tomatoes", degrees=15).oracle().depends_on(yes, delay_seconds=1)
        self.events = [frost, warning, look, offer, yes, heat]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            heated = any(
                e.event_type == EventType.AGENT
                and isinstance(e.action, Action)
                and e.action.class_name == "StatefulGreenhouseApp"
                and e.action.function_name == "heat"
                and e.action.args["degrees"] >= 10
                for e in env.event_log.list_view()
            )
            return ScenarioValidationResult(success=heated)
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)


if __name__ == "__main__":
    scenario = GreenhouseFrost()
    scenario.initialize()
    env = StateAwareEnvironmentWrapper(
        EnvironmentConfig(start_time=scenario.start_time, duration=None),
        notification_system=PARENotificationSystem(VerbosityLevel.HIGH),
    )
    env.run(scenario, wait_for_end=False)
    home = env.get_app("System")
    home.open_app("Greenhouse")
    assert env.active_app is scenario.greenhouse
    assert isinstance(scenario.greenhouse.current_state, BedList)
    names = [tool.name for tool in env.get_user_tools()]
    assert "Greenhouse__list_beds" in names and "Greenhouse__open_bed" in names, names
    scenario.greenhouse.current_state.open_bed("tomatoes")
    assert isinstance(scenario.greenhouse.current_state, BedView)
    assert scenario.greenhouse.current_state.water() == "tomatoes is wet"
    scenario.greenhouse.go_back()
    assert isinstance(scenario.greenhouse.current_state, BedList)
    taps = [e.function_name() for e in env.event_log.list_view() if e.event_type == EventType.USER]
    assert taps == ["open_app", "open_bed", "water", "go_back"], taps
    env.stop()
