"""The names of ``are.simulation.config``."""

from pare.apps.files import DEMO_FS_DIR, DEMO_FS_PATH
from pare.llm.providers import PROVIDERS

__all__ = [
    "DEMO_FS_DIR",
    "DEMO_FS_PATH",
    "PROVIDERS",
]
