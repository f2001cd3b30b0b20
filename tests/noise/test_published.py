"""The noise blocks of the published Scenarios API page run as they stand, through the alias."""

import inspect
from typing import Any

from pare.compat import install
from pare.noise import InjectedFailureError
from pare.scenario_runner import play_oracle
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from tests.noise.worlds import noise_of

install()

TOOLS = """
from are.simulation.types import ToolAugmentationConfig

class UnreliableScenario(Scenario):
    def __init__(self):
        super().__init__()
        # Make tools fail 20% of the time
        self.tool_augmentation_config = ToolAugmentationConfig(
            tool_failure_probability=0.2,
        )
"""

EVENTS = """
from are.simulation.scenarios.utils.scenario_expander import EnvEventsConfig

class DynamicScenario(Scenario):
    def __init__(self):
        super().__init__()
        # Add random environment events
        self.env_events_config = EnvEventsConfig(
            num_env_events_per_minute=3,
            env_events_seed=42,
            weight_per_app_class = {
                 "EmailClientApp": 1.0,
                 "ApartmentListingApp": 1.0,
             },
        )
"""


def scenario_of(block: str) -> Any:
    """Give a scenario of the class in a block; its base brings what that leaves out: apps and a task."""
    from are.simulation.apps.agent_user_interface import AgentUserInterface
    from are.simulation.apps.apartment_listing import ApartmentListingApp
    from are.simulation.apps.email_client import EmailClientApp
    from are.simulation.apps.shopping import ShoppingApp
    from are.simulation.scenarios.scenario import Scenario
    from are.simulation.types import EventRegisterer

    class OnAPhone(Scenario):
        scenario_id = "published_noise"

        def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
            self.apps = [AgentUserInterface(), EmailClientApp(), ApartmentListingApp(), ShoppingApp()]

        def build_events_flow(self) -> None:
            aui = self.get_typed_app(AgentUserInterface)
            with EventRegisterer.capture_mode():
                asked = aui.send_message_to_agent(content="Anything new?").depends_on(None, delay_seconds=5)
                told = aui.send_message_to_user(content="Yes.").oracle().depends_on(asked, delay_seconds=300)
            self.events = [asked, told]

    names: dict[str, Any] = {"Scenario": OnAPhone, "__name__": "published"}
    exec(block, names)
    (published,) = [
        item for item in names.values() if inspect.isclass(item) and item.__module__ == "published"
    ]
    return published()


def test_the_block_on_tools_makes_a_fifth_of_the_calls_fail() -> None:
    scenario = scenario_of(TOOLS)
    scenario.set_noise(ScenarioRunnerConfig())  # a run that says nothing of noise leaves the scenario's own
    assert scenario.tool_augmentation_config == ToolAugmentationConfig(0.2)
    assert play_oracle(scenario).outcome == "success"
    hook = scenario.noise_hook()
    tools = {tool.name: tool for tool in scenario.get_tools()}
    failed = 0
    for _ in range(2000):
        try:
            hook(tools["EmailClientApp__list_emails"], {})
        except InjectedFailureError:
            failed += 1
    assert 346 < failed < 454  # three standard deviations
    hook(tools["AgentUserInterface__send_message_to_user"], {"content": "never fails"})


def test_the_block_on_events_brings_emails_and_flats() -> None:
    scenario = scenario_of(EVENTS)
    scenario.set_noise(ScenarioRunnerConfig())
    assert scenario.env_events_config == EnvEventsConfig(
        3, 42, weight_per_app_class={"EmailClientApp": 1.0, "ApartmentListingApp": 1.0}
    )
    run = play_oracle(scenario)
    assert run.outcome == "success"
    lines = [line for line in run.environment.event_log.lines() if line.get("noise")]
    assert {line["app"] for line in lines} == {"EmailClientApp", "ApartmentListingApp"}
    assert {line["exception"] for line in lines} == {None}
    assert 5 < len(lines) < len(noise_of(scenario)) + 1 < 35
    again = scenario_of(EVENTS)
    assert play_oracle(again).environment.event_log.lines() == run.environment.event_log.lines()
