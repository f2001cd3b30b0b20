"""Who holds a lease, and whether it still lives."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LONGEST_SILENCE_SECONDS = 60.0
"""After so long without a heartbeat a holder that cannot be looked at counts as dead."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its number, when it started, and the machine and name space in which the number counts.

    `started` and `boot_id` are "" where the system does not tell (it tells on Linux).
    """

    pid: int
    host: str
    started: str
    boot_id: str
    pid_space: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds leases, and when it was last heard of (seconds since 1970)."""

    id: str
    process: Process
    heartbeat: float

    def __str__(self) -> str:
        """Name it as a message does."""
        return f"process {self.process.pid} on {self.process.host}"


def this_process() -> Process:
    """Describe the running process."""
    pid = os.getpid()
    return Process(pid, socket.gethostname(), start_of(pid) or "", *_machine())


@cache
def _machine() -> tuple[str, str]:
    boot_id = pid_space = ""
    with suppress(OSError):
        boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        pid_space = str(Path("/proc/self/ns/pid").readlink())
    return boot_id, pid_space


def start_of(pid: int) -> str | None:
    """Tell when a process of this machine started, in ticks since boot; None if there is no such process.

    A process that was killed and not yet waited for is gone. "" where the system does not tell.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None if Path("/proc/self/stat").exists() or not _is_there(pid) else ""
    return None if fields[0] in (b"Z", b"X") else fields[19].decode()


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def is_alive(
    holder: Holder, here: Process, now: float, start_of: Callable[[int], str | None] = start_of
) -> bool:
    """Tell whether a holder lives, as seen from the process `here` at the time `now`.

    What runs on this machine is looked at: the process is gone, or another one has its number by now. Any
    other is believed to live for a minute after its last heartbeat: those on other machines, in other
    containers, and from before this machine was started again.
    """
    process, is_fresh = holder.process, now - holder.heartbeat <= LONGEST_SILENCE_SECONDS
    place = process.host, process.boot_id, process.pid_space
    if place != (here.host, here.boot_id, here.pid_space):
        return is_fresh
    started = start_of(process.pid)
    if started is None or started != process.started:
        return False
    return is_fresh or bool(started)
