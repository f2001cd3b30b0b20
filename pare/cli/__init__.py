"""The command line: ``pare``."""

from pare.cli.main import main

__all__ = ["main"]
