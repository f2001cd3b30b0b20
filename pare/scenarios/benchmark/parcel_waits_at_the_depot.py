"""A long parcel waits at a depot until six; only a van takes it, and the user cannot leave at once."""

from __future__ import annotations

from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCabApp,
    StatefulEmailApp,
    StatefulReminderApp,
    StatefulShoppingApp,
)
from pare.apps.base import parse_time
from pare.apps.email import Email
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, readers, reminded
from pare.scenarios.checks import calls, clock, mentions, proposed, reported, verdict
from pare.scenarios.shop_checks import arrives, belongings_kept, booked, bought, goes, starts
from pare.scenarios.utils.registry import register_scenario

START, FREE, CLOSES = "2025-08-21 14:30:00", "2025-08-21 16:20:00", "2025-08-21 18:00:00"
LEAVE, REMIND = "2025-08-21 16:30:00", "2025-08-21 16:20:00"
HOME, DEPOT = "17 Cobbler Lane", "Westgate Depot"

PRODUCTS = {
    "bulbs": {
        "name": "Light bulbs, box of six",
        "variants": {"bulbs-warm": {"price": 14.0, "options": {"parcel": "20 x 15 x 10 cm"}}},
    },
    "shelf": {
        "name": "Larch shelf for the hall",
        "variants": {"shelf-tall": {"price": 189.0, "options": {"parcel": "215 x 40 x 12 cm"}}},
    },
}


@register_scenario("parcel_waits_at_the_depot")
class ParcelWaitsAtTheDepot(PAREScenario):
    """Order P-88 could not be delivered; on this afternoon it can be fetched, before it goes back."""

    start_time = parse_time(START)
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Adaptability, CapabilityTag.Search, CapabilityTag.Time)
    additional_system_prompt = (
        "You work at home today and have a phone call until 16:20, which is in no calendar. If it is "
        "proposed that you go out this afternoon, accept, and say in your answer that you can leave at 16:30."
    )

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.shop = StatefulShoppingApp(name="Shopping")
        self.shop.load_products_from_dict(products=PRODUCTS)
        for order_id, total, item_id in (("P-88", 189.0, "shelf-tall"), ("P-91", 14.0, "bulbs-warm")):
            self.shop.add_order(
                order_id=order_id,
                order_status="shipped",
                order_date=parse_time("2025-08-18 20:00:00"),
                order_total=total,
                item_id=item_id,
                quantity=1,
            )
        self.cab = StatefulCabApp(name="Cab")
        for end, time in (
            ("Opera House", "2025-07-12 18:40:00"),
            ("Northgate Station", "2025-08-01 07:10:00"),
        ):
            self.cab.add_new_ride(
                service_type="Default",
                start_location=HOME,
                end_location=end,
                price=12.0,
                time_stamp=parse_time(time),
            )
        self.reminders = StatefulReminderApp(name="Reminders")
        self.reminders.add_reminder(
            title="Water the tomatoes", due_datetime="2025-08-21 19:30:00", description=""
        )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self._emails(),
            self.shop,
            self.cab,
            self.reminders,
        ]

    def _emails(self) -> StatefulEmailApp:
        self.emails = StatefulEmailApp(name="Emails")
        self.emails.add_email(
            email=Email(
                email_id="bulbs-come",
                sender="tracking@otterparcel.example",
                recipients=[self.emails.user_email],
                subject="P-91 arrives tomorrow",
                content="Your parcel P-91 comes tomorrow. You need not do anything.",
                timestamp=parse_time("2025-08-21 09:05:00"),
            )
        )
        return self.emails

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            missed = self.emails.send_email_to_user_with_id(
                email_id="missed",
                sender="tracking@otterparcel.example",
                subject="P-88: nobody opened",
                content=(
                    "We rang, but nobody opened. P-88 lies at Westgate Depot until 18:00 today and goes back "
                    "to the sender then. Bring your identity card. Parcels of more than 150 cm do not fit "
                    "into a car: cabs take them as Van rides only. Please do not answer this email."
                ),
            ).depends_on(None, delay_seconds=60)
            reads = self._look_around(missed)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "Your shelf (order P-88, 215 cm) lies at Westgate Depot and goes back after 18:00 "
                        "today. Shall I order a Van from 17 Cobbler Lane to Westgate Depot at 15:00, and "
                        "remind you of your identity card?"
                    )
                )
                .oracle()
                .depends_on(reads[-1], delay_seconds=4)
            )
            accept = (
                aui.accept_proposal(content="Yes, but I am on the phone until 16:20. Make it 16:30, please.")
                .oracle()
                .depends_on(propose, delay_seconds=45)
            )
            done = self._send_the_van(accept)
            report = (
                aui.send_message_to_user(
                    content="A Van takes you to Westgate Depot at 16:30; I will remind you of your card."
                )
                .oracle()
                .depends_on(done[-1], delay_seconds=1)
            )
        self.events = [missed, *reads, propose, accept, *done, report]

    def _look_around(self, missed: Any) -> list[Any]:
        read = self.emails.get_email_by_id(email_id="missed").oracle().depends_on(missed, delay_seconds=5)
        order = self.shop.get_order_details(order_id="P-88").oracle().depends_on(read, delay_seconds=2)
        rides = self.cab.get_ride_history().oracle().depends_on(order, delay_seconds=2)
        prices = (
            self.cab.list_rides(start_location=HOME, end_location=DEPOT)
            .oracle()
            .depends_on(rides, delay_seconds=2)
        )
        return [read, order, rides, prices]

    def _send_the_van(self, accept: Any) -> list[Any]:
        ride = (
            self.cab.order_ride(start_location=HOME, end_location=DEPOT, service_type="Van", ride_time=LEAVE)
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        remind = (
            self.reminders.add_reminder(
                title="Take your identity card",
                due_datetime=REMIND,
                description="The Van to Westgate Depot comes at 16:30.",
            )
            .oracle()
            .depends_on(ride, delay_seconds=2)
        )
        return [ride, remind]

    def validate(self, env: Any) -> ScenarioValidationResult:
        ride = booked(env)
        answers = " ".join(str(event.get_args().get("content")) for event in calls(env, "accept_proposal"))
        said_when = any(mentions(answers, clock(time)) for time in ("16:20", "16:30"))
        return verdict(
            ride_to_the_depot=goes(ride, "Cobbler", "Westgate"),
            parcel_fits=ride is not None and ride.service_type == "Van",
            user_can_leave_then=starts(ride, FREE if said_when else START, CLOSES),
            there_before_it_closes=arrives(ride) <= parse_time(CLOSES),
            reminded_of_the_card=reminded(env, START, "2025-08-21 17:30:00"),
            nothing_else_bought=not bought(env),
            orders_and_past_rides_kept=belongings_kept(self, env),
            other_reminders_kept=kept(self, env),
            nobody_written_to=not readers(env),
            proposed_first=proposed(env, ("Westgate", "depot", "P-88")),
            told_when_done=reported(env, ("Westgate", "depot", "Van")),
        )
