"""With the last promise a group can afford a telescope, if it is ordered with a code that ends tonight."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulEmailApp,
    StatefulMessagingApp,
    StatefulShoppingApp,
)
from pare.apps.base import parse_time
from pare.apps.email import Email
from pare.apps.messaging import ConversationV2, MessageV2
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, readers, wrote
from pare.scenarios.checks import proposed, reported, verdict
from pare.scenarios.shop_checks import belongings_kept, bought, spent
from pare.scenarios.utils.registry import register_scenario

CODE = "SKY15"
GIVERS = ("Anselm Roux", "Priya Nair", "Yannick Obi")
COLLECTED = 110.0

PRODUCTS = {
    "mug": {
        "name": "Mug with a lid",
        "variants": {"mug-blue": {"price": 16.0, "options": {"colour": "blue"}}},
    },
    "scope": {
        "name": "Telescope for beginners",
        "variants": {
            "scope-50": {"price": 84.0, "options": {"aperture": "50 mm"}},
            "scope-70": {"price": 129.0, "options": {"aperture": "70 mm"}},
        },
    },
}

OFFERS = (
    (
        "march",
        "SKY30 ends with March",
        "30 % off everything with SKY30, until 31 March.",
        "2025-03-20 08:00:00",
    ),
    (
        "april",
        "SKY15: our April code",
        "Until midnight on 24 April SKY15 takes 15 % off telescopes, if nothing else is ordered with them.",
        "2025-04-17 08:00:00",
    ),
    (
        "mugs",
        "MUGS10 for mugs",
        "10 % off mugs with MUGS10, all year round.",
        "2025-04-21 08:00:00",
    ),
)


@register_scenario("group_gift_before_the_code_ends")
class GroupGiftBeforeTheCodeEnds(PAREScenario):
    """Anselm, Priya, Yannick and the user give Solveig a telescope; a mug in the cart must step aside."""

    start_time = parse_time("2025-04-24 18:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Collaboration, CapabilityTag.Planning, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.shop = StatefulShoppingApp(name="Shopping")
        self.shop.load_products_from_dict(products=PRODUCTS)
        self.shop.load_discount_codes_from_dict(
            discount_codes={
                "mug-blue": {"MUGS10": 10.0},
                "scope-50": {CODE: 15.0},
                "scope-70": {CODE: 15.0},
            }
        )
        self.shop.add_to_cart(item_id="mug-blue", quantity=1)
        self.emails = StatefulEmailApp(name="Emails")
        for email_id, subject, content, time in OFFERS:
            self.emails.add_email(
                email=Email(
                    email_id=email_id,
                    sender="news@lanternshop.example",
                    recipients=[self.emails.user_email],
                    subject=subject,
                    content=content,
                    timestamp=parse_time(time),
                )
            )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self._messages(),
            self.emails,
            self.shop,
        ]

    def _messages(self) -> StatefulMessagingApp:
        self.messages = StatefulMessagingApp(
            name="Messages",
            current_user_id="john",
            current_user_name="John Doe",
            id_to_name={
                "anselm": "Anselm Roux",
                "priya": "Priya Nair",
                "yannick": "Yannick Obi",
                "solveig": "Solveig Dahl",
            },
        )
        for conversation_id, title, members, texts in (
            (
                "lunch",
                "Lunch",
                ("anselm", "priya", "yannick", "solveig"),
                (("solveig", "Noodles at half past twelve?"),),
            ),
            (
                "gift",
                "For Solveig",
                ("anselm", "priya", "yannick"),
                (
                    (
                        "priya",
                        "A telescope! The 70 mm one if we get that far, else the 50 mm one. 30 from me.",
                    ),
                    ("anselm", "30 from me. John, you have an account in that shop, would you order it?"),
                    ("john", "Sure, as soon as we know what we have. 30 from me as well. Yannick?"),
                ),
            ),
        ):
            self.messages.add_conversation(
                conversation=ConversationV2(
                    participant_ids=["john", *members],
                    messages=[
                        MessageV2(
                            sender_id=who, timestamp=parse_time("2025-04-22 12:00:00") + place, content=text
                        )
                        for place, (who, text) in enumerate(texts)
                    ],
                    title=title,
                    conversation_id=conversation_id,
                    last_updated=parse_time("2025-04-22 12:00:00"),
                )
            )
        return self.messages

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            promise = self.messages.create_and_add_message(
                conversation_id="gift",
                sender_id="yannick",
                content="Sorry, I was on the boat. 20 from me, so that makes 110. Enough for the big one?",
            ).depends_on(None, delay_seconds=60)
            reads = self._look_around(promise)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "With Yannick you have 110 together. The telescope with 70 mm costs 129, but 109.65 "
                        "with SKY15, which ends at midnight and works for nothing else in the cart. Shall I "
                        "take your mug out, order the telescope with SKY15, put the mug back, and tell the "
                        "group?"
                    )
                )
                .oracle()
                .depends_on(reads[-1], delay_seconds=4)
            )
            accept = aui.accept_proposal(content="Perfect.").oracle().depends_on(propose, delay_seconds=30)
            done = self._order(accept)
            report = (
                aui.send_message_to_user(
                    content="The telescope is ordered for 109.65, and Anselm, Priya and Yannick know."
                )
                .oracle()
                .depends_on(done[-1], delay_seconds=1)
            )
        self.events = [promise, *reads, propose, accept, *done, report]

    def _look_around(self, promise: Any) -> list[Any]:
        chat = (
            self.messages.read_conversation(conversation_id="gift")
            .oracle()
            .depends_on(promise, delay_seconds=5)
        )
        offers = self.emails.search_emails(query="telescopes").oracle().depends_on(chat, delay_seconds=2)
        scopes = (
            self.shop.search_product(product_name="Telescope").oracle().depends_on(offers, delay_seconds=2)
        )
        code = (
            self.shop.get_discount_code_info(discount_code=CODE).oracle().depends_on(scopes, delay_seconds=2)
        )
        cart = self.shop.list_cart().oracle().depends_on(code, delay_seconds=2)
        return [chat, offers, scopes, code, cart]

    def _order(self, accept: Any) -> list[Any]:
        aside = (
            self.shop.remove_from_cart(item_id="mug-blue", quantity=1)
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        add = (
            self.shop.add_to_cart(item_id="scope-70", quantity=1).oracle().depends_on(aside, delay_seconds=2)
        )
        order = self.shop.checkout(discount_code=CODE).oracle().depends_on([aside, add], delay_seconds=2)
        back = (
            self.shop.add_to_cart(item_id="mug-blue", quantity=1)
            .oracle()
            .depends_on([add, order], delay_seconds=2)
        )
        tell = (
            self.messages.send_message_to_group_conversation(
                conversation_id="gift",
                content="It is ordered, the one with 70 mm! It was 109.65 with SKY15, so we have enough.",
            )
            .oracle()
            .depends_on(back, delay_seconds=2)
        )
        return [aside, add, order, back, tell]

    def validate(self, env: Any) -> ScenarioValidationResult:
        return verdict(
            big_telescope_ordered_once=bought(env) == {"scope-70": 1},
            within_what_was_collected=spent(env) <= COLLECTED,
            cart_and_orders_as_before=belongings_kept(self, env),
            group_knows=all(wrote(env, person) for person in GIVERS),
            surprise_kept=readers(env) <= set(GIVERS),
            all_else_kept=kept(self, env),
            proposed_first=proposed(env, (CODE, "109.65", "70 mm", "telescope")),
            told_when_done=reported(env, ("109.65", "telescope", "Solveig", "Yannick")),
        )
