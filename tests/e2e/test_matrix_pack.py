# SPDX-License-Identifier: MIT
"""A pack that somebody made with care: each object has the digest of its name, and is none all the same."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import tarfile
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.matrix import pack

QCOW2 = b"QFI\xfb" + struct.pack(">IQ", 3, 0) + bytes(56) + struct.pack(">Q", 0) + bytes(24)


def archive(*entries: tuple[str, int]) -> bytes:
    """(name, size); a negative size: so much is said to be there, and is not."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as made:
        for name, size in entries:
            entry = tarfile.TarInfo(name)
            entry.size = abs(size)
            made.addfile(entry, io.BytesIO(bytes(abs(size))))
    return out.getvalue()


def link(kind: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as made:
        entry = tarfile.TarInfo("a")
        entry.type, entry.linkname = kind, "/etc/passwd"
        made.addfile(entry)
    return out.getvalue()


def with_bytes(at: int, value: bytes) -> bytes:
    return QCOW2[:at] + value + QCOW2[at + len(value) :]


OBJECTS = {
    "a disk with another file behind it": ("qcow2", with_bytes(8, struct.pack(">Q", 0x70)), "another file"),
    "a disk with its data elsewhere": ("qcow2", with_bytes(72, struct.pack(">Q", 4)), "another file"),
    "an old disk with another file": ("qcow2", b"QFI\xfb" + struct.pack(">IQ", 2, 9) + bytes(64), "another"),
    "a NOR that is cut": ("img.gz", gzip.compress(bytes(100000))[:-20], "cannot be unpacked"),
    "a NOR whose sum is wrong": ("img.gz", gzip.compress(b"x")[:-8] + bytes(8), "cannot be unpacked"),
    "a NOR that is no gzip": ("img.gz", b"a NOR", "cannot be unpacked"),
    "a NOR of bad deflate": ("img.gz", gzip.compress(b"x")[:10] + b"\xff" * 20, "cannot be unpacked"),
    "a NOR without end": ("img.gz", gzip.compress(bytes(pack.NOR_BYTES_MAX + 1)), "larger than any NOR"),
    "a package that is none": ("tar.gz", b"a package", "cannot be unpacked"),
    "a package of a package": ("tar.gz", gzip.compress(b"x" * 1024), "cannot be unpacked"),
    "a package that is cut": ("tar.gz", archive(("a/b", 100000))[:-30], "cannot be unpacked"),
    "an empty package": ("tar.gz", archive(), "not one folder"),
    "a package of two folders": ("tar.gz", archive(("a/b", 1), ("c/d", 1)), "not one folder"),
    "a package that is a file": ("tar.gz", archive(("a", 1)), "not one folder"),
    "a package whose file is a folder too": ("tar.gz", archive(("a", 1), ("a/b", 1)), "cannot be"),
    "a package of endless depth": ("tar.gz", archive(("a/" * 2000 + "b", 1)), "cannot be unpacked"),
    "a package of a name too long": ("tar.gz", archive(("a/" + "b" * 300, 1)), "cannot be unpacked"),
    "a package that is not packed": ("tar.gz", gzip.decompress(archive(("a/b", 1))), "cannot be"),
    "a package with a way up": ("tar.gz", archive(("../a", 1)), "no place"),
    "a package with a way from the root": ("tar.gz", archive(("/tmp/a", 1)), "no place"),
    "a package with a link": ("tar.gz", link(tarfile.SYMTYPE), "no place"),
    "a package with a hard link": ("tar.gz", link(tarfile.LNKTYPE), "no place"),
    "a package with a pipe": ("tar.gz", link(tarfile.FIFOTYPE), "no place"),
    "a package with a device": ("tar.gz", link(tarfile.CHRTYPE), "no place"),
}  # fmt: skip


def packed(folder: Path, kind: str, data: bytes) -> tuple[pack.Pack, str]:
    name = f"objects/{hashlib.sha256(data).hexdigest()}.{kind}"
    (folder / "objects").mkdir()
    (folder / name).write_bytes(data)
    (folder / pack.INDEX).write_text(json.dumps({kind: {} for kind in pack.KINDS}))
    return pack.Pack(None, folder), name


@pytest.mark.parametrize("what", OBJECTS)
def test_an_object_that_is_none(tmp_path, monkeypatch, what):
    kind, data, says = OBJECTS[what]
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    monkeypatch.setattr(pack, "UNPACKED", unpacked)
    found, name = packed(tmp_path, kind, data)
    with pytest.raises(LabError, match=says):
        found._unpacked(name)
    assert not list(unpacked.iterdir())


def test_a_package_has_a_measure(tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "PACKAGE_BYTES_MAX", 100)
    part = tmp_path / "part"
    data = tmp_path / "a.tar.gz"
    data.write_bytes(archive(("a", 60), ("b", 60)))
    with pytest.raises(LabError, match="larger than any package"):
        pack._tar(data, part)


def test_a_disk_of_its_own_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "UNPACKED", tmp_path)
    found, name = packed(tmp_path, "qcow2", QCOW2)
    assert found._unpacked(name) == tmp_path / name
