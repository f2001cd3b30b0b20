# ruff: noqa: E501 - a text stands on one line
"""The emails of the bundled data: patterns of a subject and a text, by the place of the sender in `SENDERS`."""

from __future__ import annotations

EMAILS = (
    (
        0,
        "New on our shelves: {thing}",
        "Dear customer, since {day} we have {thing} back in stock, along with a few odds and ends from {town}. The shop in {street} is open until {hour}.",
    ),
    (
        0,
        "Your points at Pebble & Pine",
        "You have collected {n} points. They are worth a voucher of {m} euros until the end of {month}, and buy you {thing} at half the price if you are quick.",
    ),
    (
        1,
        "“{book}” is waiting for you",
        "The book that you reserved, “{book}”, is at the desk in {street}. We keep it until {day}, {hour}. After that it goes to the next of {n} readers on the list.",
    ),
    (
        1,
        "Due soon: {book}",
        "This is a friendly reminder that “{book}” is due on {day}, {d} {month}. You can renew it online {m} times, unless somebody else is waiting for it.",
    ),
    (
        1,
        "Reading group in {month}",
        "The reading group meets on {day}, {d} {month}, at {hour} in the {street} branch. We talk about “{book}”. Tea is on us, cake is welcome.",
    ),
    (
        2,
        "This week: {film}",
        "“{film}” runs from {day} at {hour}, with an introduction by {person} on the first night. Members see it for {m} euros less.",
    ),
    (
        2,
        "Open-air night on {day}",
        "If the weather holds, we show “{film}” in the yard behind {street} on {day}, {d} {month}. Bring a blanket; doors open at {hour}.",
    ),
    (
        3,
        "Your vegetable box for {day}",
        "This week's box holds {n} small things from {town} and enough for {dish}. It is packed on {day} and left at your door by {hour}.",
    ),
    (
        3,
        "Recipe of the week: {dish}",
        "{person} from our packing room makes {dish} with what is left on {day}. All it takes is an onion, {m} spoons of oil and {n} minutes of patience.",
    ),
    (
        4,
        "Your meter reading for {month}",
        "Please send us the reading of meter {n}-{m} by {day}, {d} {month}. If we do not hear from you, we estimate it from last year.",
    ),
    (
        4,
        "Power cut in {street} on {day}",
        "For work on the cables there will be no electricity in {street}, {town}, on {day}, {d} {month}, from {hour} for about {m} hours. We apologise for the trouble.",
    ),
    (
        5,
        "Spring check for your bicycle",
        "In {month} we check brakes, chain and lights for {n} euros. {person} has free places on {day} from {hour}; the workshop is in {street}.",
    ),
    (
        5,
        "A word about your spare part",
        "The part for job {n} has come from {town} after {m} weeks. {person} fits it while you wait, on {day} until {hour}.",
    ),
    (
        6,
        "Glazing evening with {person}",
        "On {day}, {d} {month}, {person} shows how ash glazes are mixed. There are {m} wheels and {n} places; we start at {hour}.",
    ),
    (
        6,
        "Your bowls came out of the kiln",
        "Batch {n} has cooled. Please fetch your {m} pieces from the shelf in {street} by {day}; what is left after that goes to the fair in {town}.",
    ),
    (
        7,
        "Your policy {n}: the yearly statement",
        "Enclosed in your account you find the statement for policy {n}. Nothing changes; the next premium of {m} euros falls due in {month}. {person} is there for questions until {hour}.",
    ),
    (
        7,
        "Storm season tips",
        "Before {month} it pays to clear gutters in {town} and to photograph what is in the cellar. Our leaflet, with {n} pictures, was written by {person}.",
    ),
    (
        8,
        "Time for an eye test?",
        "It is {m} years since your last visit to {street}. {person} has time on {day} at {hour}; a test takes {n} minutes.",
    ),
    (
        9,
        "Baking on {day}: {bread}",
        "On {day} from {hour} there will be {bread}, as long as it lasts. {person} has been up since four for it. Order number {n} gets a second one free.",
    ),
    (
        9,
        "We close for {m} days in {month}",
        "From {day}, {d} {month}, the oven is rebuilt. The stall in {town} sells {bread} and little else until {hour}.",
    ),
    (
        10,
        "Your statement for {month} is ready",
        "Statement {n} is in your mailbox on our site. We never ask for your password by email. Our branch in {street} opens at {hour} on {day}.",
    ),
    (
        10,
        "Changed opening hours in {town}",
        "From {d} {month} our branch in {town} closes at {hour} on {day}. The cash machine in {street} stays as it is, and charges nothing below {n} euros.",
    ),
    (
        11,
        "Now is the time for {plant}",
        "In {month} we have {plant} from {town}, {n} to a tray. {person} shows on {day} at {hour} how to plant them so that they stay.",
    ),
    (
        11,
        "Frost warning for {plant}",
        "The nights around {d} {month} turn cold. Cover {plant} with fleece, {m} layers if you can; there is some left in {street}.",
    ),
    (
        12,
        "{n} ideas for a weekend in {town}",
        "Two nights in {town}, in a guest house in {street}, from {n} euros each. {person} has tried the ferry and can tell you about {dish} on board.",
    ),
    (
        12,
        "Timetable change from {d} {month}",
        "The coach to {town} now leaves at {hour} on {day}, from {street}. Bookings made before {month} stay valid; nothing has to be done.",
    ),
    (
        13,
        "Newsletter of {month}",
        "Class {m} has built a weather station, {person} retires after {n} terms, and the canteen tries {dish} on {day}. The gate in {street} closes at {hour}.",
    ),
    (
        13,
        "Lost and found",
        "In the hall we keep {thing}, {m} scarves and a lunch box that smells of {dish}. What nobody has fetched by {day}, {d} {month}, goes to the fair in {town}.",
    ),
    (
        14,
        "Rehearsal plan for {pieces}",
        "We rehearse {pieces} on {day} from {hour} in {street}. {person} takes the altos apart for {n} minutes. Pencils, please.",
    ),
    (
        14,
        "Who can sing in {town}?",
        "A wedding in {town} on {d} {month} asks for {m} voices and {pieces}. {person} keeps the list until {day}, {hour}.",
    ),
    (
        15,
        "Boat times for {team}",
        "On {day} {team} have the water from {hour}. {person} steers. The slip below {street} is wet, and {n} oars are at the joiner's.",
    ),
    (
        15,
        "Regatta in {town}",
        "We take {m} boats to {town} on {d} {month}. The trailer leaves {street} at {hour}; {team} help with loading on {day}.",
    ),
    (
        16,
        "Flu season: walk-in hours",
        "In {month} our practice in {street} gives flu jabs without an appointment, on {day} from {hour}. It takes about {n} minutes; {person} asks you to wear short sleeves.",
    ),
    (
        16,
        "New at the practice: {person}",
        "From {d} {month} {person} joins us and sees patients on {day} until {hour}. The waiting room in {town} has {m} new chairs.",
    ),
    (
        17,
        "{dish}, and other news",
        "Our card for {month} begins with {dish} and ends late. On {day} {person} cooks for {n} guests at one long table; the kitchen opens at {hour}.",
    ),
    (
        17,
        "Thank you for your visit",
        "How was {dish} on {day}? {person} reads every card, all {n} of them. With the code you find below you get a glass of something for {m} euros less until {month}.",
    ),
    (
        18,
        "Maintenance in {town}",
        "In the night to {day}, {d} {month}, the network in {town} is slow from {hour} for {m} hours. Your router {n} does not need a restart.",
    ),
    (
        18,
        "Faster at the same price",
        "In {street} you can now have {n} megabits instead of {m}. Nothing has to be dug up. {person} explains the small print on {day} until {hour}.",
    ),
    (
        19,
        "Bins in {street}",
        "Because of the holiday the bins in {street}, {town}, are emptied on {day} instead, from {hour}. Paper follows on {d} {month}.",
    ),
    (
        19,
        "Have your say about {street}",
        "We plan {n} trees and {m} benches for {street}. The drawings hang in the town hall of {town} until {d} {month}; {person} explains them on {day} at {hour}.",
    ),
    (
        20,
        "Parcel {n}-{m} has arrived in {town}",
        "Your parcel {n}-{m} was left at the shop in {street}. It is kept until {day}, {d} {month}; the shop closes at {hour}.",
    ),
    (
        20,
        "How did {person} do?",
        "{person} brought parcel {n} on {day} at {hour}. Would you take {m} minutes to tell us whether the box had dents?",
    ),
    (
        21,
        "Opening: {exhibit}",
        "{exhibit} fill three rooms from {day}, {d} {month}. {person} speaks at {hour}; friends of the museum see {n} pieces that stay in the store otherwise.",
    ),
    (
        21,
        "Guided tour for friends",
        "{person} leads a tour of {exhibit} on {day} at {hour}. There are {n} places, and {m} folding stools. We meet in {street}.",
    ),
    (
        22,
        "Episode {n}: {topic}",
        "This time {person} talks about {topic} for {m} minutes and gets lost in {town} on the way. Out on {day} at {hour}.",
    ),
    (
        22,
        "We want your questions about {topic}",
        "For the {month} special on {topic} we look for {n} questions. Record yours by {day}, {d} {month}; {person} picks {m} of them.",
    ),
    (
        23,
        "Sunday walk: {walk}",
        "We walk {walk} on {d} {month}, {n} kilometres with {m} stiles. {person} leads; the bus back from {town} goes at {hour}.",
    ),
    (
        23,
        "Path work",
        "Volunteers clear {walk} on {day} from {hour}. Bring gloves and {thing}, if you have it. Soup ({dish}) is made by {person} for all {n} of us.",
    ),
)
