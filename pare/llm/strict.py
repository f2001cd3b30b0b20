"""Configuration that cannot be changed, and that names the field which was meant."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from pare.errors import nearest


class StrictModel(BaseModel):
    """A frozen model that refuses unknown fields, with the nearest known one.

    Its errors do not quote what was given: it may be a key in the wrong place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_fields(cls, values: Any) -> Any:
        if isinstance(values, Mapping):
            refuse_unknown(values, cls.model_fields)
        return values


def refuse_unknown(names: Collection[object], known: Collection[str]) -> None:
    """Refuse names that are not `known`.

    Raises:
        ValueError: a name is not known; the text says which was meant.
    """
    unknown = [name for name in names if name not in known]
    if unknown:
        said = " ".join(f"unknown field {name!r}.{nearest(str(name), known)}" for name in unknown)
        raise ValueError(f"{said} Known are: {', '.join(known)}.")
