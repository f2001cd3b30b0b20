"""The names of ``are.simulation.utils.misc``."""

from pare.compat.conveniences import (
    batched,
    get_function_name,
    save_jsonl,
    strip_app_name_prefix,
    truncate_string,
    uuid_hex,
)

__all__ = [
    "batched",
    "get_function_name",
    "save_jsonl",
    "strip_app_name_prefix",
    "truncate_string",
    "uuid_hex",
]
