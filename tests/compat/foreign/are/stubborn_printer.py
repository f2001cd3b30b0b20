"""A story without a good end: the printer never answers, and the validator says why and with which error."""

from are.simulation.apps import AgentUserInterface
from are.simulation.apps.app import App
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.tool_utils import OperationType, app_tool, user_tool
from are.simulation.types import EventRegisterer, EventType, event_registered


class PrinterOffline(RuntimeError):
    pass


class PrinterApp(App):
    def __init__(self, name: str | None = None):
        super().__init__(name)
        self.pages: list[str] = []

    def get_state(self):
        return {"pages": self.pages}

    def load_state(self, state_dict):
        self.pages = state_dict["pages"]

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def print_page(self, text: str) -> None:
        """Print a page.

        :param text: what stands on it
        """
        raise PrinterOffline("the printer is offline")

    @user_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.USER)
    def switch_on(self) -> str:
        """Switch the printer on."""
        return "it hums"


@register_scenario("foreign_stubborn_printer")
class StubbornPrinter(Scenario):
    start_time: float | None = 0
    duration: float | None = 60

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps = [AgentUserInterface(), PrinterApp()]

    def build_events_flow(self) -> None:
        aui, printer = self.get_typed_app(AgentUserInterface), self.get_typed_app(PrinterApp)
        with EventRegisterer.capture_mode():
            on = printer.switch_on().with_type(EventType.USER).depends_on(None, delay_seconds=1)
            task = aui.send_message_to_agent(content="Print 'closed today'").depends_on(on, delay_seconds=1)
            page = printer.print_page(text="closed today").oracle().with_id("page").depends_on(task, delay_seconds=1)
            sorry = aui.send_message_to_user(content="It does not print.").oracle().depends_on(page, delay_seconds=1)
        self.events = [on, task, page, sorry]

    def validate(self, env) -> ScenarioValidationResult:
        try:
            pages = env.get_app("PrinterApp").pages
            if not pages:
                failed = [e for e in env.event_log.list_view() if e.failed()]
                raise AssertionError(f"nothing was printed: {[e.metadata.exception for e in failed]}")
            return ScenarioValidationResult(success=True)
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e, rationale="the printer did not print")
