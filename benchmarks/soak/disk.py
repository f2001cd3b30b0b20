"""A small disk that can be filled: a file system of its own where one can be mounted.

As root or in a user namespace, which needs no rights, it is a tmpfs that nobody else sees and that ends with
this process. Where neither is allowed every write of the sweep's processes is refused instead (RLIMIT_FSIZE).
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MOUNTED = "SOAK_NAMESPACE"
MEGABYTE = 1 << 20

FillLevel = Literal["low", "full"]


def enter_namespace() -> None:
    """Start this program again where it may mount, if there is such a place."""
    if MOUNTED in os.environ or not (unshare := shutil.which("unshare")):
        return
    for option in ("-m", "-rm"):
        mount = ["mount", "-t", "tmpfs", "tmpfs", tempfile.gettempdir()]
        done = subprocess.run([unshare, option, *mount], capture_output=True, check=False)
        if done.returncode == 0:
            os.environ[MOUNTED] = option
            command = [unshare, option, sys.executable, "-m", "benchmarks.soak", *sys.argv[1:]]
            os.execv(unshare, command)


@dataclass
class Disk:
    """The place of a sweep; `processes` are those that write there."""

    place: Path
    size_megabytes: int
    processes: Callable[[], list[int]] = list
    is_mounted: bool = False

    def __post_init__(self) -> None:
        self.place.mkdir(parents=True)
        if MOUNTED in os.environ:
            size = f"size={self.size_megabytes}m"
            subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(self.place)], check=True)
            self.is_mounted = True

    def __str__(self) -> str:
        if not self.is_mounted:
            return "every write refused (RLIMIT_FSIZE): no file system can be mounted here"
        how = {"-m": "as root", "-rm": "in a user namespace"}[os.environ[MOUNTED]]
        return f"a tmpfs of its own of {self.size_megabytes:,} MiB, mounted {how}"

    @property
    def _ballast(self) -> Path:
        return self.place / "ballast"

    def fill(self, level: FillLevel) -> None:
        """Leave half of the 1 GiB that a new run needs, or nothing at all."""
        if not self.is_mounted:
            self._limit(lambda _: 1)
            return
        at = os.statvfs(self.place)
        free = at.f_bavail * at.f_frsize
        left = 512 * MEGABYTE if level == "low" else 32 * MEGABYTE
        with self._ballast.open("ab", buffering=0) as file:
            os.posix_fallocate(file.fileno(), 0, max(free - left, MEGABYTE))
            while level == "full":  # others write meanwhile: what is left is taken piece by piece
                try:
                    file.write(bytes(4096))
                except OSError:
                    break

    def free(self) -> None:
        """Make room again."""
        if not self.is_mounted:
            self._limit(lambda hard: hard)
            return
        self._ballast.unlink(missing_ok=True)

    def used_megabytes(self) -> float:
        at = os.statvfs(self.place)
        return (at.f_blocks - at.f_bfree) * at.f_frsize / MEGABYTE

    def _limit(self, soft: Callable[[int], int]) -> None:
        for pid in self.processes():
            with suppress(ProcessLookupError, PermissionError):
                _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft(hard), hard))
