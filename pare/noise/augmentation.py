"""The data that noise is made from: emails, conversations, products, apartments, other names for tools.

A JSON file, in the published shape. It is found by the environment variable ENV_AUGMENTATION_DATA_PATH,
else in the working directory, else among the files of this package.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pare.apps.email.model import check_address
from pare.errors import ConfigError
from pare.kernel.placeholders import references

VARIABLE = "ENV_AUGMENTATION_DATA_PATH"
IN_THE_WORKING_DIRECTORY = Path("data/metaare_augmentation_data.json")
BUNDLED = Path(__file__).parent / "data" / "augmentation.json"

LONGEST_TEXT = 20_000
MOST_PROBLEMS_SHOWN = 20


class AugmentationDataError(ConfigError):
    """The augmentation data cannot be found, read or used; the text says where and why."""


def _plain(text: str) -> str:
    if any(references(text)):
        raise ValueError("reads as a placeholder ({{...}}), which stands for the result of another event")
    return text


def _address(text: str) -> str:
    check_address("an address", text)
    return text


Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_plain)]
Name = Annotated[Text, Field(min_length=1)]
Address = Annotated[Text, AfterValidator(_address)]
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Item(BaseModel):
    """A part of the data; what it holds beyond its fields is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)
    other_names: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _take_other_names(cls, value: Any) -> Any:
        """Take a field under the name that it has in an older shape of the data."""
        if not isinstance(value, Mapping) or not cls.other_names:
            return value
        found = {name: value[other] for name, other in cls.other_names.items() if other in value}
        return {**found, **value}


class NoiseEmail(_Item):
    """An email to whoever owns the phone."""

    sender: Address
    subject: Text = ""
    content: Text = ""
    email_id: str = ""


class NoiseMessage(_Item):
    """A message in a conversation."""

    other_names: ClassVar[Mapping[str, str]] = {"sender_id": "sender"}

    sender_id: Name
    content: Text


class NoiseConversation(_Item):
    """A conversation of people with each other and with whoever owns the phone."""

    other_names: ClassVar[Mapping[str, str]] = {"participant_ids": "participants"}

    messages: tuple[NoiseMessage, ...] = Field(min_length=1)
    participant_ids: tuple[Name, ...] = ()
    title: Text | None = None

    @property
    def people(self) -> list[str]:
        """The ids of all who take part, or write."""
        return list(dict.fromkeys([*self.participant_ids, *(item.sender_id for item in self.messages)]))


class NoiseVariant(_Item):
    """One variant of a product."""

    price: Price
    available: bool = True
    options: dict[str, Any] = {}
    item_id: str = ""


class NoiseProduct(_Item):
    """A product and its variants, by id."""

    name: Name
    variants: dict[str, NoiseVariant] = {}


class NoiseApartment(_Item):
    """A flat to let."""

    other_names: ClassVar[Mapping[str, str]] = {
        "bedrooms": "number_of_bedrooms",
        "bathrooms": "number_of_bathrooms",
    }

    name: Name
    location: Text
    zip_code: Text
    price: Price
    bedrooms: int = Field(ge=0)
    bathrooms: int = Field(ge=0)
    square_footage: int = Field(ge=0)
    property_type: Text = ""
    furnished_status: Text = ""
    floor_level: Text = ""
    pet_policy: Text = ""
    lease_term: Text = ""
    amenities: list[Text] = []


class _Folder(_Item):
    emails: tuple[NoiseEmail, ...] = ()


class _State(_Item):
    conversations: dict[str, NoiseConversation] = {}
    id_to_name: dict[str, str] = {}
    folders: dict[str, _Folder] = {}
    products: dict[str, NoiseProduct] = {}
    discount_codes: dict[str, dict[str, float]] = {}
    apartments: dict[str, NoiseApartment] = {}

    @property
    def inbox(self) -> tuple[NoiseEmail, ...]:
        return self.folders["INBOX"].emails if "INBOX" in self.folders else ()


class _Entry(_Item):
    name: str
    app_state: _State = _State()


