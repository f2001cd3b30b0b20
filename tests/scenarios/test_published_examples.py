"""The code blocks of the published Scenarios API page that need the first apps, their slips mended."""

from pare.apps.calendar import CalendarApp
from pare.apps.email import Email, EmailClientApp, EmailFolderName
from pare.apps.messaging import ConversationV2, MessageV2, MessagingAppV2
from pare.apps.user_interface import AgentUserInterface
from pare.kernel.environment import AbstractEnvironment, Environment, EnvironmentConfig
from pare.kernel.events import (
    AbstractEvent,
    Action,
    AgentValidationEvent,
    ConditionCheckEvent,
    EnvironmentState,
    Event,
    EventType,
    Hint,
    HintType,
    ValidationEvent,
)
from pare.kernel.recording import EventRegisterer
from pare.scenario_runner import play_oracle
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import ScenarioRegistry
from pare.scenarios.validation_result import ScenarioValidationResult

ROBOT = "I am a robot"
NOT_ROBOT = "I am not a robot •`_´• "


def play(scenario: Scenario) -> Environment:
    """Play the oracle and give the environment."""
    run = play_oracle(scenario)
    assert run.result.exception is None
    return run.environment


def test_basic_scenario_structure():
    registry = ScenarioRegistry()

    @registry.register("my_custom_scenario")
    class MyCustomScenario(Scenario):
        """A custom scenario that demonstrates email and calendar integration."""

        scenario_id: str = "my_custom_scenario"
        start_time: float | None = 0
        duration: float | None = 600

        def init_and_populate_apps(self):
            email_app = EmailClientApp()
            calendar_app = CalendarApp()
            email_app.add_email(
                email=Email(
                    sender="boss@company.com",
                    recipients=[email_app.user_email],
                    subject="Important Meeting",
                    content="Please schedule a 'Team Standup' for next week same time.",
                ),
            )
            calendar_app.add_calendar_event(
                title="Team Standup",
                start_datetime="2024-01-15 09:00:00",
                end_datetime="2024-01-15 09:30:00",
            )
            self.apps = [email_app, calendar_app, AgentUserInterface()]

        def build_events_flow(self):
            aui = self.get_typed_app(AgentUserInterface)
            calendar_app = self.get_typed_app(CalendarApp)
            with EventRegisterer.capture_mode():
                asked = aui.send_message_to_agent(
                    content="Read my email and schedule the meeting my boss requested."
                ).depends_on(None, delay_seconds=5)
                added = (
                    calendar_app.add_calendar_event(
                        title="Team Standup",
                        start_datetime="2024-01-22 09:00:00",
                        end_datetime="2024-01-22 09:30:00",
                    )
                    .oracle()
                    .depends_on(asked, delay_seconds=5)
                )
            self.events = [asked, added]

        def validate(self, env) -> ScenarioValidationResult:
            try:
                success = any(
                    event.event_type == EventType.AGENT
                    and isinstance(event.action, Action)
                    and event.action.function_name == "add_calendar_event"
                    and event.action.class_name == "CalendarApp"
                    and event.action.args["start_datetime"] == "2024-01-22 09:00:00"
                    and event.action.args["end_datetime"] == "2024-01-22 09:30:00"
                    and event.action.args["title"] == "Team Standup"
                    for event in env.event_log.list_view()
                )
                return ScenarioValidationResult(success=success)
            except Exception as e:  # noqa: BLE001 - as published
                return ScenarioValidationResult(success=False, exception=e)

    run = play_oracle(registry.create("my_custom_scenario"))
    assert run.result.success is True
    assert [(line["time"], line["type"]) for line in run.environment.event_log.lines()] == [
        (5.0, "ENV"),
        (10.0, "AGENT"),
    ]


def test_conversations_of_the_complex_app_configuration():
    messaging = MessagingAppV2(current_user_id="me", current_user_name="Me")
    messaging.add_contacts([("Dad", "dad")])
    messaging.add_conversations(
        [
            ConversationV2(
                participant_ids=["dad", "me"],
                title="Dad and I",
                conversation_id="23",
                messages=[
                    MessageV2(
                        sender_id="dad",
                        message_id="0",
                        timestamp=1708550557,
                        content="Hey kid, how are you doing?",
                    ),
                    MessageV2(
                        sender_id="me", message_id="1", timestamp=1708550560, content="I am doing good dad."
                    ),
                ],
            ),
        ]
    )
    read = messaging.read_conversation("23")
    assert [message.message_id for message in read["messages"]] == ["1", "0"]


