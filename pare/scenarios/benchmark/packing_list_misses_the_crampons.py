"""A mountain tour: the packing note misses what the guide writes, and there are two buses to choose from."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulEmailApp,
    StatefulNotesApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.email import Email
from pare.apps.files import VirtualFileSystem
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import planned
from pare.scenarios.checks import clock, mentions, proposed, reported, verdict
from pare.scenarios.home_checks import Letters, answers, in_turn, stayed
from pare.scenarios.shop_checks import noted, notes
from pare.scenarios.utils.registry import register_scenario

GUIDE = "runa@fernhollowguides.example"
BUSES = {"06:10": "2025-06-28 06:10:00", "07:40": "2025-06-28 07:40:00"}
BUS_TIMES = tuple(spelling for bus in BUSES for spelling in clock(bus))
GUESSED_START, TOUR_END = "2025-06-28 05:30:00", "2025-06-29 20:00:00"
NEEDED = ("Helmet", "Harness", "Gaiters", "Crampons", "Slings", "Inhaler")

KIT = "KIT FOR THE GREY RIDGE\nHelmet\nHarness\nGaiters\n2 Slings\nTarp\nIce axes are lent by us.\n"
PACKING = "- Helmet\n- Harness\n- Tarp\n- The Inhaler, two of them"
NOT_TAKEN = ("no", "not", "without", "home", "leave", "leaves", "needless")


@register_scenario("packing_list_misses_the_crampons")
class PackingListMissesTheCrampons(PAREScenario):
    """Runa's kit list holds with two changes; the user says which bus it shall be, early or late."""

    start_time = parse_time("2025-06-24 12:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Planning, CapabilityTag.Search, CapabilityTag.Ambiguity)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.files = VirtualFileSystem(name="Files")
        for path, content in (
            ("/Tours/grey-ridge/kit.txt", KIT),
            ("/Tours/river-walk/kit.txt", "KIT FOR THE RIVER WALK\nSandals\nTowel\n"),
        ):
            self.files.create_file(path=path, content=content)
        self.notes = StatefulNotesApp(name="Notes")
        self.packing = self.notes.create_note_with_time(
            folder="Personal", title="Grey Ridge: packing", content=PACKING, created_at="2025-06-15 20:00:00"
        )
        self.notes.create_note_with_time(
            folder="Personal",
            title="Cellar: what lies where",
            content="- Crampons: green crate\n- Gaiters: on the hook",
            created_at="2025-05-01 10:00:00",
        )
        self._populate_emails()
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end, about in (
            (
                "tour",
                "Grey Ridge with Runa",
                GUESSED_START,
                TOUR_END,
                "Begins with the bus; 05:30 is a guess until Runa writes.",
            ),
            ("concert", "Concert in the park", "2025-06-27 20:00:00", "2025-06-27 22:30:00", ""),
        ):
            self.calendar.set_calendar_event(
                event=CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                    description=about,
                )
            )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.notes,
            self.files,
            self.calendar,
        ]

    def _populate_emails(self) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        for email_id, sender, subject, content, time in (
            (
                "booked",
                GUIDE,
                "Grey Ridge",
                "You are in! The kit list is attached; keep it. Nobody carries more than 12 kilos.",
                "2025-06-02 09:00:00",
            ),
            (
                "boots",
                "repairs@cobblerandlast.example",
                "Your boots",
                "The new soles are on. You can fetch them until Friday, 18:00.",
                "2025-06-23 15:00:00",
            ),
        ):
            self.emails.add_email(
                email=Email(
                    email_id=email_id,
                    sender=sender,
                    recipients=[self.emails.user_email],
                    subject=subject,
                    content=content,
                    timestamp=parse_time(time),
                )
            )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            letter = self.emails.send_email_to_user_with_id(
                email_id="changes",
                sender=GUIDE,
                subject="Grey Ridge on Saturday",
                content=(
                    "Hello all, the kit list for the Grey Ridge holds, with two changes: there is still ice "
                    "below the summit, so bring crampons; and we sleep in the hut, so the tarp stays at "
                    "home. We go up by bus on Saturday, at 06:10 or at 07:40. Please write to me which one "
                    "you take. Runa"
                ),
            ).depends_on(None, delay_seconds=60)
            plan = in_turn(letter, *self._look_around(), *self._get_ready(aui))
        self.events = [letter, *plan]

    def _look_around(self) -> list[Any]:
        return [
            self.emails.get_email_by_id(email_id="changes"),
            self.files.tree(path="/Tours"),
            self.files.cat(path="/Tours/grey-ridge/kit.txt"),
            self.notes.search_notes(query="packing"),
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-06-27 00:00:00", end_datetime="2025-06-29 00:00:00"
            ),
        ]

    def _get_ready(self, aui: PAREAgentUserInterface) -> list[Any]:
        return [
            aui.send_message_to_user(
                content=(
                    "Your packing note misses Crampons, Gaiters and 2 Slings for the tour, and the tarp is "
                    "not needed. Runa also asks which bus you take on Saturday. Shall I correct the note, "
                    "answer Runa and let the tour begin with the bus: at 06:10, or at 07:40?"
                )
            ),
            aui.accept_proposal(content="Yes, and I take the one at 07:40, the concert will be long."),
            self.notes.update_note(
                note_id=self.packing,
                content=(
                    "- The Helmet\n- The Harness\n- My Gaiters\n- The Crampons\n- 2 Slings\n"
                    "- The Inhaler, 2 of them"
                ),
            ),
            self.emails.reply_to_email(email_id="changes", content="I take the bus at 07:40."),
            self.calendar.edit_calendar_event(
                event_id="tour", start_datetime=BUSES["07:40"], end_datetime=TOUR_END
            ),
            aui.send_message_to_user(
                content="The note is complete, and Runa expects you on the bus at 07:40."
            ),
        ]

    def _on_the_right_bus(self, env: Any, letters: Letters) -> bool:
        """Tell whether guide and calendar have the bus that the user named; either one if none was named."""
        said = answers(env)
        named = [bus for bus in BUSES if mentions(said, clock(bus))] or list(BUSES)
        booked = [bus for bus in BUSES if letters.tell(GUIDE, clock(bus))]
        return len(booked) == 1 and booked[0] in named and planned(env, BUSES[booked[0]])

    def _tarp_is_off(self, env: Any) -> bool:
        lines = [line for note in notes(env).values() for line in note.content.splitlines()]
        words = [line.casefold().replace(",", " ").split() for line in lines if mentions(line, "tarp")]
        return all(not set(NOT_TAKEN).isdisjoint(line) for line in words)

    def validate(self, env: Any) -> ScenarioValidationResult:
        letters = Letters(env)
        return verdict(
            note_is_complete=noted(env, *NEEDED),
            tarp_stays_at_home=self._tarp_is_off(env),
            bus_as_the_user_said=self._on_the_right_bus(env, letters),
            tour_once_in_the_calendar=not planned(env, GUESSED_START),
            nobody_else_written_to=letters.readers() <= {GUIDE},
            all_else_kept=stayed(self, env, self.packing, "tour"),
            note_proposed_first=proposed(env, "Crampons"),
            bus_proposed_first=proposed(env, BUS_TIMES, before=letters.places(GUIDE)),
            told_when_done=reported(env, BUS_TIMES),
        )
