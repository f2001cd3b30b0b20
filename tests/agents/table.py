"""A small phone with agents at it: real apps, scripted replies, and a look at everything that was asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pare.agents.formats import FORMATS, FormatName
from pare.agents.generation import GenerationTime
from pare.agents.proactive import ProactiveAgent
from pare.agents.prompting import Prompts
from pare.agents.protocol import AgentSetup
from pare.agents.seat import Limits, RoleModel, RunLabel, Seat, Spending
from pare.agents.single import SingleAgent
from pare.agents.turns import SingleAgentLoop, TurnLoop, Turns
from pare.agents.user import UserAgent
from pare.apps import (
    AgentUserInterface,
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulEmailApp,
)
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import Event
from pare.kernel.clock import DEFAULT_START_TIME
from pare.kernel.environment import Environment
from pare.kernel.host import AGENT, USER
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.llm.scripted import Step
from pare.llm.types import Completion, CompletionRequest
from pare.notifications import NotificationSystem, VerboseNotificationSystem, VerbosityLevel
from tests.kernel.phone import Plan

START = DEFAULT_START_TIME
ROLES = ("user", "observe", "execute")
A_SECOND = GenerationTime(mode="fixed", seconds=1.0)
AUI = "PAREAgentUserInterface__"
WAIT = Step(f"{AUI}wait", thought="Nothing to do.")
READ = Step("Emails__list_emails")
WRITE = Step("Calendar__add_calendar_event", {"title": "Tea", "start_datetime": "2025-01-06 15:00:00"})
WRITE.arguments["end_datetime"] = "2025-01-06 16:00:00"

Reply = Step | str | Completion | Exception


def say(text: str, interface: str = AUI) -> Step:
    """The agent writes to the user: a proposal, while it observes."""
    return Step(f"{interface}send_message_to_user", {"content": text})


def accept(text: str = "Yes") -> Step:
    return Step(f"{AUI}accept_proposal", {"content": text})


def reject(text: str = "No") -> Step:
    return Step(f"{AUI}reject_proposal", {"content": text})


def wait_for_notification(seconds: int, system: str = "System") -> Step:
    return Step(f"{system}__wait_for_notification", {"timeout": seconds})


class Model:
    """Gives each role its replies, one after the other, and then its last resort: to wait."""

    def __init__(self, **replies: Sequence[Reply]) -> None:
        self.left = {role: list(items) for role, items in replies.items()}
        self.otherwise: Reply = WAIT
        self.requests: list[CompletionRequest] = []

    async def __call__(self, request: CompletionRequest) -> Completion:
        self.requests.append(request)
        left = self.left.get(request.label.role)
        reply = left.pop(0) if left else self.otherwise
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, Step):
            return reply.reply_to(request)
        return Completion(reply) if isinstance(reply, str) else reply

    def prompts(self, role: str) -> list[str]:
        """Give each prompt of a role as one text."""
        return ["\n".join(item.content for item in messages) for messages in self.messages(role)]

    def messages(self, role: str) -> list[list[Any]]:
        return [list(request.messages) for request in self.requests if request.label.role == role]


@dataclass
class Phone:
    """The apps of most tests, with events to come."""

    interface: AgentUserInterface = field(default_factory=PAREAgentUserInterface)
    events: list[AbstractEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.run_context = RunContext(0, START)
        with self.run_context.active():
            self.system = HomeScreenSystemApp(name="System")
            self.emails = StatefulEmailApp(name="Emails")
            self.calendar = StatefulCalendarApp(name="Calendar")
        self.more: list[Any] = []

    @property
    def apps(self) -> list[Any]:
        return [self.interface, self.system, self.emails, self.calendar, *self.more]

    def email(self, delay: float, subject: str = "Tea?", after: Any = None) -> Event:
        """Let an email arrive."""
        with EventRegisterer.capture_mode():
            event = self.emails.send_email_to_user_with_id(
                email_id=subject, sender="ada@example.org", subject=subject, content=f"About {subject}"
            )
        return self.plan(event, delay, after)

    def message(self, delay: float, text: str, after: Any = None) -> Event:
        """Let the user write to the agent."""
        with EventRegisterer.capture_mode():
            event = self.interface.send_message_to_agent(content=text)
        return self.plan(event, delay, after)

    def plan(self, event: Any, delay: float = 0, after: Any = None) -> Any:
        self.events.append(event.depends_on(after, delay_seconds=delay))
        return event


@dataclass
class Table:
    """A phone that runs, whoever sits at it, and what they left behind."""

    environment: Environment
    notifications: NotificationSystem
    model: Model
    setups: dict[str, AgentSetup]
    records: list[tuple[str, str, dict[str, Any]]]

    def history(self) -> list[tuple[float, str, str]]:
        """Give what happened: time since the start, type, function."""
        lines = self.environment.event_log.lines()
        return [(round(line["time"] - START, 3), line["type"], line["function"]) for line in lines]

    def functions(self) -> list[str]:
        return [function for _, _, function in self.history()]

    @property
    def seconds(self) -> float:
        return self.environment.current_time - START


@dataclass(frozen=True)
class Rules:
    """What differs from test to test."""

    format: FormatName = "react_json"
    iterations: tuple[int, int, int] = (1, 5, 10)
    generation: GenerationTime = field(default=A_SECOND)
    limits: Limits = field(default_factory=Limits)
    prompts: Prompts = field(default_factory=Prompts)
    task: str = ""
    duration: float | None = None
    noise: Any = None


def lay(phone: Phone, model: Model, rules: Rules | None = None, alone: bool = False) -> Table:
    """Load a phone into an environment, and give the setups of both sides."""
    rules = rules or Rules()
    kind = VerboseNotificationSystem if alone else NotificationSystem
    notifications = kind(VerbosityLevel.HIGH)
    environment = Environment(notification_system=notifications)
    environment.asynchronous = True
    plan = Plan(phone.apps, phone.events, START, rules.duration, scenario_id="tea")
    plan.run_context = phone.run_context
    environment.load_scenario(plan)
    roles = {role: RoleModel(role, model, f"{role}-model") for role in ROLES}
    records: list[tuple[str, str, dict[str, Any]]] = []
    seat = Seat(
        environment,
        notifications,
        AGENT,
        RunLabel("tea"),
        rules.generation,
        rules.limits,
        rules.noise,
        lambda kind, role, data: records.append((kind, role, dict(data))),
        Spending(),
    )
    home = getattr(environment.get_app_with_class(HomeScreenSystemApp), "phone", None)
    iterations = dict(zip(ROLES, rules.iterations, strict=True))
    setup = AgentSetup(seat, home, roles, iterations, FORMATS[rules.format], rules.prompts, rules.task)
    setups = {AGENT: setup, USER: replace(setup, seat=replace(seat, reader=USER))}
    return Table(environment, notifications, model, setups, records)


@dataclass
class Pair:
    """A user agent and a proactive agent at a table."""

    table: Table
    user: UserAgent
    agent: ProactiveAgent

    async def play(self, max_turns: int | None = 10, min_turn_seconds: float = 5.0) -> Turns:
        table = self.table
        loop = TurnLoop(
            table.environment, table.notifications, self.user, self.agent, max_turns, min_turn_seconds
        )
        return await loop.play()


def pair(phone: Phone, model: Model, rules: Rules | None = None) -> Pair:
    table = lay(phone, model, rules)
    return Pair(table, UserAgent(table.setups[USER]), ProactiveAgent(table.setups[AGENT]))


@dataclass
class Alone:
    """A single agent at a table."""

    table: Table
    agent: SingleAgent

    async def play(self, max_turns: int | None = None) -> Turns:
        table = self.table
        return await SingleAgentLoop(table.environment, table.notifications, self.agent, max_turns).play()


def alone(phone: Phone, model: Model, rules: Rules | None = None) -> Alone:
    table = lay(phone, model, rules or Rules(iterations=(1, 5, 80)), alone=True)
    return Alone(table, SingleAgent(table.setups[AGENT]))
