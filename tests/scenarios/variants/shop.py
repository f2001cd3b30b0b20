"""Other runs of the scenarios of shop and cabs."""

from tests.scenarios.variants.tools import (
    OK,
    Variant,
    all_of,
    aui,
    before,
    buy,
    drop,
    enter,
    group,
    instead,
    message,
    noting,
    reply,
    ride,
    shift,
    then,
)

DEPOT_RIDE = ("17 Cobbler Lane", "Westgate Depot", "Van")
EXAM_RIDE = ("22 Tanner Row", "Alderman Hall", "Moto")
CONCERT_RIDE = ("Meridian Hall", "41 Elm Hill")
CLINIC_RIDE = ("3 Larch Court", "Rosebank Clinic", "Ramp")
TRAIN_RIDE = ("5 Fennel Street", "Northgate Station", "Van")

SHOP: dict[str, list[Variant]] = {
    "allergies_change_the_shopping_cart": [
        (
            "the cart is made anew",
            OK,
            instead(
                "remove_from_cart",
                all_of(
                    lambda s: s.shop.remove_from_cart("pesto-cashew", 2),
                    lambda s: s.shop.remove_from_cart("bread-rye", 1),
                    buy("bread-rye"),
                ),
            ),
        ),
        ("the pesto has almonds", "cart is safe", instead("add_to_cart", buy("pesto-almond", 2))),
        ("all is ordered at once", "nothing ordered yet", then("update_note", lambda s: s.shop.checkout())),
        (
            "Tariq is forgotten",
            "other guests",
            instead("update_note", noting("supper", "Ewa: no fish. Liesbeth. Idris: no nuts, no milk.")),
        ),
    ],
    "cab_is_late_before_the_exam": [
        ("the Moto comes at a given time", OK, instead("order_ride", ride(*EXAM_RIDE, "2025-06-17 08:05"))),
        (
            "the Moto comes too late",
            "doors close",
            instead("order_ride", ride(*EXAM_RIDE, "2025-06-17 08:35")),
        ),
        (
            "Marek gets to know",
            "nobody else written to",
            then("send_message", message("Marek Sowa", "Late!")),
        ),
    ],
    "clinic_moves_grandmothers_check": [
        ("the cab comes a little earlier", OK, instead("order_ride", ride(*CLINIC_RIDE, "2025-11-20 08:35"))),
        (
            "the cab comes later than the note asks",
            "cab comes in time",
            instead("order_ride", ride(*CLINIC_RIDE, "2025-11-20 08:55")),
        ),
        (
            "the mechanic is told",
            "nobody else written to",
            then("send_message", message("Petr Novak", "Thursday, 8:45!")),
        ),
        (
            "the old hour stays in the calendar",
            "check moved",
            then("edit_calendar_event", enter("2025-11-20", "11:00", "11:45")),
        ),
    ],
    "driver_cancels_before_the_train": [
        ("the Van comes at once", OK, instead("order_ride", ride(*TRAIN_RIDE))),
        (
            "the Van goes to the station of last time",
            "right station",
            instead("order_ride", ride("5 Fennel Street", "Quayside Station", "Van", "2025-03-21 16:50")),
        ),
        (
            "the Van comes too late",
            "before the train",
            instead("order_ride", ride(*TRAIN_RIDE, "2025-03-21 17:35")),
        ),
        (
            "a cab that is too small is cancelled again",
            OK,
            before(
                "order_ride",
                all_of(
                    ride("5 Fennel Street", "Northgate Station", "Default"),
                    lambda s: s.cab.user_cancel_ride(),
                ),
            ),
        ),
    ],
    "five_share_a_cab_after_the_concert": [
        (
            "the Van comes a little later",
            OK,
            instead("order_ride#2", ride(*CONCERT_RIDE, "Van", "2025-10-11 22:50")),
        ),
        (
            "the concert is not over yet",
            "van is booked",
            instead("order_ride#2", ride(*CONCERT_RIDE, "Van", "2025-10-11 22:15")),
        ),
        (
            "three go in a Van, which is not the cheapest",
            "five wanted",
            instead("order_ride", ride(*CONCERT_RIDE, "Van", "2025-10-11 22:45")),
        ),
        (
            "another group is told",
            "nobody else written to",
            then("order_ride#2", group("brunch", "Five of us!")),
        ),
    ],
    "group_gift_before_the_code_ends": [
        (
            "the friends are told one by one",
            OK,
            instead(
                "send_message_to_group_conversation",
                all_of(
                    *(
                        message(name, "It is ordered!")
                        for name in ("Anselm Roux", "Priya Nair", "Yannick Obi")
                    )
                ),
            ),
        ),
        (
            "the full price is paid",
            "within what was collected",
            instead("checkout", lambda s: s.shop.checkout()),
        ),
        ("the smaller one is ordered", "big telescope", instead("add_to_cart", buy("scope-50"))),
        ("Solveig reads it", "surprise kept", then("checkout", group("lunch", "It is ordered!"))),
    ],
    "parcel_waits_at_the_depot": [
        ("the van comes a little later", OK, instead("order_ride", ride(*DEPOT_RIDE, "2025-08-21 16:45"))),
        (
            "the call is not over yet",
            "user can leave",
            instead("order_ride", ride(*DEPOT_RIDE, "2025-08-21 15:00")),
        ),
        (
            "the user has no call",
            OK,
            instead("accept_proposal", lambda s: aui(s).accept_proposal("Yes.")),
            instead("order_ride", ride(*DEPOT_RIDE, "2025-08-21 15:00")),
        ),
        (
            "the depot closes meanwhile",
            "before it closes",
            instead("order_ride", ride(*DEPOT_RIDE, "2025-08-21 17:55")),
        ),
        (
            "the carrier gets an answer",
            "nobody written to",
            then("order_ride", reply("missed", "I come at 16:30.")),
        ),
    ],
    "price_falls_below_the_note": [
        ("both colours are bought", "nothing else", then("add_to_cart", buy("mill-cream"))),
        (
            "it is bought twice",
            "mill bought once",
            then("update_note", all_of(buy("mill-graphite"), lambda s: s.shop.checkout())),
        ),
        (
            "the rest of the list is gone",
            "rest of the list",
            instead("update_note", noting("wish-list", "Brisk 2: bought for 114.")),
        ),
        (
            "the list is written in other words",
            OK,
            instead("update_note", noting("wish-list", "Brisk 2 (114.00, done), olive knife")),
        ),
    ],
    "recalled_child_seat_was_ordered": [
        (
            "the new seat is ordered first",
            OK,
            drop("cancel_order"),
            then("send_message", lambda s: s.shop.cancel_order("S-311")),
        ),
        (
            "the booster is cancelled as well",
            "other orders",
            then("cancel_order", lambda s: s.shop.cancel_order("S-305")),
        ),
        ("the recalled seat is ordered again", "safe seat", instead("add_to_cart", buy("lumo-b7"))),
        ("something stays in the cart", "other orders", then("send_message", buy("lumo-r-navy"))),
    ],
    "sofa_comes_during_a_hearing": [
        (
            "the morning is chosen",
            "carrier has the time",
            instead("reply_to_email", reply("delivery", "Friday at 9:00, please.")),
        ),
        ("the small take-back is ordered", "old sofa", instead("add_to_cart", buy("back-small"))),
        (
            "the hearing is moved",
            "all else kept",
            then("reply_to_email", shift("hearing", "2025-02-06", "16:30", "17:30")),
        ),
        ("the sofa is cancelled", "all else kept", then("checkout", lambda s: s.shop.cancel_order("F-452"))),
    ],
}
