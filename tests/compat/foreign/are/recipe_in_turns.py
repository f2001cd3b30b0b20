"""Two turns: the cook asks again when the first answer has come."""

from are.simulation.apps import AgentUserInterface, Files
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario
from are.simulation.scenarios.utils.turn_conditions import is_send_message_to_user
from are.simulation.types import ConditionCheckEvent, EventRegisterer, EventType, OracleEvent


def has_answered_once(env) -> bool:
    return any(is_send_message_to_user(event) for event in env.event_log.list_view())


@register_scenario("foreign_recipe_in_turns")
class RecipeInTurns(Scenario):
    start_time: float | None = 0
    duration: float | None = 1000
    nb_turns: int | None = 2

    def init_and_populate_apps(self, *args, **kwargs) -> None:
        self.apps = [AgentUserInterface(), Files()]

    def build_events_flow(self) -> None:
        aui, files = self.get_typed_app(AgentUserInterface), self.get_typed_app(Files)
        with EventRegisterer.capture_mode():
            first = (
                aui.send_message_to_agent(content="Make a folder for recipes")
                .with_id("first")
                .depends_on(None, 1)
            )
            folder = files.mkdir(path="recipes").oracle().with_id("folder").depends_on(first, delay_seconds=1)
            told = aui.send_message_to_user(content="There is one.").oracle().with_id("told")
            told.depends_on(folder, delay_seconds=0)
        answered = ConditionCheckEvent.from_condition(has_answered_once, every_tick=1).with_id("answered")
        answered.depends_on(first)
        with EventRegisterer.capture_mode():
            second = aui.send_message_to_agent(content="And one for soups in it").with_id("second")
            second.depends_on(answered, delay_seconds=2)
            soups = (
                files.mkdir(path="recipes/soups")
                .oracle()
                .with_id("soups")
                .depends_on(second, delay_seconds=1)
            )
            again = aui.send_message_to_user(content="That as well.").oracle().with_id("again")
            again.depends_on([told, soups], delay_seconds=1)
        self.events = [first, folder, told, answered, second, soups, again]

    def validate(self, env) -> ScenarioValidationResult:
        turns = self.build_event_id_to_turn_idx()
        turns = turns if turns is not None else self.event_id_to_turn_idx
        answers = [
            e
            for e in env.event_log.list_view()
            if e.event_type == EventType.AGENT and self.is_send_message_to_user(e)
        ]
        files = env.get_app("Files")
        oracles = sum(isinstance(event, OracleEvent) for event in self.events)
        ok = len(answers) == 2 and files.exists("recipes/soups") and turns["again"] == 1 and oracles == 4
        return ScenarioValidationResult(success=ok, rationale=f"{len(answers)} answers, turns {turns}")
