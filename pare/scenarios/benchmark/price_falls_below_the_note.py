"""A note says from which price on a coffee mill is worth it, and of two colours the wrong one falls first."""

from __future__ import annotations

from typing import Any

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulNotesApp, StatefulShoppingApp
from pare.apps.base import parse_time
from pare.apps.note import Note
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.checks import mentions, proposed, reported, verdict
from pare.scenarios.shop_checks import belongings_kept, bought, notes
from pare.scenarios.utils.registry import register_scenario

PRICE = "114"
MILL = ("Brisk", "mill")

PRODUCTS = {
    "brisk-1": {
        "name": "Brisk 1 coffee mill",
        "variants": {"first-graphite": {"price": 99.0, "options": {"colour": "graphite"}}},
    },
    "brisk-2": {
        "name": "Brisk 2 coffee mill",
        "variants": {
            "mill-cream": {"price": 139.0, "options": {"colour": "cream"}},
            "mill-graphite": {"price": 139.0, "options": {"colour": "graphite"}},
        },
    },
    "knife": {"name": "Bread knife, olive wood", "variants": {"knife-olive": {"price": 48.0}}},
}

NOTES = (
    (
        "gifts",
        "Gifts",
        "Ottilie wishes for a BRISK in green, but not before December.",
    ),
    (
        "wish-list",
        "Wish list",
        (
            "1. Coffee mill BRISK 2 in graphite: yes, as soon as it costs less than 120. Not in cream, and "
            "not the older BRISK 1.\n"
            "2. Bread knife in OLIVE wood: can wait.\n"
            "What is bought: leave it in the list, and add what it cost."
        ),
    ),
)


@register_scenario("price_falls_below_the_note")
class PriceFallsBelowTheNote(PAREScenario):
    """The Brisk 2 in cream becomes cheaper, which is none of our business, and then the one in graphite."""

    start_time = parse_time("2025-09-03 19:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Search, CapabilityTag.Memory)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.shop = StatefulShoppingApp(name="Shopping")
        self.shop.load_products_from_dict(products=PRODUCTS)
        self.notes = StatefulNotesApp(name="Notes")
        for note_id, title, content in NOTES:
            self.notes.folders["Personal"].add_note(note=Note(note_id=note_id, title=title, content=content))
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.shop,
            self.notes,
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            cream = self.shop.update_item(item_id="mill-cream", new_price=109.0).depends_on(
                None, delay_seconds=60
            )
            graphite = self.shop.update_item(item_id="mill-graphite", new_price=114.0).depends_on(
                cream, delay_seconds=900
            )
            look = (
                self.shop.get_product_details(product_id="brisk-2")
                .oracle()
                .depends_on(graphite, delay_seconds=5)
            )
            read = self.notes.search_notes(query="Brisk").oracle().depends_on(look, delay_seconds=2)
            cart = self.shop.list_cart().oracle().depends_on(read, delay_seconds=2)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "The Brisk 2 coffee mill in graphite costs 114 now, and your wish list says yes "
                        "below 120. Shall I order one, and add the price to your note?"
                    )
                )
                .oracle()
                .depends_on(cart, delay_seconds=3)
            )
            accept = aui.accept_proposal(content="At last!").oracle().depends_on(propose, delay_seconds=20)
            done = self._buy(accept)
            report = (
                aui.send_message_to_user(content="Your Brisk 2 is ordered for 114, and your note says so.")
                .oracle()
                .depends_on(done[-1], delay_seconds=1)
            )
        self.events = [cream, graphite, look, read, cart, propose, accept, *done, report]

    def _buy(self, accept: Any) -> list[Any]:
        add = (
            self.shop.add_to_cart(item_id="mill-graphite", quantity=1)
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        order = self.shop.checkout().oracle().depends_on([accept, add], delay_seconds=2)
        note = (
            self.notes.update_note(
                note_id="wish-list",
                content=(
                    "1. Coffee mill BRISK 2 in graphite: bought in September for 114.\n"
                    "2. Bread knife in OLIVE wood: can wait.\n"
                    "What is bought: leave it in the list, and add what it cost."
                ),
            )
            .oracle()
            .depends_on(order, delay_seconds=2)
        )
        return [add, order, note]

    def validate(self, env: Any) -> ScenarioValidationResult:
        wish_list = notes(env).get("wish-list")
        text = "" if wish_list is None else wish_list.content
        return verdict(
            mill_bought_once_and_nothing_else=bought(env) == {"mill-graphite": 1},
            price_noted=mentions(text, "Brisk", PRICE),
            rest_of_the_list_kept=mentions(text, "olive"),
            all_else_kept=belongings_kept(self, env, "wish-list"),
            proposed_first=proposed(env, PRICE, MILL),
            told_when_done=reported(env, (PRICE, *MILL)),
        )
