"""The host of a book club must be away: the group looks for another evening, and then for another book."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    MessagingApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulNotesApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import planned
from pare.scenarios.checks import clock, day, deeds, mentions, proposed, reported, verdict
from pare.scenarios.home_checks import Letters, chat, in_turn, stayed
from pare.scenarios.shop_checks import noted, notes
from pare.scenarios.utils.registry import register_scenario

INES, PETRA, SAMI = "Ines Moreau", "Petra Lund", "Sami Haddad"
OLD_START = "2025-11-20 19:30:00"
NEW_START, NEW_END = "2025-11-25 20:00:00", "2025-11-25 22:30:00"
EVENING, HOUR = day("2025-11-25"), clock("20:00")

READING = """\
- Next: The Salt Road (Thursday, 20 November, at Ines's)
- After that: Winter in Kars
- Read: The Glass Orchard"""


@register_scenario("book_club_finds_another_evening")
class BookClubFindsAnotherEvening(PAREScenario):
    """The user can only come on the 25th; the host settles on it, with another hour and another book."""

    start_time = parse_time("2025-11-10 18:30:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Collaboration, CapabilityTag.Adaptability, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.chats = MessagingApp(name="Chats")
        self.chats.add_conversations(
            conversations=[
                chat(
                    "parents",
                    ["Petra Lind", "Goran Babic"],
                    ("Petra Lind", "2025-11-07 16:00:00", "The hall is ours from 17:30 on the 26th."),
                    title="Parents of 4b",
                ),
                chat(
                    "club",
                    [INES, PETRA, SAMI],
                    (SAMI, "2025-11-03 21:40:00", "Page 40, and I still like nobody in it."),
                    title="Book club",
                ),
                chat("sami", [SAMI], (SAMI, "2025-11-06 08:15:00", "Who had my umbrella?")),
            ]
        )
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("club", "Book club", OLD_START, "2025-11-20 22:00:00"),
            ("parents", "Parents' evening", "2025-11-26 18:00:00", "2025-11-26 20:30:00"),
            ("walk", "Lunch walk", "2025-11-25 12:30:00", "2025-11-25 13:00:00"),
        ):
            self.calendar.set_calendar_event(
                event=CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self.notes = StatefulNotesApp(name="Notes")
        self.reading = self.notes.create_note_with_time(
            folder="Personal", title="Book club", content=READING, created_at="2025-10-16 22:30:00"
        )
        self.notes.create_note_with_time(
            folder="Personal",
            title="Books lent",
            content="- The Glass Orchard: Petra has it",
            created_at="2025-10-17 07:00:00",
        )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.chats,
            self.calendar,
            self.notes,
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            asks = self._writes(
                INES,
                "I must be in Lisbon on the 20th. Could we meet on Tuesday, 25 November, or on Wednesday, 26 "
                "November, at 19:30? Still at mine.",
            ).depends_on(None, delay_seconds=60)
            petra = self._writes(PETRA, "Both are fine.").depends_on(asks, delay_seconds=120)
            sami = self._writes(SAMI, "Same here. John?").depends_on(petra, delay_seconds=60)
            first = self._choose(aui, sami)
            told = ConditionCheckEvent.from_condition(self._ines_knows, every_tick=5).depends_on(sami)
            settles = self._writes(
                INES,
                "Then Tuesday, the 25th, it is! But please come at 20:00, my train may be late; we can stay "
                "until 22:30. And The Salt Road is out of print, so let us all read Winter in Kars for that "
                "evening, and The Salt Road whenever it is back.",
            ).depends_on(told, delay_seconds=240)
            second = self._rearrange(aui, settles)
        self.events = [asks, petra, sami, *first, told, settles, *second]

    def _writes(self, name: str, text: str) -> Any:
        return self.chats.create_and_add_message(conversation_id="club", sender=name, content=text)

    def _choose(self, aui: PAREAgentUserInterface, last: Any) -> list[Any]:
        return in_turn(
            last,
            self.chats.read_conversation(conversation_id="club"),
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-11-25 00:00:00", end_datetime="2025-11-27 00:00:00"
            ),
            aui.send_message_to_user(
                content=(
                    "Ines must move the book club to Tuesday, 25 November, or Wednesday, 26 November. On "
                    "Wednesday you have the parents' evening until 20:30. Shall I tell the group that "
                    "Tuesday suits you?"
                )
            ),
            aui.accept_proposal(content="Yes, Tuesday."),
            self.chats.send_message(
                conversation_id="club", content="I can only come on Tuesday, 25 November."
            ),
        )

    def _rearrange(self, aui: PAREAgentUserInterface, settled: Any) -> list[Any]:
        return in_turn(
            settled,
            self.chats.read_conversation(conversation_id="club"),
            self.notes.search_notes(query="Salt Road"),
            aui.send_message_to_user(
                content=(
                    "It is Tuesday, 25 November, from 20:00 to 22:30, and you all read Winter in Kars first. "
                    "Shall I move the book club in your calendar and change your reading note?"
                )
            ),
            aui.accept_proposal(content="Go ahead."),
            self.calendar.edit_calendar_event(
                event_id="club", start_datetime=NEW_START, end_datetime=NEW_END
            ),
            self.notes.update_note(
                note_id=self.reading,
                content=(
                    "- Next: read Winter in Kars (Tuesday, 25 November, 20:00, at Ines's)\n"
                    "- When it is back: The Salt Road\n- Read: The Glass Orchard"
                ),
            ),
            aui.send_message_to_user(
                content="Calendar and note say Tuesday at 20:00 now, with Winter in Kars."
            ),
        )

    def _ines_knows(self, env: Any) -> bool:
        return Letters(env).tell(INES, (*EVENING, "25"))

    def _note_is_right(self, env: Any) -> bool:
        """Tell whether the next book stands with its evening, and no note with the former one."""
        former = ("20 November", "November 20", "20 Nov", "Nov 20", "2025-11-20")
        texts = [note.content for note in notes(env).values()]
        lines = [line for text in texts for line in text.splitlines() if mentions(line, "Kars")]
        return any(mentions(line, (*EVENING, "25")) for line in lines) and not any(
            mentions(text, former) for text in texts
        )

    def validate(self, env: Any) -> ScenarioValidationResult:
        letters = Letters(env)
        group = (INES, PETRA, SAMI)
        return verdict(
            group_knows_the_evening=all(letters.tell(name, (*EVENING, "25")) for name in group),
            nobody_else_written_to=letters.readers() <= set(group),
            evening_proposed_first=proposed(env, EVENING, before=letters.places(*group)),
            event_moved=planned(env, NEW_START, NEW_END) and not planned(env, OLD_START),
            hour_proposed_first=proposed(env, HOUR, before=deeds(env, NEW_START)),
            note_has_the_next_book=self._note_is_right(env),
            note_has_the_other_books=noted(env, "Salt", "Orchard", "Kars"),
            all_else_kept=stayed(self, env, "club", self.reading),
            told_when_done=reported(env, HOUR),
        )