class AugmentationData(_Item):
    """What noise is made from. Entries of one kind count together, whatever apps they are named after."""

    apps: tuple[_Entry, ...] = ()
    tool_names_mapping: dict[str, Name] = {}
    tool_descriptions_mapping: dict[str, Text] = {}

    @cached_property
    def emails(self) -> dict[str, NoiseEmail]:
        """The emails of all INBOX folders, by id; one without an id has its number."""
        emails = [email for entry in self.apps for email in entry.app_state.inbox]
        found: dict[str, NoiseEmail] = {}
        for number, email in enumerate(emails):
            found.setdefault(email.email_id or str(number), email)
        return found

    @cached_property
    def conversations(self) -> dict[str, NoiseConversation]:
        """The conversations, by id."""
        return self._joined("conversations")

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of people in conversations, by id, where they are given."""
        return self._joined("id_to_name")

    @cached_property
    def products(self) -> dict[str, NoiseProduct]:
        """The products, by id."""
        return self._joined("products")

    @cached_property
    def discount_codes(self) -> dict[str, dict[str, float]]:
        """The discount codes and their percentages, by the id of a variant."""
        return self._joined("discount_codes")

    @cached_property
    def apartments(self) -> dict[str, NoiseApartment]:
        """The apartments, by id."""
        return self._joined("apartments")

    @cached_property
    def digest(self) -> str:
        """The data in 16 hexadecimal digits; the order of keys and white space do not count."""
        text = orjson.dumps(self.model_dump(), option=orjson.OPT_SORT_KEYS)
        return hashlib.blake2b(text, digest_size=8).hexdigest()

    def _joined(self, kind: str) -> dict[str, Any]:
        """Give what all entries hold of a kind; of one id the first counts."""
        found: dict[str, Any] = {}
        for entry in reversed(self.apps):
            found = {**found, **getattr(entry.app_state, kind)}
        return found


def augmentation_data_path() -> Path:
    """Give the file that augmentation data is read from.

    Raises:
        AugmentationDataError: the environment variable names a file that is not there.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return IN_THE_WORKING_DIRECTORY if IN_THE_WORKING_DIRECTORY.is_file() else BUNDLED
    if not Path(named).is_file():
        raise AugmentationDataError(f"{VARIABLE} names {named!r}, and there is no such file")
    return Path(named)


def load_augmentation_data(path: Path | None = None) -> AugmentationData:
    """Read and check the data at `path`, by default `augmentation_data_path`; kept while it is the same.

    Raises:
        AugmentationDataError: it is not there, is no JSON, something else altogether, or has broken items;
            all of them at once.
    """
    path = path or augmentation_data_path()
    try:
        status = path.stat()
        return _loaded(path.absolute(), status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise AugmentationDataError(f"{path}: cannot be read: {error.strerror or error}") from error


@lru_cache(maxsize=8)
def _loaded(path: Path, modified: int, size: int) -> AugmentationData:  # noqa: ARG001 - the state of the file
    try:
        value = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise AugmentationDataError(f"{path}: is no JSON: {error}") from None
    if isinstance(value, Mapping) and not {"augmentation", *AugmentationData.model_fields} & {*value}:
        known = ", ".join(AugmentationData.model_fields)
        raise AugmentationDataError(f"{path}: is no augmentation data: it has none of {known}")
    return parse_augmentation_data(value, str(path))


def parse_augmentation_data(value: Any, source: str) -> AugmentationData:
    """Check augmentation data; `source` says in errors where it is from. A bare list is that of the apps.

    Raises:
        AugmentationDataError: items are broken; all of them at once.
    """
    document = {"apps": value} if isinstance(value, list) else value
    if isinstance(document, Mapping) and isinstance(document.get("augmentation"), Mapping):
        document = document["augmentation"]
    try:
        return AugmentationData.model_validate(document)
    except ValidationError as error:
        problems = [f"  {_place(item['loc'])}: {item['msg']}" for item in error.errors(include_url=False)]
        more = len(problems) - MOST_PROBLEMS_SHOWN
        shown = problems[:MOST_PROBLEMS_SHOWN] + ([f"  and {more} more"] if more > 0 else [])
        count = "a broken item" if len(problems) == 1 else f"{len(problems)} broken items"
        text = "\n".join([f"{source}: {count}", *shown])
        raise AugmentationDataError(text) from None


def _place(location: tuple[int | str, ...]) -> str:
    """Write where something is, as in ``apps[1].app_state.folders.INBOX.emails[3].sender``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).lstrip(".") or "the document"
