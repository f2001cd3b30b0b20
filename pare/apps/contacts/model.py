"""What an address book holds: contacts, and what makes one valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any, TypeVar

from pare.apps.checks import WrongTypeError, check_whole, flag_problem, text_problem, unknown_id
from pare.apps.entries import completed, read_entries, shape_problems, unknown_fields
from pare.errors import InvalidValueError, NotFoundKeyError, ToolError, nearest
from pare.kernel.run_context import new_id
from pare.tools.notices import excerpt

MIN_AGE, MAX_AGE = 1, 100

_TEXTS = (
    *("nationality", "city_living", "country", "job"),
    *("description", "phone", "email", "address"),
)

Kind = TypeVar("Kind", bound=Enum)


class UnknownContactFieldError(ToolError, AttributeError):
    """A contact has no field of that name."""


class ContactDataError(InvalidValueError, TypeError):
    """Contacts cannot be taken over; the text lists every problem."""


class Gender(Enum):
    """The gender of a contact."""

    FEMALE = "Female"
    MALE = "Male"
    OTHER = "Other"
    UNKNOWN = "Unknown"


class Status(Enum):
    """What a contact does for a living."""

    STUDENT = "Student"
    EMPLOYED = "Employed"
    UNEMPLOYED = "Unemployed"
    RETIRED = "Retired"
    UNKNOWN = "Unknown"


@dataclass
class Contact:
    """A person. Gender and status may be given as text: the name or the value, in any case.

    Raises:
        InvalidValueError: a name is None, the age is not from 1 to 100, gender or status are unknown
            words, or a text is too long.
        InvalidArgumentsError: a field is of the wrong type.
    """

    first_name: str
    last_name: str
    contact_id: str = field(default_factory=new_id)
    is_user: bool = False
    gender: Gender = Gender.UNKNOWN
    age: int | None = None
    nationality: str | None = None
    city_living: str | None = None
    country: str | None = None
    status: Status = Status.UNKNOWN
    job: str | None = None
    description: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        for problem in problems_in(vars(self)):
            raise problem
        self.gender = member_of(Gender, self.gender)
        self.status = member_of(Status, self.status)

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def summary(self) -> str:
        """The contact in a few lines: the name and whatever else is known."""
        known = {
            "Gender": self.gender.value if self.gender is not Gender.UNKNOWN else None,
            "Age": self.age,
            "Status": self.status.value if self.status is not Status.UNKNOWN else None,
            **{name.replace("_", " ").capitalize(): getattr(self, name) for name in _TEXTS},
        }
        return "\n".join([self.full_name, *(f"{name}: {value}" for name, value in known.items() if value)])

    @property
    def search_text(self) -> str:
        """What a search looks at, without case; parts are kept apart by a character that nobody types."""
        first, last = self.first_name, self.last_name
        return f"{first} {last}\0{last} {first}\0{self.phone or ''}\0{self.email or ''}".casefold()


def user_contact() -> Contact:
    """Make the contact of the phone's user, for each phone its own; the id is always the same."""
    return Contact(
        first_name="John",
        last_name="Doe",
        contact_id="00000000000000000000000000000001",
        is_user=True,
        gender=Gender.MALE,
        age=30,
        nationality="American",
        status=Status.STUDENT,
        phone="1234567890",
        email="john@pare.com",
        address="123 Main St, Anytown, USA",
    )


def member_of(kind: type[Kind], value: Any) -> Kind:
    """Give the member of `kind` that `value` is or names: FEMALE, female, Gender.FEMALE.

    Raises:
        InvalidValueError: there is no such member.
    """
    if isinstance(value, kind):
        return value
    word = str(value).strip().casefold().removeprefix(f"{kind.__name__.casefold()}.")
    for member in kind:
        if word in (member.name.casefold(), member.value.casefold()):
            return member
    valid = [member.value for member in kind]
    raise InvalidValueError(
        f"{excerpt(str(value), 80)!r} is no {kind.__name__.lower()}; "
        f"valid are {', '.join(valid)}.{nearest(word[:80].capitalize(), valid)}"
    )


