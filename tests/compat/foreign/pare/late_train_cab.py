from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from are.simulation.scenarios.scenario import ScenarioStatus, ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, ConditionCheckEvent, EventRegisterer, EventType

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulCabApp, StatefulMessagingApp
from pare.scenarios import PAREScenario
from pare.scenarios.utils.registry import register_scenario


@register_scenario("foreign_late_train_cab")
class LateTrainCab(PAREScenario):
    """A train is late; the agent offers a cab, and a condition watches whether one was taken."""

    start_time = datetime(2025, 12, 20, 18, 0, 0, tzinfo=UTC).timestamp()
    status = ScenarioStatus.Valid
    is_benchmark_ready = True

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.agent_ui = PAREAgentUserInterface()
        self.system_app = HomeScreenSystemApp(name="System")
        self.messaging = StatefulMessagingApp(name="Messages")
        self.cab = StatefulCabApp(name="Cab")
        self.messaging.add_contacts([("Uncle Veit", "veit")])
        self.chat = self.messaging.send_message(user_id="veit", content="I am on my way")
        self.cab.add_new_ride(
            service_type="Default",
            start_location="Depot",
            end_location="Home",
            price=14.0,
            duration=20.0,
            time_stamp=self.start_time - 86400,
            distance_km=9.0,
        )
        self.cab.on_going_ride = None
        self.apps = [self.agent_ui, self.system_app, self.messaging, self.cab]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        messaging_app = self.get_typed_app(StatefulMessagingApp, "Messages")
        cab_app = self.get_typed_app(StatefulCabApp, "Cab")

        def rides(env: AbstractEnvironment) -> bool:
            return env.get_app("Cab").on_going_ride is not None

        with EventRegisterer.capture_mode():
            late = messaging_app.create_and_add_message(
                conversation_id=self.chat,
                sender_id="veit",
                content="No train tonight. Take a cab from Station to Farm!",
            ).delayed(30)
            price = (
                cab_app.get_quotation(start_location="Station", end_location="Farm", service_type="Default")
                .oracle()
                .depends_on(late, delay_seconds=2)
            )
            offer = aui.send_message_to_user(content="Shall I order a cab from Station to Farm?").oracle()
            offer.depends_on(price, delay_seconds=1)
            yes = aui.accept_proposal(content="Yes!").oracle().depends_on(offer, delay_seconds=5)
            order = (
                cab_app.order_ride(start_location="Station", end_location="Farm", service_type="Default")
                .oracle()
                .depends_on(yes, delay_seconds=1)
            )
        riding = ConditionCheckEvent.from_condition(rides).depends_on(late, delay_seconds=5)
        with EventRegisterer.capture_mode():
            near = cab_app.update_ride_status(status="ARRIVED_AT_PICKUP").depends_on(riding, delay_seconds=60)
            over = cab_app.end_ride().depends_on(near, delay_seconds=600)
        self.events = [late, price, offer, yes, order, riding, near, over]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            ordered = [
                e
                for e in env.event_log.list_view()
                if e.event_type == EventType.AGENT
                and isinstance(e.action, Action)
                and e.action.class_name == "StatefulCabApp"
                and e.action.function_name == "order_ride"
                and e.get_args()["end_location"] == "Farm"
            ]
            return ScenarioValidationResult(success=bool(ordered), rationale=f"{len(ordered)} rides")
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
