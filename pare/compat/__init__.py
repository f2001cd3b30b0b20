"""Scenario files that were written for other frameworks: ``are.simulation`` as an alias of our own classes.

``install()`` makes ``are.simulation...`` importable; the names stand in `pare/compat/are`, each a line that
says where it lives. Nothing is imported before it is asked for.
"""

from pare.compat.alias import (
    AliasError,
    RealPackageLoadedError,
    UnknownAliasModuleError,
    install,
    is_installed,
)

__all__ = ["AliasError", "RealPackageLoadedError", "UnknownAliasModuleError", "install", "is_installed"]