# -- what is wrong with a contact -----------------------------------------------------------------


def problems_in(values: Mapping[str, Any]) -> Iterator[ToolError]:
    """Find everything that is wrong with the fields of a contact."""
    for name in ("first_name", "last_name", "contact_id"):
        if problem := _name_problem(name, values[name]):
            yield problem
    for name in _TEXTS:
        if problem := text_problem(name, values[name]):
            yield problem
    if problem := flag_problem("is_user", values["is_user"]):
        yield problem
    yield from _age_problems(values["age"])
    yield from _member_problems(values)


def _name_problem(name: str, value: Any) -> ToolError | None:
    if value is None or (name == "contact_id" and value == ""):
        return InvalidValueError(f"{name} is missing")
    return text_problem(name, value)


def _age_problems(age: Any) -> Iterator[ToolError]:
    try:
        if age is not None:
            check_whole("age", age, MIN_AGE, MAX_AGE)
    except ToolError as error:
        yield error


def _member_problems(values: Mapping[str, Any]) -> Iterator[ToolError]:
    for kind, name in ((Gender, "gender"), (Status, "status")):
        try:
            member_of(kind, values[name])
        except InvalidValueError as error:
            yield error


def unknown_contact(contact_id: str, contacts: Mapping[str, Contact]) -> NotFoundKeyError:
    """Say that no contact has this id, and which one may be meant."""
    names = (contact.full_name for contact in contacts.values())
    return NotFoundKeyError(
        unknown_id("contact", contact_id, contacts, names, "Searching contacts gives their ids.")
    )


# -- changes, and contacts that come as plain data ------------------------------------------------


def changed(contact: Contact, updates: Any) -> Contact:
    """Give `contact` with the fields `updates` changed; the contact itself stays as it is.

    Raises:
        UnknownContactFieldError: there is a field that a contact does not have.
        ToolError: there is nothing to change, or a new value is not valid.
    """
    if not isinstance(updates, Mapping):
        raise WrongTypeError(f"updates must be an object of fields and values, not {type(updates).__name__}")
    if not updates:
        raise InvalidValueError(f"nothing to change: updates is empty. Fields: {', '.join(FIELDS)}")
    unknown = unknown_fields(updates, FIELDS, "a contact")
    if unknown:
        raise UnknownContactFieldError(f"{'; '.join(unknown)} Fields: {', '.join(FIELDS)}")
    if updates.get("contact_id", contact.contact_id) != contact.contact_id:
        raise InvalidValueError("contact_id cannot be changed")
    return replace(contact, **updates)


def read_contacts(entries: Any) -> dict[str, Contact]:
    """Make contacts of a mapping of ids to fields as plain data; a null is a missing field.

    Raises:
        ContactDataError: everything that is wrong with any of them.
    """
    return read_entries(entries, "contact", _read_contact, ContactDataError)


def _read_contact(contact_id: str, entry: Any) -> Contact:
    problems = _entry_problems(contact_id, entry)
    if problems:
        raise ContactDataError("; ".join(problems))
    return Contact(**_completed(contact_id, entry))


def _entry_problems(contact_id: str, entry: Any) -> list[str]:
    return shape_problems(contact_id, entry, "a contact") or [
        *unknown_fields(entry, FIELDS, "a contact"),
        *map(str, problems_in(_completed(contact_id, entry))),
    ]


def _completed(contact_id: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    names = {"contact_id": contact_id, "first_name": "", "last_name": ""}
    kinds = {"is_user": False, "gender": Gender.UNKNOWN, "status": Status.UNKNOWN}
    return completed(entry, FIELDS, {**names, **kinds})


FIELDS = tuple(item.name for item in fields(Contact))
"""The names of a contact's fields."""
