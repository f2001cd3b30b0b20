"""The names of ``are.simulation.utils.serialization``."""

from pare.apps.base import get_state_dict
from pare.compat.conveniences import EnumEncoder, SkippableDeepCopy, make_serializable
from pare.kernel.serialization import to_plain as serialize_field

__all__ = [
    "EnumEncoder",
    "SkippableDeepCopy",
    "get_state_dict",
    "make_serializable",
    "serialize_field",
]
