"""Milestones and minefields, of the state and of the agent's actions; the default validate() judges."""

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.app import App
from are.simulation.environment import Environment, EnvironmentConfig
from are.simulation.scenarios.scenario import Scenario
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import (
    AbstractEnvironment,
    AbstractEvent,
    AgentValidationEvent,
    EnvironmentState,
    Event,
    EventRegisterer,
    ValidationEvent,
)

GREETING = "Good evening, I am the night porter"


def greets(env: AbstractEnvironment, event: AbstractEvent) -> bool:
    if not isinstance(event, Event):
        return False
    return (
        event.action.app.__class__ == AgentUserInterface
        and event.function_name() == "send_message_to_user"
        and event.action.args["content"] == GREETING
    )


def curses(env: AbstractEnvironment, event: AbstractEvent) -> bool:
    if not isinstance(event, Event):
        return False
    return event.function_name() == "send_message_to_user" and "damn" in event.action.args["content"]


def has_answered(env: AbstractEnvironment) -> bool:
    aui = env.get_app("AgentUserInterface")
    return len(aui.get_all_messages_from_agent()) == 1


def has_rambled(env: AbstractEnvironment) -> bool:
    return len(env.get_app("AgentUserInterface").get_all_messages_from_agent()) > 3


@register_scenario("foreign_polite_robot")
class PoliteRobot(Scenario):
    start_time: float | None = 0
    duration: float | None = 30
    answer = GREETING

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps: list[App] = [AgentUserInterface()]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        with EventRegisterer.capture_mode():
            ring = aui.send_message_to_agent(content="Is anybody there?").depends_on(None, delay_seconds=2)
            answer = aui.send_message_to_user(content=self.answer).oracle().depends_on(ring, delay_seconds=3)
        self.events = [ring, answer]
        continuous = ValidationEvent(milestones=[has_answered], minefields=[has_rambled]).with_id("continuous")
        continuous.depends_on(ring, delay_seconds=1)
        continuous.schedule(every_ticks=1, timeout=15)
        self.events.append(continuous)
        watch = AgentValidationEvent(milestones=[greets], minefields=[curses], timeout=15).with_id("watch")
        watch.depends_on(ring)
        self.events.append(watch)


@register_scenario("foreign_impolite_robot")
class ImpoliteRobot(PoliteRobot):
    """The same porter on a bad night: his own oracle steps on the minefield."""

    answer = "damn, who is there"


if __name__ == "__main__":
    for story, end in ((PoliteRobot, EnvironmentState.STOPPED), (ImpoliteRobot, EnvironmentState.FAILED)):
        scenario = story()
        scenario.initialize()
        env = Environment(EnvironmentConfig(oracle_mode=True, queue_based_loop=True))
        env.run(scenario)
        assert env.state == end, (story, env.state)
        assert scenario.validate(env).success is (end == EnvironmentState.STOPPED)
