"""The names of ``are.simulation.data.population_scripts.sandbox_file_system_population``."""

from pare.compat.conveniences import default_fs_folders

__all__ = [
    "default_fs_folders",
]