class Robots(Scenario):
    """A user asks, an agent answers; validation events look on."""

    start_time: float | None = 0
    duration: float | None = 60
    answers: tuple = (ROBOT,)

    def init_and_populate_apps(self):
        self.email_app = EmailClientApp()
        self.apps = [AgentUserInterface(), self.email_app]

    def build_events_flow(self):
        aui = self.get_typed_app(AgentUserInterface)
        with EventRegisterer.capture_mode():
            user_request = aui.send_message_to_agent(content="Are you a robot?").depends_on(
                None, delay_seconds=5
            )
            self.events = [user_request]
            for number, answer in enumerate(self.answers, 1):
                said = (
                    aui.send_message_to_user(content=answer)
                    .oracle()
                    .depends_on(user_request, delay_seconds=number)
                )
                self.events.append(said)
        self.add_checks(user_request)

    def add_checks(self, user_request):
        """Append the checks of one block."""

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        """Final scenario validation, as in the block on state-based validation."""
        try:
            aui_app = env.get_app("AgentUserInterface")
            agent_messages = aui_app.get_all_messages_from_agent()
            has_one_responses = len(agent_messages) == 1
            has_correct_response = any(msg.content == ROBOT for msg in agent_messages)
            user_messages = aui_app.get_all_messages_from_user()
            success = has_one_responses and has_correct_response and len(user_messages) > 0
            return ScenarioValidationResult(success=success)
        except Exception as e:  # noqa: BLE001 - as published
            return ScenarioValidationResult(success=False, exception=e)


def test_sequential_events():
    class Sequential(Scenario):
        start_time: float | None = 0

        def init_and_populate_apps(self):
            self.apps = [AgentUserInterface()]

        def build_events_flow(self):
            aui = self.get_typed_app(AgentUserInterface)
            with EventRegisterer.capture_mode():
                event1 = (
                    aui.send_message_to_user(content="Task started")
                    .oracle()
                    .depends_on(None, delay_seconds=5)
                )
                event2 = (
                    aui.send_message_to_user(content="Task done")
                    .oracle()
                    .depends_on(event1, delay_seconds=60)
                )
            self.events = [event1, event2]

    environment = play(Sequential())
    lines = environment.event_log.lines()
    assert [(line["time"], line["args"]["content"]) for line in lines] == [
        (5.0, "Task started"),
        (65.0, "Task done"),
    ]


def test_conditional_events():
    class Conditional(Robots):
        def add_checks(self, user_request):
            def enough_emails_condition(env: AbstractEnvironment) -> bool:
                """Condition: trigger when we have at least 2 emails"""
                email_app = env.get_app("EmailClientApp")
                return len(email_app.folders[EmailFolderName.INBOX].emails) >= 2

            condition_check = ConditionCheckEvent.from_condition(enough_emails_condition)
            conditional_email = Event.from_function(
                self.email_app.add_email,
                email=Email(
                    sender="system@example.com",
                    recipients=[self.email_app.user_email],
                    subject="Conditional Event Triggered!",
                    content="This email was sent because the condition (2+ emails) was met!",
                ),
            ).depends_on(condition_check, delay_seconds=1)
            with EventRegisterer.capture_mode():
                mails = [
                    self.email_app.send_email_to_user_only(
                        sender="a@example.com", subject=str(number)
                    ).depends_on(None, delay_seconds=number)
                    for number in (2, 4)
                ]
            self.events += [condition_check, conditional_email, *mails]

    environment = play(Conditional())
    inbox = environment.get_app("EmailClientApp").folders[EmailFolderName.INBOX].emails
    assert sorted(email.subject for email in inbox) == ["2", "4", "Conditional Event Triggered!"]
    triggered = [line for line in environment.event_log.lines() if line["function"] == "add_email"]
    assert [line["time"] for line in triggered] == [6.0]


def robots_with_validation(*answers: str) -> Environment:
    class Validated(Robots):
        def add_checks(self, user_request):
            def both_responses_validator(env: AbstractEnvironment) -> bool:
                """Check if agent gave both responses."""
                aui_app = env.get_app("AgentUserInterface")
                agent_messages = aui_app.get_all_messages_from_agent()
                has_correct = any(msg.content == ROBOT for msg in agent_messages)
                has_incorrect = any(msg.content == NOT_ROBOT for msg in agent_messages)
                return has_correct and not has_incorrect

            continuous_validation = ValidationEvent(milestones=[both_responses_validator]).with_id(
                "continuous_validation"
            )
            continuous_validation.depends_on(user_request, delay_seconds=1)
            continuous_validation.schedule(every_ticks=1, timeout=15)
            self.events.append(continuous_validation)

    return play(Validated(answers=answers))


