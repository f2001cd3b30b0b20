"""What a scenario is, in a line."""

import pytest

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulReminderApp
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, Scenario
from pare.scenarios.overview import Overview, difficulty, oracle_length, overview, summary_of


class Bread(PAREScenario):
    """Bread is to be bought.

    Nothing else happens.
    """

    scenario_id = "bread"
    tags = (CapabilityTag.Memory, CapabilityTag.Time)

    def init_and_populate_apps(self, *args, **kwargs):
        self.aui = PAREAgentUserInterface()
        self.reminders = StatefulReminderApp(name="Reminders")
        self.apps = [self.aui, HomeScreenSystemApp(name="System"), self.reminders]

    def build_events_flow(self):
        with EventRegisterer.capture_mode():
            ask = self.aui.send_message_to_agent(content="Bread!").depends_on(None, 1)
            offer = self.aui.send_message_to_user(content="Shall I?").oracle().depends_on(ask, 1)
            accept = self.aui.accept_proposal(content="Yes")
            accept.oracle().depends_on(offer, 1)
        self.events = [ask, offer, accept]


@pytest.fixture
def bread():
    scenario = Bread()
    scenario.initialize()
    return scenario


def test_a_scenario_in_a_line(bread):
    found = overview(bread)
    assert found == Overview("bread", ("Reminders",), ("Memory", "Time"), 2, "Bread is to be bought.")
    assert found.difficulty == "short"


def test_an_event_counts_as_the_oracle_event_that_it_became(bread):
    assert oracle_length(bread) == 2


def test_a_longer_oracle_is_more_difficult():
    assert [difficulty(length) for length in (0, 9, 10, 11, 12, 40)] == [
        *("short", "short", "medium", "medium", "long", "long")
    ]


def test_a_scenario_without_words_of_its_own_has_no_summary():
    class Silent(Scenario):
        pass

    assert summary_of(Silent) == ""
