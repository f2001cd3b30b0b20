"""The address book: people by id, the user among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pare.apps.base import App, get_state_dict
from pare.apps.checks import WrongTypeError, check_text, check_whole, page_range, require_text
from pare.apps.contacts.model import (
    FIELDS,
    Contact,
    Gender,
    Status,
    changed,
    member_of,
    read_contacts,
    unknown_contact,
    user_contact,
)
from pare.apps.entries import without_unknown_fields
from pare.apps.navigation import StatefulApp
from pare.errors import InvalidValueError, NotFoundKeyError
from pare.kernel.enums import OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, data_tool

DEFAULT_VIEW_LIMIT = 10

USER_CONTACT = user_contact()
"""What the user's contact says, to compare with. No app holds this object: each makes its own."""


@dataclass(eq=False, repr=False)
class ContactsApp(App):
    """An address book of `contacts` by id, in the order in which they were added.

    `view_limit` contacts make a page.
    """

    name: str | None = None  # type: ignore[assignment]  # published: the class name stands for None
    view_limit: int = DEFAULT_VIEW_LIMIT
    contacts: dict[str, Contact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.name)
        self.contacts = dict(self.contacts)

    # -- state ------------------------------------------------------------------------------------

    def get_state(self) -> dict[str, Any]:
        """Give the contacts and the length of a page as plain data."""
        return get_state_dict(self, ["contacts", "view_limit"])

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, in place of all contacts.

        Raises:
            ContactDataError: everything that is wrong with the contacts; nothing has changed then.
        """
        entries = without_unknown_fields(state_dict.get("contacts") or {}, FIELDS)
        view_limit = check_whole("view_limit", state_dict.get("view_limit", DEFAULT_VIEW_LIMIT), least=1)
        self.contacts, self.view_limit = read_contacts(entries), view_limit

    def load_contacts_from_dict(self, contacts_dict: Mapping[str, Any]) -> None:
        """Add contacts to those that are there: a mapping of ids to the fields of a contact.

        Raises:
            ContactDataError: everything that is wrong with the contacts; nothing has changed then.
        """
        self.contacts.update(read_contacts(contacts_dict))

    # -- tools ------------------------------------------------------------------------------------

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_contacts(self, offset: int = 0) -> dict[str, Any]:
        """List contacts, one page at a time.

        :param offset: how many contacts to skip, 0 by default; raise it to get the next page
        :returns: the contacts of the page, and as metadata the range of their indices and the total
        """
        first, last = page_range(offset, self.view_limit, len(self.contacts))
        return {
            "contacts": list(self.contacts.values())[first:last],
            "metadata": {"range": (first, last), "total": len(self.contacts)},
        }

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_contact(self, contact_id: str) -> Contact:
        """Get one contact with all that is known about the person.

        :param contact_id: the id of the contact
        :returns: the contact
        """
        return self._contact(contact_id)

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.READ)
    def get_current_user_details(self) -> Contact:
        """Get the contact of the user to whom this phone belongs.

        :returns: the user's own contact
        """
        users = [contact for contact in self.contacts.values() if contact.is_user]
        if not users:
            raise NotFoundKeyError("none of the contacts is the user of this phone")
        # A user whom a scenario brings stands before the one with whom every phone starts.
        return next((user for user in users if user.contact_id != USER_CONTACT.contact_id), users[0])

    @event_registered(operation_type=OperationType.WRITE)
    def add_contact(self, contact: Contact) -> str:
        """Put a contact into the address book under its own id, in place of one that has it already.

        :param contact: the contact
        :returns: its id
        """
        added = _copied(contact)
        self.contacts[added.contact_id] = added
        return added.contact_id

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def add_new_contact(
        self,
        first_name: str,
        last_name: str,
        gender: str | None = None,
        age: int | None = None,
        nationality: str | None = None,
        city_living: str | None = None,
        country: str | None = None,
        status: str | None = None,
        job: str | None = None,
        description: str | None = None,
        phone: str | None = None,
        email: str | None = None,
        address: str | None = None,
    ) -> str:
        """Add a person to the contacts. Nobody of the same first and last name may be there yet.

        :param first_name: the first name
        :param last_name: the last name
        :param gender: Female, Male, Other or Unknown; Unknown by default
        :param age: the age in years, from 1 to 100; not known by default
        :param nationality: the nationality; not known by default
        :param city_living: the city in which the person lives; not known by default
        :param country: the country in which the person lives; not known by default
        :param status: Student, Employed, Unemployed, Retired or Unknown; Unknown by default
        :param job: the occupation; not known by default
        :param description: what else is worth knowing about the person; nothing by default
        :param phone: the phone number; not known by default
        :param email: the email address; not known by default
        :param address: the postal address; not known by default
        :returns: the id of the new contact
        """
        contact = Contact(
            first_name,
            last_name,
            contact_id="draft",
            gender=member_of(Gender, gender or Gender.UNKNOWN),
            age=age,
            nationality=nationality,
            city_living=city_living,
            country=country,
            status=member_of(Status, status or Status.UNKNOWN),
            job=job,
            description=description,
            phone=phone,
            email=email,
            address=address,
        )
        self._refuse_same_name(contact)
        contact.contact_id = self.new_id()  # drawn last: a refused call draws none
        self.contacts[contact.contact_id] = contact
        return contact.contact_id

    def add_contacts(self, contacts: Iterable[Contact]) -> None:
        """Put contacts into the address book under their own ids; it is not recorded.

        Raises:
            WrongTypeError: one of them is no Contact; none has been added then.
        """
        self.contacts.update({contact.contact_id: contact for contact in map(_copied, contacts)})

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def edit_contact(self, contact_id: str, updates: dict[str, Any]) -> str | None:
        """Change what is known about a contact: all of the updates, or none if one of them is not valid.

        :param contact_id: the id of the contact
        :param updates: the fields to change and their new values, as in {"phone": "+1 555 0100", "age": 41};
            fields: first_name, last_name, is_user, gender (Female, Male, Other, Unknown), age (1 to 100),
            nationality, city_living, country, status (Student, Employed, Unemployed, Retired, Unknown),
            job, description, phone, email, address
        :returns: a sentence that says which fields were changed
        """
        self.contacts[contact_id] = changed(self._contact(contact_id), updates)
        return f"Contact {contact_id} was changed: {', '.join(updates)}."

    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def delete_contact(self, contact_id: str) -> str:
        """Delete a contact.

        :param contact_id: the id of the contact
        :returns: a sentence that says who was deleted
        """
        contact = self._contact(contact_id)
        del self.contacts[contact_id]
        return f"Contact {contact_id} ({contact.full_name}) was deleted."

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def search_contacts(self, query: str) -> list[Contact]:
        """Search names, phone numbers and email addresses of all contacts for a text.

        :param query: the text to look for, in any case: part of a name, "first last" or "last first";
            an empty one finds every contact
        :returns: the contacts that contain it, in the order in which they were added
        """
        wanted = check_text("query", query).casefold()
        return [contact for contact in self.contacts.values() if wanted in contact.search_text]

    # -- what the tools share ---------------------------------------------------------------------

    def _contact(self, contact_id: str) -> Contact:
        contact = self.contacts.get(require_text("contact_id", contact_id))
        if contact is None:
            raise unknown_contact(contact_id, self.contacts)
        return contact

    def _refuse_same_name(self, added: Contact) -> None:
        if not added.full_name:
            raise InvalidValueError("a contact needs a first or a last name")
        first, last = added.first_name.casefold(), added.last_name.casefold()
        for contact in self.contacts.values():
            if contact.first_name.casefold() == first and contact.last_name.casefold() == last:
                raise InvalidValueError(
                    f"{added.full_name} is a contact already, with the id {contact.contact_id!r}; "
                    "edit that one, or add another name"
                )


@dataclass(eq=False, repr=False)
class Contacts(ContactsApp):
    """The address book under its short name."""

    name: str | None = "Contacts"


@dataclass(eq=False, repr=False)
class InternalContacts(ContactsApp):
    """An address book that the scenario knows and the agent is not offered."""

    name: str | None = "InternalContacts"


class ContactsScreensApp(StatefulApp, ContactsApp):
    """The address book as its screens know it: what they show, and the way from one to the next."""


def _copied(contact: Any) -> Contact:
    if not isinstance(contact, Contact):
        raise WrongTypeError(f"contact must be a Contact, not {type(contact).__name__}")
    return replace(contact)
