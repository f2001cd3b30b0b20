"""People, firms, places and things: what the texts of the bundled data are filled with."""

from __future__ import annotations

FIRST_NAMES = (
    *("Alba", "Anselm", "Aroha", "Babak", "Bettina", "Cedric", "Chiamaka", "Corin", "Dagny", "Davor"),
    *("Eluned", "Emeka", "Fenna", "Florin", "Ginevra", "Goran", "Hanneke", "Hideo", "Idony", "Iskra"),
    *("Jarmo", "Jocasta", "Kalinda", "Kerem", "Lavinia", "Leocadia", "Maelle", "Marwan", "Nadezhda", "Nils"),
    *("Oriane", "Osric", "Paloma", "Pranav", "Quirin", "Rosalba", "Rufina", "Sanna", "Soraya", "Teodor"),
    *("Thandi", "Ulrika", "Umberto", "Valdis", "Vesna", "Wambui", "Wendel", "Xenia", "Yorick", "Zelda"),
)

LAST_NAMES = (
    *("Abernold", "Askildsen", "Barrowmead", "Bellacort", "Castelane", "Cindermoor", "Dovrany", "Drumgale"),
    *("Eastermann", "Elverskog", "Farnwick", "Fiorentani", "Galbreith", "Grunevald", "Hollinshaw", "Huxby"),
    *("Ibarrola", "Illingmoor", "Jastrow", "Juvonen", "Kettleby", "Korhola", "Larkwell", "Lindqvara"),
    *("Marchbank", "Mukondo", "Nakarada", "Norrgate", "Oduwale", "Ostrander", "Pennerith", "Pirelka"),
    *("Quennell", "Radovic", "Rainsford", "Sablehurst", "Serrano", "Tamberlin", "Thistlewood", "Ullmark"),
    *("Umarani", "Vantongel", "Verhoeven", "Wakerley", "Wexcombe", "Yarrowby", "Yilmazer", "Zarantonello"),
)

SENDERS = (
    # who writes, the mailbox, the domain
    ("Pebble & Pine", "hello", "pebbleandpine.example"),
    ("Moorgate Library", "desk", "moorgatelibrary.example"),
    ("Lantern Cinema", "tickets", "lanterncinema.example"),
    ("Greenhollow Market", "orders", "greenhollowmarket.example"),
    ("Tidewater Energy", "billing", "tidewaterenergy.example"),
    ("Cobalt Cycles", "workshop", "cobaltcycles.example"),
    ("Saltmarsh Pottery", "studio", "saltmarshpottery.example"),
    ("Halyard Insurance", "service", "halyardinsurance.example"),
    ("Ivory Lane Opticians", "reception", "ivorylaneopticians.example"),
    ("Millrace Bakery", "news", "millracebakery.example"),
    ("Northfold Bank", "notices", "northfoldbank.example"),
    ("Juniper Gardens", "shop", "junipergardens.example"),
    ("Windrush Travel", "bookings", "windrushtravel.example"),
    ("Copperbeech School", "office", "copperbeechschool.example"),
    ("Starling Choir", "board", "starlingchoir.example"),
    ("Redfern Rowing Club", "captain", "redfernrowing.example"),
    ("Quarry Street Clinic", "appointments", "quarrystreetclinic.example"),
    ("Fennel & Thyme", "table", "fennelandthyme.example"),
    ("Bluebell Broadband", "support", "bluebellbroadband.example"),
    ("Otterford Council", "services", "otterfordcouncil.example"),
    ("Kite Parcel Service", "delivery", "kiteparcels.example"),
    ("Amberley Museum", "friends", "amberleymuseum.example"),
    ("Hatchway Podcasts", "team", "hatchwaypodcasts.example"),
    ("Larch Valley Hikers", "walks", "larchvalleyhikers.example"),
)

TOWNS = (
    *("Otterford", "Brackenholt", "Lower Wending", "Castle Harrow", "Pennymoor", "Saltby", "Ravensgarth"),
    *("Upper Dray", "Millthorpe", "Eskdown", "Thornacre", "Wychelm", "Fallowmere", "Stonequay", "Birchley"),
)