def test_validation_event():
    environment = robots_with_validation("Hm.", ROBOT)
    looks = [line for line in environment.event_log.lines() if line["type"] == "VALIDATION"]
    assert [(line["time"], line["return"]["success"]) for line in looks] == [(6.0, False), (7.0, True)]
    assert environment.state is EnvironmentState.STOPPED


def test_validation_event_that_is_never_satisfied():
    environment = robots_with_validation(NOT_ROBOT)
    assert environment.state is EnvironmentState.FAILED
    assert environment.current_time == 20.0
    assert "both_responses_validator" in str(environment.failure)


def test_state_based_validation():
    assert play_oracle(Robots()).result.success is True
    assert play_oracle(Robots(answers=(NOT_ROBOT,))).result.success is False


def robots_with_agent_validation(*answers: str) -> Environment:
    def milestone_correct_response(env: AbstractEnvironment, event: AbstractEvent) -> bool:
        """Milestone: Agent should say 'I am a robot'."""
        if not isinstance(event, Event):
            return False
        return (
            event.action.app.__class__ == AgentUserInterface
            and event.function_name() == "send_message_to_user"
            and event.action.args["content"] == ROBOT
        )

    def milestone_incorrect_response(env: AbstractEnvironment, event: AbstractEvent) -> bool:
        """Milestone: Agent should not say the incorrect response."""
        if not isinstance(event, Event):
            return False
        return not (
            event.action.app.__class__ == AgentUserInterface
            and event.function_name() == "send_message_to_user"
            and event.action.args["content"] == NOT_ROBOT
        )

    def minefield_unsafe_response(env: AbstractEnvironment, event: AbstractEvent) -> bool:
        """Minefield: Agent should NOT say unsafe things."""
        if not isinstance(event, Event):
            return False
        return (
            event.action.app.__class__ == AgentUserInterface
            and event.function_name() == "send_message_to_user"
            and event.action.args["content"] == "I am doing something unsafe!"
        )

    class Guarded(Robots):
        def add_checks(self, user_request):
            agent_validation = AgentValidationEvent(
                milestones=[milestone_correct_response, milestone_incorrect_response],
                minefields=[minefield_unsafe_response],
                timeout=15,
            ).with_id("agent_validation")
            agent_validation.depends_on(user_request)
            self.events.append(agent_validation)

    return play(Guarded(answers=answers))


def test_agent_validation_event():
    assert robots_with_agent_validation(ROBOT).state is EnvironmentState.STOPPED
    unsafe = robots_with_agent_validation("I am doing something unsafe!", ROBOT)
    assert (unsafe.state, unsafe.current_time) == (EnvironmentState.FAILED, 6.0)
    assert "minefield_unsafe_response" in str(unsafe.failure)
    silent = robots_with_agent_validation()
    assert (silent.state, silent.current_time) == (EnvironmentState.FAILED, 20.0)


def test_hints():
    class Hinted(Robots):
        def build_events_flow(self):
            aui = self.get_typed_app(AgentUserInterface)
            with EventRegisterer.capture_mode():
                event1 = (
                    aui.send_message_to_agent(content="Send an email to the client for the delay.")
                    .depends_on(None, delay_seconds=5)
                    .with_id("event1")
                )
            self.events = [event1]
            if not self.hints:
                self.hints = []
            self.hints.append(
                Hint(
                    hint_type=HintType.TASK_HINT,
                    content="Remember to include an apology in your email",
                    associated_event_id="event1",
                )
            )

    scenario = Hinted()
    scenario.initialize()
    scenario.edit_hint_content("event1", "Apologise first")
    assert [(hint.associated_event_id, hint.content) for hint in scenario.hints] == [
        ("event1", "Apologise first")
    ]


def test_event_types_as_played():
    scenario = Robots()
    scenario.initialize()
    environment = Environment(EnvironmentConfig(oracle_mode=True))
    environment.run(scenario)
    assert [line["type"] for line in environment.event_log.lines()] == ["ENV", "AGENT"]
