"""The names of ``are.simulation.dataset_helpers``."""

from pare.compat.published import get_data_path

__all__ = [
    "get_data_path",
]
