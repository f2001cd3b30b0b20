"""Lets a process tell how many asyncio tasks it has, and how many objects live once garbage was collected.

It does so in a file named after its id: the tasks at SIGUSR1, the objects as well at SIGUSR2.

Python imports this by its name from PYTHONPATH. Nothing of pare is changed by it.
"""

import asyncio
import gc
import os
import signal
from pathlib import Path

PLACE = os.environ.get("SOAK_PROBE_DIR")


def tell(number: int, _frame: object) -> None:
    try:
        told = str(len(asyncio.all_tasks()))
    except RuntimeError:  # no loop runs yet, or any more
        return
    if number == signal.SIGUSR2:
        gc.collect()
        told += f" {len(gc.get_objects())}"
    part = Path(str(PLACE), f"{os.getpid()}.part")
    part.write_text(told, encoding="utf-8")
    part.replace(Path(str(PLACE), str(os.getpid())))


if PLACE:
    signal.signal(signal.SIGUSR2, tell)
    signal.signal(signal.SIGUSR1, tell)
