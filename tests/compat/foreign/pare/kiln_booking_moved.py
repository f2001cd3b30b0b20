from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from are.simulation.apps.calendar import CalendarEvent
from are.simulation.apps.email_client import Email, EmailFolderName
from are.simulation.scenarios.scenario import ScenarioStatus, ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, EventRegisterer, EventType

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulEmailApp,
)
from pare.scenarios import PAREScenario
from pare.scenarios.utils.registry import register_scenario


@register_scenario("foreign_kiln_booking_moved")
class KilnBookingMoved(PAREScenario):
    """The studio moves the kiln; the agent offers to move the booking, does so, and confirms by mail."""

    start_time = datetime(2025, 10, 6, 9, 0, 0, tzinfo=UTC).timestamp()
    status = ScenarioStatus.Valid
    is_benchmark_ready = True

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.agent_ui = PAREAgentUserInterface()
        self.system_app = HomeScreenSystemApp(name="System")
        self.email = StatefulEmailApp(name="Emails")
        self.calendar = StatefulCalendarApp(name="Calendar")
        self.email.add_email(
            Email(
                sender="studio@clay.example",
                recipients=[self.email.user_email],
                subject="Your kiln slot",
                content="Tuesday at ten, as agreed.",
                email_id="slot",
                timestamp=datetime(2025, 10, 1, 9, 0, 0, tzinfo=UTC).timestamp(),
            ),
            EmailFolderName.INBOX,
        )
        self.calendar.set_calendar_event(
            CalendarEvent(
                event_id="kiln",
                title="Kiln",
                start_datetime=datetime(2025, 10, 7, 10, 0, 0, tzinfo=UTC).timestamp(),
                end_datetime=datetime(2025, 10, 7, 12, 0, 0, tzinfo=UTC).timestamp(),
            )
        )
        self.apps = [self.agent_ui, self.system_app, self.email, self.calendar]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        email_app = self.get_typed_app(StatefulEmailApp, "Emails")
        calendar_app = self.get_typed_app(StatefulCalendarApp, "Calendar")

        with EventRegisterer.capture_mode():
            moved_event = email_app.send_email_to_user_with_id(
                email_id="moved",
                sender="studio@clay.example",
                subject="Kiln broken until noon",
                content="Please come on Tuesday at 14:00 instead, and tell us that it suits you.",
            ).delayed(15)
            read_event = (
                email_app.get_email_by_id(email_id="moved", folder_name="INBOX")
                .oracle()
                .depends_on(moved_event, delay_seconds=2)
            )
            day_event = (
                calendar_app.get_calendar_events_from_to(
                    start_datetime="2025-10-07 00:00:00", end_datetime="2025-10-08 00:00:00"
                )
                .oracle()
                .depends_on(read_event, delay_seconds=1)
            )
            proposal_event = (
                aui.send_message_to_user(
                    content="The studio asks for 14:00 on Tuesday. Shall I move it and confirm?"
                )
                .oracle()
                .depends_on([read_event, day_event], delay_seconds=2)
            )
            acceptance_event = (
                aui.accept_proposal(content="Yes please.")
                .oracle()
                .depends_on(proposal_event, delay_seconds=2)
            )
            edit_event = (
                calendar_app.edit_calendar_event(
                    event_id="kiln", start_datetime="2025-10-07 14:00:00", end_datetime="2025-10-07 16:00:00"
                )
                .oracle()
                .depends_on(acceptance_event, delay_seconds=1)
            )
            reply_event = (
                email_app.reply_to_email(email_id="moved", folder_name="INBOX", content="14:00 suits me.")
                .oracle()
                .depends_on(edit_event, delay_seconds=1)
            )
            done_event = (
                aui.send_message_to_user(content="Moved and confirmed.")
                .oracle()
                .depends_on(reply_event, delay_seconds=1)
            )

        self.events = [
            moved_event,
            read_event,
            day_event,
            proposal_event,
            acceptance_event,
            edit_event,
            reply_event,
            done_event,
        ]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            log_entries = env.event_log.list_view()
            agent_events = [
                e for e in log_entries if e.event_type == EventType.AGENT and isinstance(e.action, Action)
            ]
            edited = any(
                e.action.class_name == "StatefulCalendarApp"
                and e.action.function_name == "edit_calendar_event"
                and e.action.args.get("event_id") == "kiln"
                and "14:00" in str(e.action.args.get("start_datetime"))
                for e in agent_events
            )
            replied = any(
                e.action.class_name == "StatefulEmailApp"
                and e.action.function_name in ["reply_to_email", "send_email"]
                and e.action.args.get("email_id") == "moved"
                for e in agent_events
            )
            success = edited and replied
            rationale = None
            if not success:
                missing = [name for name, found in (("edit", edited), ("reply", replied)) if not found]
                rationale = f"missing: {', '.join(missing)}"
            return ScenarioValidationResult(success=success, rationale=rationale)
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
