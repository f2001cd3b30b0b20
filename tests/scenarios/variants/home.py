"""Other runs of the scenarios of flats, notes, chats, files and the city."""

from tests.scenarios.variants.tools import (
    OK,
    Variant,
    all_of,
    aui,
    before,
    chat,
    drop,
    enter,
    instead,
    mail,
    note,
    remind,
    reply,
    say,
    shift,
    then,
)

HOME: dict[str, list[Variant]] = {
    "lease_ends_and_a_quiet_flat_comes_up": [
        (
            "the day is said in another way",
            OK,
            instead("reply_to_email", mail("halldora.weiss@weisshouses.example", "Out by the end of July.")),
        ),
        (
            "the rough flat is saved as well",
            "only the fitting flat saved",
            then(
                "save_apartment",
                lambda s: s.flats.save_apartment(f"{{{{{s.events[1].event_id}}}}}"),
            ),
        ),
        (
            "the flat that is too dear is saved instead",
            "only the fitting flat saved",
            instead("save_apartment", lambda s: s.flats.save_apartment("mill")),
        ),
    ],
    "saved_flat_drops_below_the_limit": [
        ("Nadia is thanked", OK, then("remove_saved_apartment", chat("nadia", "See you on Thursday!"))),
        (
            "Tomasz reads along",
            "nobody else written to",
            instead("send_message", chat("hunters", "Kiln House costs 1,280 now.")),
        ),
        (
            "a flat goes before Nadia has asked for that",
            "removal proposed first",
            before("send_message_to_user#2", lambda s: s.flats.remove_saved_apartment("wharf")),
            drop("remove_saved_apartment"),
            instead("send_message_to_user#1", say("Kiln House costs 1,280. Shall I tell Nadia?")),
        ),
        (
            "somebody else reads along for a while",
            "nobody else written to",
            then(
                "send_message",
                all_of(
                    lambda s: s.chats.add_participant_to_conversation("nadia", "Nadja Brandl"),
                    chat("nadia", "Anyone?"),
                    lambda s: s.chats.remove_participant_from_conversation("nadia", "Nadja Brandl"),
                ),
            ),
        ),
    ],
    "viewing_slot_clashes_with_rehearsal": [
        (
            "the agency gets an email of its own",
            OK,
            instead("reply_to_email", mail("viewings@tollgatelettings.example", "Thursday, please.")),
        ),
        (
            "Wednesday is taken",
            "viewing in calendar",
            instead("add_calendar_event", enter("2025-10-15", "18:00", "18:30")),
        ),
        (
            "Garnet Mews is no longer saved",
            "saved flat stays",
            then("reply_to_email", lambda s: s.flats.remove_saved_apartment("garnet")),
        ),
    ],
    "safest_quarter_for_the_daughter": [
        ("the rate is written with a comma", OK, instead("send_message", chat("ilka", "Pine Hall, 8,4!"))),
        (
            "the mother reads it",
            "nobody else written to",
            instead("send_message", chat("family", "Pine Hall: 8.4")),
        ),
        (
            "the brochure's room is told",
            "daughter has room and rate",
            instead("send_message", chat("ilka", "Orchard Rooms, with a rate of 6.1.")),
        ),
    ],
    "flatmates_take_in_a_dog": [
        (
            "the list is written anew, and the old one goes",
            OK,
            instead(
                "update_note",
                all_of(
                    note(
                        "Flat", "Rent up to 2150, three rooms, dog, balcony or yard, tram within 10 minutes"
                    ),
                    lambda s: s.notes.delete_note(s.criteria),
                ),
            ),
        ),
        (
            "the list is written anew, and the old one stays",
            "old limit gone",
            instead(
                "update_note",
                note("Flat", "Rent up to 2150, three rooms, dog, balcony or yard, tram within 10 minutes"),
            ),
        ),
        (
            "Heron Place goes as well",
            "right flats saved",
            then("save_apartment", lambda s: s.flats.remove_saved_apartment("heron")),
        ),
        (
            "the other note is moved",
            "all else kept",
            then(
                "update_note",
                lambda s: s.notes.move_note(
                    next(key for key in s.notes.folders["Personal"].notes if key != s.criteria),
                    "Personal",
                    "Work",
                ),
            ),
        ),
    ],
    "expense_report_for_the_new_accountant": [
        (
            "it is copied from a draft of the email, and the desk hears of it",
            OK,
            then("send_email", reply("return", "Mrs Nair has it.")),
        ),
        (
            "the draft goes along",
            "nothing else sent",
            instead(
                "send_email",
                lambda s: s.emails.send_email(
                    ["priya.nair@nairandoduya.example"],
                    "Expenses",
                    "Here.",
                    attachment_paths=["/Expenses/2025-03.csv", "/Expenses/2025-03-draft.csv"],
                ),
            ),
        ),
        (
            "the other months are tidied away",
            "all else kept",
            then("send_email", lambda s: s.files.rm("/Expenses/2025-03-draft.csv")),
        ),
        (
            "the numbers are written, and no file is sent",
            "adviser has the report",
            instead("send_email", mail("priya.nair@nairandoduya.example", "967.15 in all.")),
        ),
    ],
    "minutes_for_the_one_who_missed_them": [
        (
            "bit by bit",
            OK,
            instead(
                "reply_to_email",
                all_of(
                    reply("missed", "Koval does it for 8450; the scaffold goes on 23 May."),
                    reply("missed", "You renew the permit by 19 May."),
                ),
            ),
        ),
        (
            "the whole note is passed on",
            "secret kept",
            then("reply_to_email", reply("missed", "Boyd leaves us in autumn.")),
        ),
        (
            "one reminder for both",
            "drawings in time",
            drop("add_reminder#2"),
        ),
    ],
    "book_club_finds_another_evening": [
        (
            "the date is said in another way",
            OK,
            instead("send_message", chat("club", "The 25th is fine for me.")),
            instead("send_message_to_user#3", say("Moved to 8 pm.")),
        ),
        (
            "the old evening stays in the note",
            "note has the next book",
            instead(
                "update_note",
                lambda s: s.notes.update_note(
                    s.reading, content="- Winter in Kars\n- The Salt Road (20 November)\n- The Glass Orchard"
                ),
            ),
        ),
        (
            "what was read is forgotten",
            "note has the other books",
            instead(
                "update_note",
                lambda s: s.notes.update_note(
                    s.reading, content="- Next: Winter in Kars, 25 November\n- Then: The Salt Road"
                ),
            ),
            then(
                "update_note",
                lambda s: s.notes.delete_note(
                    next(k for k in s.notes.folders["Personal"].notes if k != s.reading)
                ),
            ),
        ),
    ],
    "notice_period_in_the_scanned_contract": [
        (
            "Milena hears of it",
            OK,
            then("send_email", mail("milena.doe@quickwillow.example", "It is done.")),
        ),
        (
            "the newsletter is answered as well",
            "nobody else written to",
            then("send_email", reply("rise", "We leave. TW-40718")),
        ),
        (
            "the notice has no number",
            "notice given",
            instead("send_email", mail("notices@tidewatergym.example", "I leave on 30 September.")),
        ),
        (
            "the reminder comes too late",
            "reminded to check",
            instead("add_reminder", remind("2025-08-20 09:00")),
        ),
    ],
    "packing_list_misses_the_crampons": [
        (
            "the user wants the early bus",
            OK,
            instead("accept_proposal", lambda s: aui(s).accept_proposal("Yes, at 6:10.")),
            instead("reply_to_email", reply("changes", "I come at 06:10.")),
            instead("edit_calendar_event", shift("tour", "2025-06-28", "06:10", "18:00")),
            instead("send_message_to_user#2", say("Off you go at 6:10!")),
        ),
        (
            "the user wants the early bus, and gets the late one",
            "bus as the user said",
            instead("accept_proposal", lambda s: aui(s).accept_proposal("Yes, at 6:10.")),
        ),
        (
            "the user leaves it open",
            OK,
            instead("accept_proposal", lambda s: aui(s).accept_proposal("Yes, please.")),
        ),
        (
            "the tarp stays on the list, crossed out",
            OK,
            instead(
                "update_note",
                lambda s: s.notes.update_note(
                    s.packing,
                    content="helmet, harness, gaiters, crampons, slings, inhaler\nTarp: not needed",
                ),
            ),
        ),
        (
            "the tarp stays on the list",
            "tarp stays at home",
            instead(
                "update_note",
                lambda s: s.notes.update_note(
                    s.packing, content="helmet, harness, tarp, gaiters, crampons, slings, inhaler"
                ),
            ),
        ),
    ],
}
