"""The names of ``are.simulation.apps.sandbox_file_system``."""

from pare.apps.files import Files, SandboxLocalFileSystem

__all__ = [
    "Files",
    "SandboxLocalFileSystem",
]
