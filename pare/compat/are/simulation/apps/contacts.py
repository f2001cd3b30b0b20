"""The names of ``are.simulation.apps.contacts``."""

from pare.apps.contacts import Contact, Contacts, ContactsApp, Gender, InternalContacts, Status

__all__ = [
    "Contact",
    "Contacts",
    "ContactsApp",
    "Gender",
    "InternalContacts",
    "Status",
]
