from __future__ import annotations

from are.simulation.apps.contacts import Contact, Status

BAKER = Contact(
    first_name="Henni",
    last_name="Ofen",
    contact_id="baker",
    email="henni@village.example",
    status=Status.EMPLOYED,
)
SMITH = Contact(first_name="Jorn", last_name="Amboss", contact_id="smith", phone="5550199", age=51)


def everybody() -> list[Contact]:
    return [BAKER, SMITH]
