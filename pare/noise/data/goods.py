"""The products and flats of the bundled data: the words that they are put together from."""

from __future__ import annotations

MAKERS = (
    *("Hollowell", "Brindle & Co", "Norrland Works", "Tessaly", "Oakhanger", "Miravel", "Cobblestone"),
    *("Fernway", "Larkspur", "Quayside"),
)

PRODUCTS = (
    # what it is, how options are called and which there are, price from and to
    ("desk lamp", "colour", ("brass", "slate", "cream"), (25, 90)),
    ("wool blanket", "size", ("130x170", "150x200", "220x240"), (40, 160)),
    ("enamel teapot", "colour", ("blue", "white", "moss"), (18, 45)),
    ("hiking backpack", "volume", ("22 l", "35 l", "50 l"), (60, 190)),
    ("rain jacket", "size", ("S", "M", "L", "XL"), (70, 220)),
    ("cast-iron pan", "diameter", ("20 cm", "24 cm", "28 cm"), (22, 75)),
    ("notebook", "ruling", ("plain", "lined", "dotted"), (6, 19)),
    ("pair of headphones", "colour", ("black", "sand"), (35, 210)),
    ("bicycle bell", "finish", ("polished", "matt"), (9, 24)),
    ("picture frame", "size", ("A5", "A4", "A3"), (8, 38)),
    ("chef's knife", "blade", ("16 cm", "20 cm"), (30, 140)),
    ("throw cushion", "colour", ("ochre", "plum", "grey"), (14, 42)),
    ("plant pot", "size", ("small", "medium", "large"), (7, 48)),
    ("travel mug", "volume", ("300 ml", "450 ml"), (15, 33)),
    ("folding chair", "wood", ("beech", "acacia"), (28, 85)),
    ("wall clock", "dial", ("numerals", "dots"), (20, 95)),
    ("board game", "edition", ("classic", "pocket"), (12, 55)),
    ("pair of slippers", "size", ("36-37", "38-39", "40-41", "42-43"), (16, 49)),
    ("watering can", "volume", ("1.5 l", "5 l", "10 l"), (11, 39)),
    ("torch", "light", ("200 lumens", "500 lumens"), (13, 58)),
    ("yoga mat", "thickness", ("4 mm", "6 mm"), (19, 70)),
    ("umbrella", "handle", ("straight", "curved"), (17, 52)),
)

HOUSES = (
    *(
        "Garden Flat",
        "Loft",
        "Corner Flat",
        "Studio",
        "Maisonette",
        "Attic Flat",
        "Courtyard Flat",
        "Town House",
    ),
    *("Canal View", "Old Bakery Flat", "Weaver's Flat", "Sunny Rooms"),
)

PROPERTY_TYPES = ("Apartment", "Studio", "House", "Condo", "Loft")
FURNISHED = ("Furnished", "Unfurnished", "Semi-furnished")
FLOORS = ("Basement", "Ground floor", "Upper floor", "Penthouse")
PETS = ("Pets allowed", "No pets", "Cats allowed", "Dogs allowed")
LEASES = ("Month-to-month", "6 months", "1 year", "2 years")
AMENITIES = (
    *("Balcony", "Bicycle cellar", "Dishwasher", "Garden", "Lift", "Parking", "Washing machine", "Fireplace"),
    *("Storage room", "Wooden floors", "Gym", "Rooftop terrace"),
)
