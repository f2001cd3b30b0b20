"""Beside the scenario: what the hives weighed. There is no scenario in here."""

from are.simulation.apps.email_client import Email

HIVES = {"north": 31, "south": 24}


def weekly_report(user: str) -> Email:
    lines = [f"{hive}: {weight} kg" for hive, weight in HIVES.items()]
    return Email(
        sender="scales@apiary.example", recipients=[user], subject="Weights", content="\n".join(lines), email_id="week"
    )
