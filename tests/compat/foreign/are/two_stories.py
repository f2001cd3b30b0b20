"""Two scenarios in one file; the second overrides fields of the first as a dataclass does."""

from dataclasses import field
from typing import Any

from are.simulation.apps import AgentUserInterface, ContactsApp
from are.simulation.apps.contacts import Contact
from are.simulation.scenarios.scenario import Scenario, ScenarioValidationResult
from are.simulation.scenarios.utils.registry import register_scenario, registry
from are.simulation.types import EventRegisterer


@register_scenario("foreign_guest_list")
class GuestList(Scenario):
    start_time: float | None = 0
    duration: float | None = 100
    seed: int = 3
    guests: int = 2
    names: list[str] = field(default_factory=lambda: ["Ada", "Ben", "Cleo", "Dov"])
    comment: str | None = "a small one"

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        contacts = ContactsApp()
        contacts.add_contacts([Contact(first_name=name, last_name="Guest", contact_id=name) for name in self.names])
        self.apps = [AgentUserInterface(), contacts]

    def build_events_flow(self) -> None:
        aui, contacts = self.get_typed_app(AgentUserInterface), self.get_typed_app(ContactsApp)
        with EventRegisterer.capture_mode():
            task = aui.send_message_to_agent(content=f"Strike the last {len(self.names) - self.guests} off the list.")
            task.delayed(1)
            events, last = [task], task
            for name in self.names[self.guests :]:
                last = contacts.delete_contact(contact_id=name).oracle().depends_on(last, delay_seconds=1)
                events.append(last)
            events.append(aui.send_message_to_user(content="Done.").oracle().depends_on(last, delay_seconds=1))
        self.events = events

    def validate(self, env) -> ScenarioValidationResult:
        left = list(env.get_app("ContactsApp").contacts)
        return ScenarioValidationResult(success=left == self.names[: self.guests], rationale=", ".join(left))


@register_scenario("foreign_big_guest_list")
class BigGuestList(GuestList):
    guests: int = 3
    seed: int = 4
    comment: str | None = None


if __name__ == "__main__":
    assert registry.get_scenario("foreign_big_guest_list") is BigGuestList
    small, tiny = GuestList(), GuestList(guests=1, seed=9, scenario_id="tiny")
    assert (small.guests, tiny.guests, tiny.seed, tiny.scenario_id) == (2, 1, 9, "tiny")
    assert (BigGuestList().guests, BigGuestList().seed, BigGuestList().comment) == (3, 4, None)
    assert small.names is not tiny.names
    tiny.initialize()
    assert len(tiny.events) == 5
