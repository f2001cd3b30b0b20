"""An invoice is written to disk and mailed with its attachment; EmailClientV2 takes it from the file system."""

from are.simulation.apps import AgentUserInterface, EmailClientV2, SandboxLocalFileSystem, SystemApp
from are.simulation.data.population_scripts.sandbox_file_system_population import default_fs_folders
from are.simulation.environment import Environment, EnvironmentConfig
from are.simulation.scenarios import Scenario
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.scenarios.validation_result import ScenarioValidationResult
from are.simulation.types import CapabilityTag, EventRegisterer, EventType


@register_scenario("foreign_bakery_invoice")
class BakeryInvoice(Scenario):
    start_time: float | None = 1_730_000_000
    duration: float | None = 600
    tags: tuple[CapabilityTag, ...] = (CapabilityTag.Execution, CapabilityTag.Search)

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        aui = AgentUserInterface()
        system = SystemApp()
        mail = EmailClientV2(user_email="oven@bakery.example")
        fs = SandboxLocalFileSystem(sandbox_dir=kwargs.get("sandbox_dir", None))
        default_fs_folders(fs)
        with fs.open("Documents/invoice_31.txt", "w") as file:
            file.write("Forty loaves of rye: 120.00")
        mail.internal_fs = fs
        self.apps = [aui, system, mail, fs]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        mail = self.get_typed_app(EmailClientV2)
        fs = self.get_typed_app(SandboxLocalFileSystem)
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content="Mail invoice 31 to hotel@lake.example.").depends_on(
                None, delay_seconds=2
            )
            listing = fs.ls(path="Documents").oracle().depends_on(task, delay_seconds=1)
            reading = fs.cat(path="Documents/invoice_31.txt").oracle().depends_on(listing, delay_seconds=1)
            sending = (
                mail.send_email(
                    recipients=["hotel@lake.example"],
                    subject="Invoice 31",
                    content="Attached.",
                    attachment_paths=["Documents/invoice_31.txt"],
                )
                .oracle()
                .depends_on([listing, reading], delay_seconds=1)
            )
            telling = aui.send_message_to_user(content="Invoice 31 is on its way.").oracle().depends_on(sending)
        self.events = [task, listing, reading, sending, telling]

    def validate(self, env) -> ScenarioValidationResult:
        sent = [
            e for e in env.event_log.list_view() if e.event_type == EventType.AGENT and e.function_name() == "send_email"
        ]
        if not sent:
            return ScenarioValidationResult(success=False, rationale="no mail was sent")
        state = env.get_app("EmailClientV2").folders
        attachments = [list((m.attachments or {}).keys()) for folder in state.values() for m in folder.emails]
        return ScenarioValidationResult(
            success=["invoice_31.txt"] in attachments, rationale=f"attachments: {attachments}"
        )


if __name__ == "__main__":
    scenario = BakeryInvoice()
    scenario.initialize()
    env = Environment(
        EnvironmentConfig(oracle_mode=True, queue_based_loop=True, start_time=scenario.start_time, duration=600)
    )
    env.run(scenario)
    result = scenario.validate(env)
    assert result.success, result
    assert env.get_app("EmailClientV2").user_email == "oven@bakery.example"
