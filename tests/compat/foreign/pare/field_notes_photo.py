from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from are.simulation.apps import SandboxLocalFileSystem
from are.simulation.scenarios.scenario import ScenarioStatus, ScenarioValidationResult
from are.simulation.types import AbstractEnvironment, Action, EventRegisterer, EventType

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulEmailApp
from pare.apps.note import StatefulNotesApp
from pare.scenarios import PAREScenario
from pare.scenarios.utils.registry import register_scenario


@register_scenario("foreign_field_notes_photo")
class FieldNotesPhoto(PAREScenario):
    """A mail brings a map as attachment; it goes into a file, into a note, and an old one goes away."""

    start_time = datetime(2025, 4, 14, 7, 0, 0, tzinfo=UTC).timestamp()
    status = ScenarioStatus.Valid
    is_benchmark_ready = True

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        sandbox_dir: Path | None = kwargs.get("sandbox_dir")
        self.agent_ui = PAREAgentUserInterface()
        self.system_app = HomeScreenSystemApp(name="System")
        self.files = SandboxLocalFileSystem(name="Files", sandbox_dir=sandbox_dir)
        self.email = StatefulEmailApp(name="Emails")
        self.note = StatefulNotesApp(name="Notes")
        self.email.internal_fs = self.files
        self.note.internal_fs = self.files
        self.files.makedirs("Downloads", exist_ok=True)
        with self.files.open("/map.txt", "w") as f:
            f.write("Left at the oak.")
        self.trip = self.note.create_note(folder="Inbox", title="Trip", content="Bring boots")
        self.apps = [self.agent_ui, self.system_app, self.files, self.email, self.note]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        email_app = self.get_typed_app(StatefulEmailApp, "Emails")
        note_app = self.get_typed_app(StatefulNotesApp, "Notes")
        files_app = self.get_typed_app(SandboxLocalFileSystem, "Files")
        with EventRegisterer.capture_mode():
            mail = email_app.send_email_to_user_with_id(
                email_id="map",
                sender="ranger@woods.example",
                subject="The map",
                content="For your trip.",
                attachment_paths=["/map.txt"],
            ).delayed(12)
            load = (
                email_app.download_attachments(email_id="map", folder_name="INBOX", path_to_save="Downloads/")
                .oracle()
                .depends_on(mail, delay_seconds=2)
            )
            read = (
                files_app.read_document(file_path="Downloads/map.txt")
                .oracle()
                .depends_on(load, delay_seconds=1)
            )
            offer = aui.send_message_to_user(
                content="Put the ranger's map into your note on the trip?"
            ).oracle()
            offer.depends_on(read, delay_seconds=1)
            yes = aui.accept_proposal(content="Sure").oracle().depends_on(offer, delay_seconds=1)
            attach = (
                note_app.add_attachment_to_note(note_id=self.trip, attachment_path="Downloads/map.txt")
                .oracle()
                .depends_on(yes, delay_seconds=1)
            )
            look = note_app.list_attachments(note_id=self.trip).oracle().depends_on(attach, delay_seconds=1)
        self.events = [mail, load, read, offer, yes, attach, look]

    def validate(self, env: AbstractEnvironment) -> ScenarioValidationResult:
        try:
            attached = any(
                e.event_type == EventType.AGENT
                and isinstance(e.action, Action)
                and e.action.class_name == "StatefulNotesApp"
                and e.action.function_name == "add_attachment_to_note"
                for e in env.event_log.list_view()
            )
            return ScenarioValidationResult(success=attached)
        except Exception as e:
            return ScenarioValidationResult(success=False, exception=e)