STREETS = (
    *("Alder Row", "Anchor Lane", "Beacon Hill", "Bramble Close", "Canal Walk", "Chestnut Parade"),
    *(
        "Clockmaker Street",
        "Coopers Yard",
        "Dovecote Road",
        "Fiddlers Green",
        "Foundry Place",
        "Glover Street",
    ),
    *("Heron Quay", "Ivy Terrace", "Kiln Lane", "Lavender Mews", "Mulberry Walk", "Orchard Rise"),
    *("Pepper Alley", "Priory Road", "Ropewalk", "Sexton Street", "Tallow Row", "Weavers Court"),
)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("March", "April", "May", "June", "July", "August", "September", "October", "November")
HOURS = ("8:30", "9:15", "10:00", "11:45", "13:20", "14:40", "16:10", "17:30", "18:15", "19:45")

BOOKS = (
    *("The Ferryman's Ledger", "A House of Small Clocks", "Salt on the Sill", "Nine Winters North"),
    *("The Cartographer's Cousin", "Bees in the Attic", "What the Lighthouse Kept", "Letters to a Beekeeper"),
    *("The Unhurried Gardener", "Maps of Nowhere Much", "The Violin in Cellar Three", "Rain by Appointment"),
)
FILMS = (
    *("The Long Ferry", "Marzipan", "Two Trains to Eskdown", "The Beekeeper's Alibi", "Low Tide, High Noon"),
    *("A Year in the Orchard", "Paper Moons", "The Last Tram", "Seven Kinds of Snow", "Understudy"),
)
DISHES = (
    *("mushroom pie", "red lentil soup", "saffron risotto", "aubergine stew", "plum crumble", "leek tart"),
    *(
        "chickpea curry",
        "barley salad",
        "smoked trout",
        "walnut dumplings",
        "beetroot borscht",
        "corn fritters",
    ),
)
BREADS = (
    *(
        "caraway rye",
        "oat and honey loaf",
        "olive twists",
        "cardamom knots",
        "potato focaccia",
        "seeded spelt",
    ),
    *("cherry buns", "walnut baguette", "malted batch", "sesame rings"),
)
PLANTS = (
    *("tomato seedlings", "a fig tree", "climbing beans", "hellebores", "a dwarf quince", "sweet peas"),
    *("winter heather", "blackcurrant bushes", "ferns", "allium bulbs"),
)
THINGS = (
    *(
        "a folding table",
        "the big ladder",
        "a box of jam jars",
        "the tent",
        "a sewing machine",
        "the steam cleaner",
    ),
    *("a slide projector", "the fondue set", "a pair of snowshoes", "the pasta machine", "a hand drill"),
    *("the badminton net", "a cot", "the paint roller", "a spare key safe", "the camping stove"),
)
PIECES = (
    *(
        "the Advent motets",
        "the harvest songs",
        "the sea shanties",
        "the little mass",
        "the spring madrigals",
    ),
    *("the lullabies", "the folk suite", "the evening hymns"),
)
WALKS = (
    *("the Ravensgarth ridge", "the old tramway", "the seven bridges", "the heath above Saltby"),
    *("the mill stream", "the limestone steps", "the estuary path", "the bluebell woods"),
)
TEAMS = (
    *("the under-twelves", "the ladies' eight", "the veterans", "the novice four", "the second crew"),
    *("the mixed quad",),
)
TOPICS = (
    *("how bridges hum", "the history of pencils", "night trains", "why bread rises", "lost board games"),
    *("moss", "the first weather reports", "people who collect keys", "the sound of lifts", "salt"),
)
EXHIBITS = (
    *(
        "painted maps",
        "clocks of the valley",
        "toys made of tin",
        "a hundred teapots",
        "glass from the river",
    ),
    *("early bicycles", "letters never sent", "the weavers' pattern books"),
)
