"""The screens of the contacts app: the list, one contact, and the form in which it is changed."""

from __future__ import annotations

from typing import Any

from pare.apps.contacts.model import Contact
from pare.apps.contacts.tools import ContactsScreensApp
from pare.apps.navigation import AppState, pare_event_registered
from pare.errors import NotFoundKeyError
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool


class ContactsList(AppState[ContactsScreensApp]):
    """The first screen: all contacts."""

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_contacts(self, offset: int = 0) -> dict[str, Any]:
        """List your contacts, one page at a time.

        :param offset: how many contacts to skip, 0 by default; raise it to get the next page
        :returns: the contacts of the page, and as metadata the range of their indices and the total
        """
        return self.app.get_contacts(offset)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def search_contacts(self, query: str) -> list[Contact]:
        """Search names, phone numbers and email addresses of your contacts for a text.

        :param query: the text to look for, in any case: part of a name, "first last" or "last first"
        :returns: the contacts that contain it
        """
        return self.app.search_contacts(query)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def open_contact(self, contact_id: str) -> Contact:
        """Open a contact, which can be edited or deleted there.

        :param contact_id: the id of the contact, as listing or searching shows it
        :returns: the contact
        """
        contact = self.app.get_contact(contact_id)
        self.app.set_current_state(ContactDetail(contact_id))
        return contact

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def view_current_user(self) -> Contact:
        """Look at your own contact.

        :returns: your contact
        """
        return self.app.get_current_user_details()

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def create_contact(
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
        """Add a person to your contacts. Nobody of the same first and last name may be there yet.

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
        return self.app.add_new_contact(
            first_name,
            last_name,
            gender=gender,
            age=age,
            nationality=nationality,
            city_living=city_living,
            country=country,
            status=status,
            job=job,
            description=description,
            phone=phone,
            email=email,
            address=address,
        )


class OneContact(AppState[ContactsScreensApp]):
    """A screen that shows the contact with the id `contact_id`."""

    def __init__(self, contact_id: str) -> None:
        super().__init__()
        self.contact_id = contact_id

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def view_contact(self) -> Contact:
        """Look at the contact that this screen shows.

        :returns: the contact as it is now
        """
        return self._shown()

    def _shown(self) -> Contact:
        if self.contact_id not in self.app.contacts:
            raise NotFoundKeyError(
                f"the contact {self.contact_id!r} that this screen shows has been deleted; go back"
            )
        return self.app.get_contact(self.contact_id)


class ContactDetail(OneContact):
    """One contact."""

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def start_edit_contact(self) -> Contact:
        """Open the form in which this contact can be changed.

        :returns: the contact as it is now
        """
        contact = self._shown()
        self.app.set_current_state(ContactEdit(self.contact_id))
        return contact

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def delete_contact(self) -> str:
        """Delete this contact and go back.

        :returns: a sentence that says who was deleted
        """
        self._shown()
        message = self.app.delete_contact(self.contact_id)
        self.app.close_current_state()
        return message


class ContactEdit(OneContact):
    """The form in which a contact is changed."""

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def update_contact(self, updates: dict[str, Any]) -> str | None:
        """Change this contact and go back to it: all of the updates, or none if one of them is not valid.

        :param updates: the fields to change and their new values, as in {"phone": "+1 555 0100", "age": 41};
            fields: first_name, last_name, gender (Female, Male, Other, Unknown), age (1 to 100),
            nationality, city_living, country, status (Student, Employed, Unemployed, Retired, Unknown),
            job, description, phone, email, address; null where something is no longer known
        :returns: a sentence that says which fields were changed
        """
        self._shown()
        message = self.app.edit_contact(self.contact_id, updates)
        self.app.close_current_state()
        return message
