"""The names of ``are.simulation.utils.type_utils``."""

from pare.compat.type_check import check_type, is_optional_type, type_check

__all__ = [
    "check_type",
    "is_optional_type",
    "type_check",
]
