"""Every way of planning an event, and of following another."""

from functools import partial

from are.simulation.apps.agent_user_interface import AgentUserInterface
from are.simulation.apps.email_client import Email, EmailClientApp, EmailFolderName
from are.simulation.environment import Environment, EnvironmentConfig
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.types import (
    Action,
    ConditionCheckEvent,
    Event,
    EventRegisterer,
    EventType,
    OracleEvent,
)


def at_least(count, env) -> bool:
    return len(env.get_app("EmailClientApp").folders[EmailFolderName.INBOX].emails) >= count


@register_scenario("foreign_parade")
class Parade(Scenario):
    start_time: float | None = 10
    duration: float | None = 300
    time_increment_in_seconds: int = 2
    queue_based_loop: bool = True

    def __init__(self) -> None:
        super().__init__()
        self.comment = "everything in a row"

    def mail(self, subject: str) -> Email:
        return Email(sender="marshal@town.example", recipients=[self.email_app.user_email], subject=subject)

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.aui, self.email_app = AgentUserInterface(), EmailClientApp()
        self.apps = [self.aui, self.email_app]

    def build_events_flow(self) -> None:
        user = Event.from_function(
            self.aui.send_message_to_agent, EventType.USER, content="Sort my mail at the end"
        )
        user.with_id("user").depends_on(None, delay_seconds=1)
        band = Event.from_function(self.email_app.add_email, email=self.mail("Band")).with_id("band")
        horses = Event.from_function(self.email_app.send_email_to_user, email=self.mail("Horses")).with_id(
            "horses"
        )
        user.followed_by([band, horses], delay_seconds=[10.0, 20.0])
        two = ConditionCheckEvent.from_condition(partial(at_least, 2), every_tick=2, timeout=60).with_id(
            "two"
        )
        two.depends_on(user, delay_seconds=1)
        float_ = Event(
            action=Action(
                function=self.email_app.add_email, args={"email": self.mail("Float")}, app=self.email_app
            ),
            event_type=EventType.ENV,
        ).with_id("float")
        float_.depends_on(two, delay_seconds=5)
        crowd = Event.from_function(
            self.email_app.create_and_add_email, sender="crowd@town.example", subject="Hurray"
        )
        crowd.with_id("crowd").with_type(EventType.ENV).depends_on([float_, band]).delayed(7)
        with EventRegisterer.capture_mode():
            sort = self.email_app.search_emails(query="Hurray")
            say = self.aui.send_message_to_user(content="Sorted.")
        sort = OracleEvent.from_event(sort).with_id("sort").depends_on(crowd, delay_seconds=1)
        say = say.oracle().with_id("say").depends_on(sort)
        fixed = Event.from_function(self.email_app.add_email, email=self.mail("Noon")).at_absolute_time(200)
        fixed.with_id("noon")
        self.events = [user, band, horses, two, float_, crowd, sort, say, fixed]

    def validate(self, env) -> ScenarioValidationResult:
        log = env.event_log.list_view()
        order = [e.event_id for e in log if e.event_type != EventType.CONDITION]
        said = any(
            e.event_type == EventType.AGENT and e.function_name() == "send_message_to_user" for e in log
        )
        ok = order == ["user", "band", "horses", "float", "crowd", "sort", "say", "noon"] and said
        return ScenarioValidationResult(success=ok, rationale=str([(e.event_id, e.event_time) for e in log]))


if __name__ == "__main__":
    scenario = Parade()
    assert scenario.comment == "everything in a row" and scenario.scenario_id == "foreign_parade"
    scenario.initialize()
    env = Environment(
        EnvironmentConfig(oracle_mode=True, queue_based_loop=True, start_time=10, time_increment_in_seconds=2)
    )
    env.run(scenario)
    assert scenario.validate(env).success
    assert env.event_log.list_view()[-1].event_time == 200
    assert env.get_app("EmailClientApp").search_emails("noon")[0].subject == "Noon"
