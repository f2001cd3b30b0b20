"""Whether there is room on the disk for another run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LEAST_BYTES = 1 << 30
LEAST_SHARE = 0.02
LOOK_EVERY_SECONDS = 1.0


@dataclass
class DiskWatch:
    """Looks at the file systems of `places`, at most once a second; `look` and `clock` do so."""

    places: Sequence[Path]
    look: Callable[[Path], os.statvfs_result] = os.statvfs
    clock: Callable[[], float] = time.monotonic
    _looked: float = -LOOK_EVERY_SECONDS
    _found: str | None = field(default=None)

    def refusal(self) -> str | None:
        """Say which disk is too full for a new run to start, and how full it is; None if none is."""
        now = self.clock()
        if now - self._looked >= LOOK_EVERY_SECONDS:
            self._looked = now
            self._found = next(filter(None, map(self._full, self.places)), None)
        return self._found

    def _full(self, place: Path) -> str | None:
        try:
            at = self.look(place)
        except OSError as error:
            return f"disk: {place} cannot be looked at: {error.strerror}"
        free = at.f_bavail * at.f_frsize
        if free < LEAST_BYTES:
            return f"disk: {free / 2**20:.0f} MiB are left at {place}, and 1 GiB is needed"
        shares = [("space", at.f_bavail, at.f_blocks), ("inodes", at.f_favail, at.f_files)]
        for what, left, total in shares:
            if total and left / total < LEAST_SHARE:
                return f"disk: {left / total:.1%} of the {what} is left at {place}, and 2 % is needed"
        return None
