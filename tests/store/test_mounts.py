"""A folder that another machine keeps is known by its mount, whatever the mount is called and wherever it lies."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.store import mounts

ROOT = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"


def escaped(text: str) -> str:
    """As the kernel writes a name: blanks, tabs, line breaks and backslashes in octal."""
    return "".join(f"\\{ord(sign):03o}" if sign in " \t\n\\" else sign for sign in text)


def line(number: int, parent: int, point: str, kind: str, source: str, fields: str = "") -> str:
    return f"{number} {parent} 0:{number} / {escaped(point)} rw,relatime{fields} - {kind} {escaped(source)} rw\n"


def is_network(folder: str, mountinfo: str) -> bool:
    mount = mounts.find(Path(folder), mountinfo)
    assert mount is not None
    return mount.is_network


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("nfs", "nas:/home"), ("nfs4", "[2001:db8::1]:/home"), ("cifs", "//nas/home"), ("smb3", "//nas/my files"),
        ("9p", "drvfs"), ("virtiofs", "shared"), ("ceph", "10.0.0.1:6789:/"), ("glusterfs", "nas:vol"), ("afs", "AFS"),
        ("lustre", "mgs@tcp:/fs"), ("davfs", "dav.example.org"), ("vboxsf", "home"), ("fuse.sshfs", "sam@nas:"),
        ("fuse.rclone", "drive:"), ("fuse.glusterfs", "nas:/vol"), ("fuse.davfs2", "x"), ("fuse.s3fs", "s3fs"),
        ("fuse.gvfsd-fuse", "gvfsd-fuse"), ("fuse.cephfs", "x"), ("fuse.something-new", "x"), ("fuse", "x"),
        ("newfs", "//nas/home"), ("newfs", "sam@nas:/home"),
    ],
)  # fmt: skip
def test_a_network_is_known_by_kind_and_by_name(kind: str, source: str) -> None:
    assert is_network("/home/sam/x", ROOT + line(30, 22, "/home/sam", kind, source))


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("ext4", "/dev/sda2"), ("btrfs", "/dev/mapper/home"), ("xfs", "/dev/sdb"), ("zfs", "tank/home"),
        ("tmpfs", "tmpfs"), ("overlay", "overlay"), ("ecryptfs", "/home/.ecryptfs/sam"), ("fuseblk", "/dev/sdb1"),
        ("fuse.gocryptfs", "/home/sam/.crypt"), ("fuse.ntfs-3g", "/dev/sdb1"), ("fuse.mergerfs", "a:/b"),
    ],
)  # fmt: skip
def test_a_disk_of_this_machine_is_none(kind: str, source: str) -> None:
    assert not is_network("/home/sam/x", ROOT + line(30, 22, "/home/sam", kind, source))


@given(
    name=st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1).filter(
        lambda name: name not in (".", "..")
    ),
    fields=st.sampled_from(["", " shared:1", " shared:1 master:2 propagate_from:3"]),
)
def test_a_folder_of_any_name_is_found_and_its_neighbour_is_not(name: str, fields: str) -> None:
    mountinfo = ROOT + line(30, 22, f"/home/{name}", "nfs4", f"nas:/{name}", fields)
    assert is_network(f"/home/{name}/settings", mountinfo)
    assert not is_network(f"/home/{name}x", mountinfo)
    assert not is_network("/home", mountinfo)


def test_what_is_mounted_over_a_mount_hides_it_and_what_lies_below() -> None:
    below = ROOT + line(30, 22, "/home/sam", "nfs4", "nas:/sam")
    assert is_network("/home/sam", below)
    assert not is_network("/home/sam", below + line(31, 30, "/home/sam", "ext4", "/dev/sdb"))
    assert not is_network("/home/sam", below + line(31, 22, "/home", "ext4", "/dev/sdb"))


def test_the_system_tells_of_the_folder_of_the_tests(tmp_path: Path) -> None:
    mount = mounts.mount_of(tmp_path)
    assert mount is None or (mount.kind and not mount.is_network)
