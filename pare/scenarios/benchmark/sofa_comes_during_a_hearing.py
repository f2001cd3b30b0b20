"""A sofa is to come during a hearing; another time must be chosen, and the old sofa has to go with it."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulEmailApp,
    StatefulReminderApp,
    StatefulShoppingApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.email import Email
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, planned, readers, reminded, wrote
from pare.scenarios.checks import clock, proposed, reported, verdict
from pare.scenarios.shop_checks import belongings_kept, bought
from pare.scenarios.utils.registry import register_scenario

CARRIER = "dispatch@heronfreight.example"
NEW_START, NEW_END = "2025-02-07 16:00:00", "2025-02-07 18:00:00"
TIP = "2025-02-08 09:00:00"
PATIENCE = 6 * 3600
FOUR = (*clock("16:00"), "16", "4-6")

PRODUCTS = {
    "lamp": {"name": "Floor lamp", "variants": {"lamp-brass": {"price": 79.0}}},
    "sofa": {"name": "Sofa Aveline", "variants": {"sofa-green": {"price": 990.0}}},
    "take-back": {
        "name": "Take-back of old furniture",
        "variants": {
            "back-small": {"price": 15.0, "options": {"for": "chair, stool, lamp"}},
            "back-large": {"price": 35.0, "options": {"for": "sofa, bed, wardrobe"}},
        },
    },
}

PLANS = (
    ("hearing", "Hearing, Mbeki against Tarn", "2025-02-06 14:30:00", "2025-02-06 15:30:00"),
    ("dentist", "Dentist", "2025-02-07 09:30:00", "2025-02-07 10:15:00"),
    ("choir", "Choir", "2025-02-07 19:30:00", "2025-02-07 21:30:00"),
)


@register_scenario("sofa_comes_during_a_hearing")
class SofaComesDuringAHearing(PAREScenario):
    """The carrier offers two other times, one of them free; once chosen, it confirms that one."""

    start_time = parse_time("2025-02-03 11:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Planning, CapabilityTag.Adaptability, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.shop = StatefulShoppingApp(name="Shopping")
        self.shop.load_products_from_dict(products=PRODUCTS)
        for order_id, order_status, total, item_id in (
            ("F-447", "delivered", 79.0, "lamp-brass"),
            ("F-452", "shipped", 990.0, "sofa-green"),
        ):
            self.shop.add_order(
                order_id=order_id,
                order_status=order_status,
                order_date=parse_time("2025-01-14 20:30:00"),
                order_total=total,
                item_id=item_id,
                quantity=1,
            )
        self._populate_plans()
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.emails,
            self.calendar,
            self.reminders,
            self.shop,
        ]

    def _populate_plans(self) -> None:
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            email=Email(
                email_id="court",
                sender="registry@tarncourt.example",
                recipients=[self.emails.user_email],
                subject="Hearing on Thursday",
                content="The hearing of 6 February, 14:30, takes place in room 12. It cannot be moved.",
                timestamp=parse_time("2025-01-30 10:00:00"),
            )
        )
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in PLANS:
            self.calendar.set_calendar_event(
                event=CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self.reminders = StatefulReminderApp(name="Reminders")
        self.robe = self.reminders.add_reminder(
            title="Fetch the robe", due_datetime="2025-02-05 17:00:00", description="At the cleaner's"
        )
        self.tip = self.reminders.add_reminder(
            title="Borrow a trailer",
            due_datetime=TIP,
            description="To bring the old sofa to the tip. Not needed if the carrier takes it along.",
        )

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            notice = self.emails.send_email_to_user_with_id(
                email_id="delivery",
                sender=CARRIER,
                subject="F-452 comes on Thursday",
                content=(
                    "We bring order F-452 on Thursday, 6 February, from 14:00 to 16:00; somebody must be at "
                    "home. If that does not suit you, answer with one of these: Friday, 7 February, from "
                    "9:00 to 11:00, or from 16:00 to 18:00. We take an old sofa along if its take-back was "
                    "ordered in the shop before we come."
                ),
            ).depends_on(None, delay_seconds=60)
            before = self._choose(aui, notice)
            chosen = ConditionCheckEvent.from_condition(
                self._time_chosen, every_tick=30, timeout=PATIENCE
            ).depends_on(notice)
            confirmed = self.emails.send_email_to_user_with_id(
                email_id="confirmed",
                sender=CARRIER,
                subject="F-452: Friday it is",
                content=(
                    "Thank you. F-452 comes on Friday, 7 February, between 16:00 and 18:00. Please keep the "
                    "way to the door clear. This email needs no answer."
                ),
            ).depends_on(chosen, delay_seconds=300)
            after = self._enter(aui, confirmed)
        self.events = [notice, *before, chosen, confirmed, *after]

    def _choose(self, aui: PAREAgentUserInterface, notice: Any) -> list[Any]:
        read = self.emails.get_email_by_id(email_id="delivery").oracle().depends_on(notice, delay_seconds=5)
        order = self.shop.get_order_details(order_id="F-452").oracle().depends_on(read, delay_seconds=2)
        look = (
            self.calendar.get_calendar_events_from_to(
                start_datetime="2025-02-06 00:00:00", end_datetime="2025-02-08 00:00:00"
            )
            .oracle()
            .depends_on(order, delay_seconds=2)
        )
        remind = self.reminders.get_all_reminders().oracle().depends_on(look, delay_seconds=2)
        items = (
            self.shop.search_product(product_name="take-back").oracle().depends_on(remind, delay_seconds=2)
        )
        propose = (
            aui.send_message_to_user(
                content=(
                    "Your sofa is to come on Thursday from 14:00 to 16:00, during the hearing. On Friday you "
                    "are free from 16:00 to 18:00, but not in the morning. Shall I choose that, order the "
                    "take-back of your old sofa for 35, and drop the reminder about the trailer?"
                )
            )
            .oracle()
            .depends_on(items, delay_seconds=4)
        )
        accept = aui.accept_proposal(content="Yes, all of it.").oracle().depends_on(propose, delay_seconds=40)
        answer = (
            self.emails.reply_to_email(
                email_id="delivery", content="Please bring it on Friday, 7 February, from 16:00 to 18:00."
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        add = (
            self.shop.add_to_cart(item_id="back-large", quantity=1)
            .oracle()
            .depends_on(answer, delay_seconds=2)
        )
        pay = self.shop.checkout().oracle().depends_on([answer, add], delay_seconds=2)
        return [read, order, look, remind, items, propose, accept, answer, add, pay]

    def _enter(self, aui: PAREAgentUserInterface, confirmed: Any) -> list[Any]:
        read = (
            self.emails.get_email_by_id(email_id="confirmed").oracle().depends_on(confirmed, delay_seconds=5)
        )
        enter = (
            self.calendar.add_calendar_event(
                title="The sofa comes, and the old one goes", start_datetime=NEW_START, end_datetime=NEW_END
            )
            .oracle()
            .depends_on(read, delay_seconds=2)
        )
        forget = (
            self.reminders.delete_reminder(reminder_id=self.tip).oracle().depends_on(enter, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(
                content="The sofa comes on Friday from 16:00 to 18:00, and the old one goes with it."
            )
            .oracle()
            .depends_on(forget, delay_seconds=1)
        )
        return [read, enter, forget, report]

    def _time_chosen(self, env: Any) -> bool:
        return wrote(env, CARRIER, FOUR)

    def validate(self, env: Any) -> ScenarioValidationResult:
        return verdict(
            carrier_has_the_time=self._time_chosen(env),
            nobody_else_written_to=readers(env) <= {CARRIER},
            delivery_is_in_the_calendar=planned(env, NEW_START, NEW_END),
            old_sofa_is_taken_along=bought(env) == {"back-large": 1},
            no_trailer_needed=not reminded(env, TIP, TIP),
            all_else_kept=kept(self, env, self.tip) and belongings_kept(self, env),
            proposed_first=proposed(env, FOUR),
            told_when_done=reported(env, FOUR),
        )
