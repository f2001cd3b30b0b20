"""Noise that a scenario asks for itself: tools under other names, and mails that have nothing to do with it."""

from are.simulation.apps import AgentUserInterface, EmailClientV2
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.scenarios.utils.scenario_expander import ENV_EVENT_EXPANSION_TAG, EnvEventsConfig
from are.simulation.types import EventRegisterer, EventType, ToolAugmentationConfig

LETTERS = {
    f"m{n}": {
        "email_id": f"m{n}",
        "sender": f"shop{n}@offers.example",
        "recipients": ["user@meta.com"],
        "subject": f"Offer {n}",
        "content": "Buy two",
    }
    for n in range(4)
}


@register_scenario("foreign_noisy_week")
class NoisyWeek(Scenario):
    start_time: float | None = 0
    duration: float | None = 240

    def __init__(self):
        super().__init__()
        self.tool_augmentation_config = ToolAugmentationConfig(tool_failure_probability=0.0)
        self.env_events_config = EnvEventsConfig(
            num_env_events_per_minute=3,
            env_events_seed=42,
            weight_per_app_class={"EmailClientApp": 1.0},
        )
        self.augmentation_data = {
            "tool_names_mapping": {"EmailClientV2__send_email": "EmailClientV2__post_letter"},
            "tool_descriptions_mapping": {},
            "apps": [{"name": "EmailClientV2", "app_state": {"folders": {"INBOX": {"emails": list(LETTERS.values())}}}}],
        }

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps = [AgentUserInterface(), EmailClientV2()]

    def build_events_flow(self) -> None:
        aui, mail = self.get_typed_app(AgentUserInterface), self.get_typed_app(EmailClientV2)
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Mail the plumber: come on Monday").depends_on(None, delay_seconds=1)
            send = mail.send_email(recipients=["plumber@pipes.example"], subject="Monday").oracle()
            send.depends_on(task, delay_seconds=3)
            tell = aui.send_message_to_user(content="Sent").oracle().depends_on(send, delay_seconds=1)
        self.events = [task, send, tell]

    def validate(self, env) -> ScenarioValidationResult:
        names = [tool._public_name for tool in env.get_app("EmailClientV2").get_tools()]
        noise = [event for event in self.events if ENV_EVENT_EXPANSION_TAG in event.event_id]
        sent = [e for e in env.event_log.list_view() if e.event_type == EventType.AGENT and e.function_name() == "send_email"]
        ok = len(sent) == 1 and "EmailClientV2__post_letter" in names
        return ScenarioValidationResult(success=ok, rationale=f"{len(noise)} noise events")
