"""The names of ``are.simulation.utils``."""

from pare.apps.base import get_state_dict
from pare.compat.config import DEFAULT_APP_AGENT, DEFAULT_MODEL, DEFAULT_PROVIDER
from pare.compat.conveniences import (
    CountableIterator,
    EnumEncoder,
    SkippableDeepCopy,
    batched,
    conditional_context_manager,
    from_dict,
    get_function_name,
    make_serializable,
    save_jsonl,
    strip_app_name_prefix,
    truncate_string,
    uuid_hex,
)
from pare.compat.type_check import check_type, is_optional_type, type_check
from pare.kernel.serialization import to_plain as serialize_field

__all__ = [
    "DEFAULT_APP_AGENT",
    "DEFAULT_MODEL",
    "DEFAULT_PROVIDER",
    "CountableIterator",
    "EnumEncoder",
    "SkippableDeepCopy",
    "batched",
    "check_type",
    "conditional_context_manager",
    "from_dict",
    "get_function_name",
    "get_state_dict",
    "is_optional_type",
    "make_serializable",
    "save_jsonl",
    "serialize_field",
    "strip_app_name_prefix",
    "truncate_string",
    "type_check",
    "uuid_hex",
]
