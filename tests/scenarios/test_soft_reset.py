"""A scenario that goes back to where it was initialised, and runs once more."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulReminderApp,
)
from pare.apps.email import Email
from pare.errors import ScenarioNotInitializedError
from pare.kernel.clock import DEFAULT_START_TIME
from pare.kernel.recording import EventRegisterer
from pare.scenario_runner import play_oracle
from pare.scenarios import PAREScenario, Scenario
from tests.kernel.phone import Diary, arrival, oracle


class Diaries(Scenario):
    """An entry arrives, the agent answers it; the diary holds one entry before."""

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.diary = Diary()
        self.diary.add("before")
        self.apps = [self.diary]

    def build_events_flow(self) -> None:
        with EventRegisterer.capture_mode():
            arrives = self.diary.arrive("news").depends_on(None, 5)
            answers = self.diary.write("seen").oracle().depends_on(arrives, 2)
        self.events = [arrives, answers]


def lines_of(scenario: Scenario) -> list[dict[str, Any]]:
    run = play_oracle(scenario)
    assert run.result.exception is None
    return run.environment.event_log.lines()


class Morning(PAREScenario):
    """Mail arrives and is tapped, answered and filed; a reminder rings; events are made at run time."""

    start_time = 1000.0
    duration = 600

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.mail, self.calendar = StatefulEmailApp(name="Emails"), StatefulCalendarApp(name="Calendar")
        self.contacts, self.reminders = StatefulContactsApp(name="Contacts"), StatefulReminderApp()
        self.phone, self.aui = HomeScreenSystemApp(name="System"), PAREAgentUserInterface()
        self.mail.add_email(Email(sender="a@example.org", subject="old", content="old"))
        self.calendar.add_calendar_event(
            title="walk", start_datetime="1970-01-02 00:00:00", end_datetime="1970-01-02 01:00:00"
        )
        self.reminders.add_reminder(title="tea", due_datetime="1970-01-01 00:20:00", description="")
        self.apps = [self.aui, self.phone, self.mail, self.calendar, self.contacts, self.reminders]

    def build_events_flow(self) -> None:
        self.contacts.add_new_contact(first_name="Ana", last_name="Lee")
        with EventRegisterer.capture_mode():
            plan: list[Any] = [
                self.mail.send_email_to_user(email=Email(sender="b@example.org", subject="new", content="x")),
                self.phone.open_app("Emails").oracle(),
                self.mail.reply_to_email(email_id="{{reply}}", content="yes").oracle(),
                self.mail.list_emails().oracle(),
                self.calendar.add_calendar_event(
                    title="tea", start_datetime="1970-01-03 00:00:00", end_datetime="1970-01-03 01:00:00"
                ).oracle(),
                self.reminders.add_reminder("x", "1970-01-01 00:18:00", "").oracle(),
                self.contacts.add_new_contact(first_name="Ben", last_name="Ray").oracle(),
                self.phone.wait_for_notification(timeout=300).oracle(),
                self.aui.send_message_to_user(content="done").oracle(),
            ]
        plan[0].with_id("reply")
        for earlier, later in pairwise(plan):
            later.depends_on(earlier, 3)
        self.events = plan


def test_a_soft_reset_gives_an_identical_second_run() -> None:
    scenario = Morning(seed=11)
    first = lines_of(scenario)
    assert [line["exception"] for line in first] == [None] * 9
    scenario.soft_reset()
    assert lines_of(scenario) == first
    scenario.soft_reset()
    assert lines_of(scenario) == first == lines_of(Morning(seed=11))


def test_a_soft_reset_brings_back_the_data_of_every_app() -> None:
    scenario = Morning()
    scenario.initialize()
    before = {app.name: app.get_state() for app in scenario.apps or ()}
    play_oracle(scenario)
    assert {app.name: app.get_state() for app in scenario.apps or ()} != before
    scenario.soft_reset()
    assert {app.name: app.get_state() for app in scenario.apps or ()} == before
    assert scenario.run_context.clock.now == 1000.0


def test_a_soft_reset_keeps_absolute_times_and_forgets_computed_ones() -> None:
    diary = Diary()
    placed = arrival(diary, "placed").at_absolute_time(DEFAULT_START_TIME + 9).depends_on(None)
    follows = oracle(diary, "follows", placed, 1)
    scenario = Scenario(apps=[diary], events=[placed, follows])
    scenario.initialize()
    follows.compute_absolute_time()
    added = arrival(diary, "added", None, 3)
    added.event_time = 5.0
    scenario.events.append(added)
    scenario.soft_reset()
    assert [event.event_time for event in (placed, follows, added)] == [DEFAULT_START_TIME + 9, None, None]


def test_an_app_that_came_later_has_nothing_to_go_back_to() -> None:
    scenario = Diaries(scenario_id="d")
    scenario.initialize()
    scenario.reset_apps([Diary(), Diary("Late")])
    with pytest.raises(ScenarioNotInitializedError, match="app 'Late' was not there when scenario 'd'"):
        scenario.soft_reset()
