"""The names of ``are.simulation.apps.virtual_file_system``."""

from pare.apps.files import VirtualFileSystem, VirtualFileSystemApp

__all__ = [
    "VirtualFileSystem",
    "VirtualFileSystemApp",
]
