"""What an address book holds: contacts, and what makes one valid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any, TypeVar

from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundKeyError, ToolError, nearest
from pare.kernel.run_context import new_id
from pare.tools.notices import excerpt

MAX_TEXT_LENGTH = 100_000
MIN_AGE, MAX_AGE = 1, 100

_TEXTS = (
    *("nationality", "city_living", "country", "job"),
    *("description", "phone", "email", "address"),
)
_NEAREST_IDS = 50  # comparing an id with thousands of others would take longer than the tool

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
        problem = _name_problem(name, values[name])
        if problem:
            yield problem
    for name in _TEXTS:
        problem = text_problem(name, values[name])
        if problem:
            yield problem
    if not isinstance(values["is_user"], bool):
        yield InvalidArgumentsError(f"is_user must be true or false, not {values['is_user']!r}")
    yield from _age_problems(values["age"])
    yield from _member_problems(values)


def text_problem(name: str, value: Any) -> ToolError | None:
    """Tell what is wrong with a text that is to be stored, if there is one: its type or its length."""
    if value is None:
        return None
    if not isinstance(value, str):
        return InvalidArgumentsError(f"{name} must be text, not {type(value).__name__}")
    if len(value) > MAX_TEXT_LENGTH:
        return InvalidValueError(f"{name} has {len(value)} characters, at most {MAX_TEXT_LENGTH} are stored")
    return None


def require_text(name: str, value: Any) -> str:
    """Give a text that must not be empty.

    Raises:
        ToolError: it is no text, empty, or too long.
    """
    problem = text_problem(name, value)
    if problem:
        raise problem
    if value is None or not value.strip():
        raise InvalidValueError(f"{name} must not be empty")
    return str(value)


def require_count(name: str, value: Any, least: int = 0) -> int:
    """Give a whole number, `least` or more.

    Raises:
        ToolError: it is no whole number, or too low.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidArgumentsError(f"{name} must be a whole number, not {type(value).__name__}")
    if value < least:
        raise InvalidValueError(f"{name} must be {least} or more")
    return value


def _name_problem(name: str, value: Any) -> ToolError | None:
    if value is None or (name == "contact_id" and value == ""):
        return InvalidValueError(f"{name} is missing")
    return text_problem(name, value)


def _age_problems(age: Any) -> Iterator[ToolError]:
    if age is None:
        return
    if not isinstance(age, int) or isinstance(age, bool):
        yield InvalidArgumentsError(f"age must be a whole number, not {type(age).__name__}")
    elif not MIN_AGE <= age <= MAX_AGE:
        yield InvalidValueError(f"age must be from {MIN_AGE} to {MAX_AGE}")


def _member_problems(values: Mapping[str, Any]) -> Iterator[ToolError]:
    for kind, name in ((Gender, "gender"), (Status, "status")):
        try:
            member_of(kind, values[name])
        except InvalidValueError as error:
            yield error


def unknown_contact(contact_id: str, contacts: Mapping[str, Contact]) -> NotFoundKeyError:
    """Say that no contact has this id, and which one may be meant: a name or a slip is often given for it."""
    wanted, given = contact_id.casefold(), excerpt(contact_id, 80)
    named = [known for known, contact in contacts.items() if contact.full_name.casefold() == wanted][:3]
    hint = f" The contact of that name has the id {' or '.join(map(repr, named))}." if named else ""
    if not named and len(contacts) <= _NEAREST_IDS:
        hint = nearest(given, contacts)
    return NotFoundKeyError(f"no contact has the id {given!r}.{hint} Searching contacts gives their ids.")


# -- changes, and contacts that come as plain data ------------------------------------------------


def changed(contact: Contact, updates: Any) -> Contact:
    """Give `contact` with the fields `updates` changed; the contact itself stays as it is.

    Raises:
        UnknownContactFieldError: there is a field that a contact does not have.
        ToolError: there is nothing to change, or a new value is not valid.
    """
    if not isinstance(updates, Mapping):
        raise InvalidArgumentsError(
            f"updates must be an object of fields and values, not {type(updates).__name__}"
        )
    if not updates:
        raise InvalidValueError(f"nothing to change: updates is empty. Fields: {', '.join(_FIELDS)}")
    unknown = list(_unknown_fields(updates))
    if unknown:
        raise UnknownContactFieldError(f"{'; '.join(unknown)} Fields: {', '.join(_FIELDS)}")
    if updates.get("contact_id", contact.contact_id) != contact.contact_id:
        raise InvalidValueError("contact_id cannot be changed")
    return replace(contact, **updates)


def read_contacts(entries: Any) -> dict[str, Contact]:
    """Make contacts of a mapping of ids to fields as plain data; a null is a missing field.

    Raises:
        ContactDataError: everything that is wrong with any of them.
    """
    if not isinstance(entries, Mapping):
        raise ContactDataError(
            f"contacts must be an object of ids and contacts, not {type(entries).__name__}"
        )
    wrong = {contact_id: list(_entry_problems(contact_id, entry)) for contact_id, entry in entries.items()}
    problems = [f"contact {contact_id!r}: {'; '.join(found)}" for contact_id, found in wrong.items() if found]
    if problems:
        raise ContactDataError(
            f"{len(problems)} of {len(entries)} contacts are wrong, none was loaded. " + "\n".join(problems)
        )
    return {contact_id: Contact(**_with_defaults(contact_id, entry)) for contact_id, entry in entries.items()}


def known_fields(entry: Any) -> Any:
    """Leave out the fields that a contact does not have."""
    if not isinstance(entry, Mapping):
        return entry
    return {name: value for name, value in entry.items() if name in _FIELDS}


def _entry_problems(contact_id: Any, entry: Any) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"a contact must be an object of its fields, not {type(entry).__name__}"
        return
    if not isinstance(contact_id, str):
        yield f"the id of a contact must be text, not {type(contact_id).__name__}"
        return
    yield from _unknown_fields(entry)
    yield from map(str, problems_in(_with_defaults(contact_id, entry)))


def _unknown_fields(names: Iterable[Any]) -> Iterator[str]:
    for name in names:
        if name not in _FIELDS:
            yield f"a contact has no field {name!r}.{nearest(str(name), _FIELDS)}"


def _with_defaults(contact_id: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(_FIELDS)
    values |= {"contact_id": contact_id, "first_name": "", "last_name": "", "is_user": False}
    values |= {"gender": Gender.UNKNOWN, "status": Status.UNKNOWN}
    return values | {name: value for name, value in entry.items() if value is not None and name in _FIELDS}


_FIELDS = tuple(item.name for item in fields(Contact))
