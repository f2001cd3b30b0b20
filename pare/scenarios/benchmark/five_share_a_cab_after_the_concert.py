"""Neighbours want to share the cab home after a concert, first three of them and then five."""

from __future__ import annotations

from math import inf
from typing import Any

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCabApp,
    StatefulCalendarApp,
    StatefulMessagingApp,
)
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.apps.messaging import ConversationV2, MessageV2
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import CapabilityTag, EventType
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept, readers, written
from pare.scenarios.checks import calls, clock, deeds, proposed, reported, verdict
from pare.scenarios.shop_checks import belongings_kept, booked, goes, starts
from pare.scenarios.utils.registry import register_scenario

HALL, HOME = "Meridian Hall", "41 Elm Hill"
RIDE, EARLIEST, LATEST = "2025-10-11 22:45:00", "2025-10-11 22:35:00", "2025-10-11 23:05:00"
TIME = clock("22:45")
GROUP = {"Zeynep Acar", "Malik Shaw", "Dilan Ekin", "Ronan Keane"}


def right_ride(env: Any, service: str) -> bool:
    """Tell whether a ride home after the concert is booked with `service`."""
    ride = booked(env)
    on_time = goes(ride, "Meridian", "Elm Hill") and starts(ride, EARLIEST, LATEST)
    return on_time and ride is not None and ride.service_type == service


