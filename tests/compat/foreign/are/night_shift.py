"""A user who answers by himself, runners from a program, and a verdict in the result's own words."""

import tempfile
from pathlib import Path

from are.simulation.agents.user_proxy import UserProxy
from are.simulation.apps import AgentUserInterface, CalendarV2
from are.simulation.multi_scenario_runner import MultiScenarioRunner
from are.simulation.scenario_runner import ScenarioRunner
from are.simulation.scenarios.config import MultiScenarioRunnerConfig, ScenarioRunnerConfig
from are.simulation.scenarios.scenario import Scenario
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.scenarios.validation_result import MultiScenarioValidationResult, ScenarioValidationResult
from are.simulation.types import EventRegisterer, EventType


class Sister(UserProxy):
    def reply(self, message: str) -> str:
        return "From ten to six" if "When" in message else ""

    def init_conversation(self) -> str:
        return "Enter my night shift of the 2nd"


@register_scenario("foreign_night_shift")
class NightShift(Scenario):
    start_time: float | None = 0
    duration: float | None = 100
    run_number: int | None = None

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps = [AgentUserInterface(user_proxy=Sister()), CalendarV2(name="Rota")]

    def build_events_flow(self) -> None:
        aui, rota = self.get_typed_app(AgentUserInterface), self.get_typed_app(CalendarV2, "Rota")
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content=Sister().init_conversation()).depends_on(None, delay_seconds=1)
            when = aui.send_message_to_user(content="When does it begin?").oracle().depends_on(task, delay_seconds=2)
            entry = rota.add_calendar_event(
                title="Night shift", start_datetime="1970-01-02 22:00:00", end_datetime="1970-01-03 06:00:00"
            ).oracle()
            entry.depends_on(when, delay_seconds=5)
        self.events = [task, when, entry]

    def validate(self, env) -> ScenarioValidationResult:
        entered = [
            e
            for e in env.event_log.list_view()
            if e.event_type == EventType.AGENT and e.function_name() == "add_calendar_event" and not e.failed()
        ]
        answered = [m.content for m in env.get_app("AgentUserInterface").get_all_messages_from_user()]
        success = len(entered) == 1 and "From ten to six" in answered
        return ScenarioValidationResult(success=success, rationale=f"{len(entered)} entries, {answered}")


if __name__ == "__main__":
    result = ScenarioRunner().run(ScenarioRunnerConfig(oracle=True), NightShift())
    assert result.success and "1 entries" in result.rationale, result
    nobody = ScenarioRunner().run(ScenarioRunnerConfig(), NightShift())
    assert nobody.success is False and nobody.exception is None
    with tempfile.TemporaryDirectory() as folder:
        config = MultiScenarioRunnerConfig(oracle=True, enable_caching=False, output_dir=folder)
        results: MultiScenarioValidationResult = MultiScenarioRunner().run(
            config=config, scenarios=[NightShift(run_number=n) for n in (1, 2, 3)]
        )
        assert results.successful_count == 3 and results.success_rate() == 100.0
        assert set(results.scenario_results) == {("foreign_night_shift", n) for n in (1, 2, 3)}
        assert len((Path(folder) / "output.jsonl").read_text().splitlines()) == 3
        print(results.description())
