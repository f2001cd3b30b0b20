"""The van to the station is cancelled by its driver, and the train does not wait for a double bass."""

from __future__ import annotations

from typing import Any

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulCabApp, StatefulCalendarApp
from pare.apps.base import parse_time
from pare.apps.calendar import CalendarEvent
from pare.kernel.enums import CapabilityTag
from pare.kernel.recording import EventRegisterer
from pare.scenarios import PAREScenario, ScenarioStatus, ScenarioValidationResult
from pare.scenarios.app_checks import kept
from pare.scenarios.checks import clock, proposed, reported, verdict
from pare.scenarios.shop_checks import arrives, belongings_kept, booked, goes, starts
from pare.scenarios.utils.registry import register_scenario

START, RIDE, TRAIN = "2025-03-21 16:20:00", "2025-03-21 16:50:00", "2025-03-21 17:40:00"
HOME, STATION = "5 Fennel Street", "Northgate Station"


@register_scenario("driver_cancels_before_the_train")
class DriverCancelsBeforeTheTrain(PAREScenario):
    """The 17:40 leaves from Northgate Station, and only a Van has room for what must come along."""

    start_time = parse_time(START)
    status = ScenarioStatus.Valid
    is_benchmark_ready = True
    tags = (CapabilityTag.Adaptability, CapabilityTag.Time)

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.cab = StatefulCabApp(name="Cab")
        self.cab.add_new_ride(
            service_type="Default",
            start_location=HOME,
            end_location="Quayside Station",
            price=14.0,
            time_stamp=parse_time("2025-02-28 08:10:00"),
        )
        self.ride = self.cab.order_ride(
            start_location=HOME, end_location=STATION, service_type="Van", ride_time=RIDE
        ).ride_id
        self.calendar = StatefulCalendarApp(name="Calendar")
        for event_id, title, start, end, description in (
            (
                "train",
                "Train 17:40 to Aldermere",
                *(TRAIN, "2025-03-21 19:55:00"),
                "From Northgate Station. The double bass comes along, so no cab but a Van will do.",
            ),
            (
                "concert",
                "Concert in Aldermere",
                *("2025-03-22 18:00:00", "2025-03-22 20:00:00"),
                "",
            ),
            (
                "back",
                "Train 10:05 home",
                *("2025-03-23 10:05:00", "2025-03-23 12:20:00"),
                "Arrives at Quayside Station.",
            ),
        ):
            self.calendar.set_calendar_event(
                event=CalendarEvent(
                    event_id=event_id,
                    title=title,
                    start_datetime=parse_time(start),
                    end_datetime=parse_time(end),
                    description=description,
                )
            )
        self.apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp(name="System"),
            self.cab,
            self.calendar,
        ]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(PAREAgentUserInterface)
        with EventRegisterer.capture_mode():
            cancelled = self.cab.cancel_ride(
                who_cancel="driver", message="My engine has given up. I am sorry, I cannot come."
            ).depends_on(None, delay_seconds=120)
            look = self.calendar.read_today_calendar_events().oracle().depends_on(cancelled, delay_seconds=5)
            propose = (
                aui.send_message_to_user(
                    content=(
                        "The driver of your Van has cancelled. Shall I order another Van from 5 Fennel "
                        "Street to Northgate Station at 16:50, so that you and the bass catch the 17:40?"
                    )
                )
                .oracle()
                .depends_on(look, delay_seconds=3)
            )
            accept = aui.accept_proposal(content="Yes, quick!").oracle().depends_on(propose, delay_seconds=10)
            order = (
                self.cab.order_ride(
                    start_location=HOME, end_location=STATION, service_type="Van", ride_time=RIDE
                )
                .oracle()
                .depends_on(accept, delay_seconds=2)
            )
            report = (
                aui.send_message_to_user(content="Another Van takes you to Northgate Station at 16:50.")
                .oracle()
                .depends_on(order, delay_seconds=1)
            )
        self.events = [cancelled, look, propose, accept, order, report]

    def validate(self, env: Any) -> ScenarioValidationResult:
        ride = booked(env)
        return verdict(
            ride_to_the_right_station=goes(ride, "Fennel", "Northgate"),
            bass_fits=ride is not None and ride.service_type == "Van",
            starts_from_now_on=starts(ride, START, TRAIN),
            there_before_the_train=arrives(ride) <= parse_time(TRAIN),
            all_else_kept=kept(self, env) and belongings_kept(self, env, self.ride),
            proposed_first=proposed(env, ("Van", "cab", "ride")),
            told_when_done=reported(env, ("Van", "cab", "ride", "Northgate", *clock("16:50"))),
        )
