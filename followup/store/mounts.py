"""Which file system a folder is on, and whether another machine keeps it.

SQLite's WAL needs shared memory, which those do not give (sqlite.org, "Write-Ahead Logging").
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

NETWORK = frozenset(
    {"9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "davfs2", "gfs", "gfs2", "glusterfs", "gpfs",
     "lustre", "ncp", "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2", "orangefs", "osxfs", "panfs", "prl_fs", "pvfs2", "smb2",
     "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs", "webdav"}
)  # fmt: skip
LOCAL_FUSE = frozenset(
    {"apfs", "bindfs", "cryfs", "encfs", "exfat", "ext2", "fuse-overlayfs", "fuseext2", "gocryptfs", "lklfuse",
     "mergerfs", "mhddfs", "ntfs", "ntfs-3g", "securefs", "unionfs", "unionfs-fuse", "veracrypt", "zfs", "zfs-fuse"}
)  # fmt: skip
"""Programs behind FUSE that keep their files on this machine; any other is taken for a network."""
_ELSEWHERE = re.compile(r"//|\\\\|(?:[^/\s:]+@)?(?:[^/\s:]+|\[[\da-fA-F:]+\]):/")
"""A source on another machine: `//server/share`, `host:/path`."""


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of Linux's `mountinfo` (proc_pid_mountinfo(5))."""

    number: int
    parent: int
    point: Path
    kind: str
    source: str

    @property
    def is_network(self) -> bool:
        """Whether another machine keeps these files, by the kind of the mount and by its source."""
        kind, _, program = self.kind.partition(".")
        if kind == "fuse":
            return program not in LOCAL_FUSE
        return kind in NETWORK or _ELSEWHERE.match(self.source) is not None


def mount_of(folder: Path) -> Mount | None:
    """The mount that this folder is on; None where the system doesn't tell."""
    try:
        mountinfo = os.fsdecode(Path("/proc/self/mountinfo").read_bytes())
    except OSError:
        return None
    return find(folder.resolve(), mountinfo)


def find(folder: Path, mountinfo: str) -> Mount | None:
    """The mount on which a path ends that is walked from the root, as the kernel walks it.

    A mount hides what was mounted below its point before, so the longest point is not always the answer.
    """
    # Not `splitlines`: a name may hold other signs that end a line; this one the kernel escapes.
    mounts = [_parsed(line) for line in mountinfo.split("\n") if line]
    numbers = {mount.number for mount in mounts}
    on_the_way = [mount for mount in mounts if mount.parent not in numbers or mount.parent == mount.number]
    reached = None
    while crossed := [mount for mount in on_the_way if folder.is_relative_to(mount.point)]:
        reached = min(crossed, key=lambda mount: len(mount.point.parts))
        on_the_way = [mount for mount in mounts if mount.parent == reached.number != mount.number]
    return reached


def _parsed(line: str) -> Mount:
    # Between the options of the mount and the dash stand any number of further fields.
    of_mount, _, of_system = line.partition(" - ")
    number, parent, _, _, point, *_ = of_mount.split(" ")
    kind, source, *_ = [*of_system.split(" "), ""]
    return Mount(int(number), int(parent), Path(_unescaped(point)), kind, _unescaped(source))


def _unescaped(text: str) -> str:
    """The kernel writes blanks, tabs, line breaks and backslashes in octal."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
