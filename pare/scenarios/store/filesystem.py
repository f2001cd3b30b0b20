"""Which file system a path is on: the write-ahead log of SQLite breaks where machines share the files."""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")

NETWORK = frozenset(
    {
        *("nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "kafs", "coda"),
        *("9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "drvfs"),
        *("lustre", "ceph", "glusterfs", "gpfs", "beegfs", "orangefs", "pvfs2", "panfs", "gfs2", "ocfs2"),
        *("davfs", "moosefs", "juicefs", "wekafs"),
    }
)
LOCAL_FUSE = frozenset(
    {
        *("fuse.fuse-overlayfs", "fuse.mergerfs", "fuse.bindfs", "fuse.lxcfs"),
        *("fuse.encfs", "fuse.gocryptfs", "fuse.cryfs", "fuse.securefs", "fuse.ntfs-3g", "fuse.ntfs"),
    }
)


def network_type(path: Path, mountinfo: str) -> str | None:
    """Name the network file system that an absolute `path` is on, as `mountinfo` has it; None on a local one.

    A file system in user space (``fuse.…``) counts as one unless it is known to be local.
    """
    kind = filesystem_type(path, mountinfo)
    if kind is None:
        return None
    is_fuse = kind == "fuse" or (kind.startswith("fuse.") and kind not in LOCAL_FUSE)
    return kind if kind in NETWORK or is_fuse else None


def filesystem_type(path: Path, mountinfo: str) -> str | None:
    """Name the file system of an absolute `path`, that of the longest mount point above it; None if unknown.

    Of two mounts on one point the later one covers the earlier.
    """
    found, depth = None, 0
    for point, kind in filter(None, map(_mount_of, mountinfo.splitlines())):
        if len(point.parts) >= depth and path.is_relative_to(point):
            found, depth = kind, len(point.parts)
    return found


def _mount_of(line: str) -> tuple[Path, str] | None:
    """Read mount point and type of a line: ``36 35 98:0 /root /point rw [tags] - type source options``."""
    before, separator, after = line.partition(" - ")
    fields, kinds = before.split(" "), after.split(" ")
    if not separator or len(fields) < 6 or not kinds[0]:
        return None
    return Path(_unescaped(fields[4])), kinds[0]


def _unescaped(text: str) -> str:
    """Undo the kernel's octal escapes for blank, tab, line feed and backslash."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def find_network_type(path: Path) -> str | None:
    """Name the network file system that `path` is on, links followed; None on a local or unknown one."""
    try:
        mountinfo = os.fsdecode(MOUNTINFO.read_bytes())
    except OSError:
        return None
    return network_type(path.resolve(), mountinfo)


def notice_for(path: Path, kind: str) -> str:
    """Say what using a store on a network file system means."""
    return (
        f"The result store {path} is on a network file system ({kind}). It is used without a write-ahead "
        "log and by one process at a time, which is slower; a directory on a local disk is better "
        "(`pare cache set`)."
    )