@register_scenario("five_share_a_cab_after_the_concert")
class FiveShareACabAfterTheConcert(PAREScenario):
    """Once the cheapest cab is booked for Zeynep, Malik and the user, Dilan and Ronan want to come too."""

    start_time = parse_time("2025-10-11 16:00:00")
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Adaptability, CapabilityTag.Collaboration, CapabilityTag.Planning)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.cab = StatefulCabApp(name="Cab")
        self.cab.add_new_ride(
            service_type="Premium",
            start_location="Northgate Station",
            end_location=HOME,
            price=23.5,
            time_stamp=parse_time("2025-09-14 23:20:00"),
        )
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end in (
            ("concert", "Concert, Meridian Hall", "2025-10-11 20:00:00", "2025-10-11 22:30:00"),
            ("brunch", "Brunch at Ines's", "2025-10-12 11:00:00", "2025-10-12 13:00:00"),
        ):
            self.calendar.set_calendar_event(
                event=CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                )
            )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self._messages(),
            self.calendar,
            self.cab,
        ]

    def _messages(self) -> StatefulMessagingApp:
        self.messages = StatefulMessagingApp(
            name="Messages",
            current_user_id="john",
            current_user_name="John Doe",
            id_to_name={
                "ines": "Ines Prado",
                "zeynep": "Zeynep Acar",
                "malik": "Malik Shaw",
                "dilan": "Dilan Ekin",
                "ronan": "Ronan Keane",
            },
        )
        for conversation_id, title, members, sender, text in (
            ("brunch", "Brunch", ("ines", "zeynep"), "ines", "Bring jam tomorrow, I have everything else."),
            (
                "elm-hill",
                "Elm Hill goes out",
                ("zeynep", "malik", "dilan", "ronan"),
                "dilan",
                "Ronan and I take the tram tonight, see you in row 12!",
            ),
        ):
            message = MessageV2(sender_id=sender, timestamp=parse_time("2025-10-11 12:00:00"), content=text)
            self.messages.add_conversation(
                conversation=ConversationV2(
                    participant_ids=["john", *members],
                    messages=[message],
                    title=title,
                    conversation_id=conversation_id,
                    last_updated=message.timestamp,
                )
            )
        return self.messages

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            request = self.messages.create_and_add_message(
                conversation_id="elm-hill",
                sender_id="zeynep",
                content=(
                    "John, shall Malik and I share a cab home with you? At 22:45 from Meridian Hall to your "
                    "door, 41 Elm Hill, and the cheapest that has room for us, we are all broke. Could you "
                    "book it and tell us here?"
                ),
            ).depends_on(None, delay_seconds=60)
            first = self._book_for_three(aui, request)
            booked_for_three = ConditionCheckEvent.from_condition(
                self._three_have_a_cab, every_tick=20
            ).depends_on(request)
            more = self.messages.create_and_add_message(
                conversation_id="elm-hill",
                sender_id="dilan",
                content=(
                    "No trams after ten, we have just heard! Can Ronan and I come with you in the cab? That "
                    "would make five of us."
                ),
            ).depends_on(booked_for_three, delay_seconds=1200)
            second = self._make_room_for_five(aui, more)
        self.events = [request, *first, booked_for_three, more, *second]

    def _book_for_three(self, aui: PAREAgentUserInterface, request: Any) -> list[Any]:
        read = (
            self.messages.read_conversation(conversation_id="elm-hill")
            .oracle()
            .depends_on(request, delay_seconds=5)
        )
        look = self.calendar.search_events(query="Concert").oracle().depends_on(read, delay_seconds=2)
        prices = (
            self.cab.list_rides(start_location=HALL, end_location=HOME, ride_time=RIDE)
            .oracle()
            .depends_on(look, delay_seconds=2)
        )
        propose = (
            aui.send_message_to_user(
                content=(
                    "Zeynep and Malik want to share a cab home after the concert, which ends at 22:30. Shall "
                    "I book the cheapest, a Default for three, from Meridian Hall to 41 Elm Hill at 22:45, "
                    "and tell them?"
                )
            )
            .oracle()
            .depends_on(prices, delay_seconds=3)
        )
        accept = aui.accept_proposal(content="Sure.").oracle().depends_on(propose, delay_seconds=20)
        order = (
            self.cab.order_ride(
                start_location=HALL, end_location=HOME, service_type="Default", ride_time=RIDE
            )
            .oracle()
            .depends_on(accept, delay_seconds=2)
        )
        tell = (
            self.messages.send_message_to_group_conversation(
                conversation_id="elm-hill", content="Booked: 22:45, in front of Meridian Hall."
            )
            .oracle()
            .depends_on(order, delay_seconds=2)
        )
        return [read, look, prices, propose, accept, order, tell]

    def _make_room_for_five(self, aui: PAREAgentUserInterface, more: Any) -> list[Any]:
        read = (
            self.messages.read_conversation(conversation_id="elm-hill")
            .oracle()
            .depends_on(more, delay_seconds=5)
        )
        ride = self.cab.get_current_ride_status().oracle().depends_on(read, delay_seconds=2)
        propose = (
            aui.send_message_to_user(
                content=(
                    "Dilan and Ronan would like to come along, so you would be five, and your cab has four "
                    "seats. Shall I cancel it, book a Van at 22:45 instead, and tell the group?"
                )
            )
            .oracle()
            .depends_on(ride, delay_seconds=3)
        )
        accept = aui.accept_proposal(content="Of course.").oracle().depends_on(propose, delay_seconds=20)
        cancel = self.cab.user_cancel_ride().oracle().depends_on(accept, delay_seconds=2)
        order = (
            self.cab.order_ride(start_location=HALL, end_location=HOME, service_type="Van", ride_time=RIDE)
            .oracle()
            .depends_on([accept, cancel], delay_seconds=2)
        )
        tell = (
            self.messages.send_message_to_group_conversation(
                conversation_id="elm-hill", content="All five of us go in a Van now, still at 22:45."
            )
            .oracle()
            .depends_on(order, delay_seconds=2)
        )
        report = (
            aui.send_message_to_user(content="A Van comes at 22:45, and Dilan and Ronan know it.")
            .oracle()
            .depends_on(tell, delay_seconds=1)
        )
        return [read, ride, propose, accept, cancel, order, tell, report]

    def _three_have_a_cab(self, env: Any) -> bool:
        return right_ride(env, "Default")

    def validate(self, env: Any) -> ScenarioValidationResult:
        asked = [
            event.event_time or 0.0
            for event in calls(env, "create_and_add_message", EventType.ENV)
            if event.get_args().get("conversation_id") == "elm-hill"
        ]
        of_five = asked[1] if len(asked) > 1 else inf
        times = [event.event_time or 0.0 for event in env.event_log.list_view()]
        sent = [item.time for item in written(env) if item.readers == GROUP]
        later = [place for place in deeds(env) if times[place] >= of_five]
        return verdict(
            five_wanted_to_come=len(asked) > 1,
            van_is_booked=right_ride(env, "Van"),
            group_knew_of_the_first_cab=any(time < of_five for time in sent),
            group_knows_of_the_van=any(time >= of_five for time in sent),
            nobody_else_written_to=readers(env) <= GROUP,
            all_else_kept=kept(self, env) and belongings_kept(self, env),
            asked_before_anything=proposed(env),
            first_cab_proposed_first=proposed(env, TIME),
            van_proposed_first=proposed(env, "Van", before=later),
            told_when_done=reported(env, ("Van", "Dilan", "Ronan"), of=["Van"]),
        )
