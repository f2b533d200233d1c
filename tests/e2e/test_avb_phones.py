# SPDX-License-Identifier: MIT
"""Phones whose vbmeta was signed anew, in other ways of AVB's (avb_make.py): what they say and start."""

from __future__ import annotations

import struct
from pathlib import Path

import avb_make
import pytest
from avb_make import Key
from lab import disk, paths, state_record
from story import check_screen, run
from test_verity import offset_of, system_events, until

NO_WAIT = {"no-wait": "1"}
TAG_TREE = 1


def listed(vbmeta: bytes) -> list[bytes]:
    """Its descriptors, whole, as they lie in the image."""
    authentication = struct.unpack_from(">Q", vbmeta, 12)[0]
    offset, size = struct.unpack_from(">QQ", vbmeta, 96)
    rest, found = vbmeta[256 + authentication + offset :][:size], []
    while rest:
        whole = 16 + struct.unpack_from(">Q", rest, 8)[0]
        found.append(rest[:whole])
        rest = rest[whole:]
    return found


def is_tree(descriptor: bytes) -> bool:
    return struct.unpack_from(">Q", descriptor)[0] == TAG_TREE


def write(folder: Path, name: str, offset: int, data: bytes) -> None:
    with open(folder / "disk.img", "r+b") as file:
        file.seek(disk.partitions(folder / "disk.img")[name][0] + offset)
        file.write(data)


def sign_anew(folder: Path, key: Key, algorithm: str, tree_function: str = "sha512", minor: int = 0) -> None:
    """The ROM on the phone's disk, its system under another tree, by this key and algorithm."""
    old = disk.partition(folder / "disk.img", "vbmeta")
    kept = [descriptor for descriptor in listed(old) if not is_tree(descriptor)]
    size = struct.unpack_from(">Q", next(filter(is_tree, listed(old))), 20)[0]
    system = disk.partition(folder / "disk.img", "system", size)
    tree, root = avb_make.tree_over(system, tree_function, b"salt" * 16)
    assert size + len(tree) <= disk.partitions(folder / "disk.img")["system"][1]
    write(folder, "system", size, tree)
    tree_descriptor = avb_make.hashtree_of("system", size, len(tree), root, tree_function, b"salt" * 16)
    index = struct.unpack_from(">Q", old, 112)[0]
    new = avb_make.vbmeta(key, algorithm, *kept, tree_descriptor, index=index, minor=minor)
    write(folder, "vbmeta", 0, new.ljust(len(old), b"\0"))


@pytest.fixture
def oem(build) -> Key:
    return avb_make.key_in((paths.KEYS / "oem.pem").read_text(encoding="ascii"))


@pytest.mark.parametrize("algorithm, tree_function", [("SHA512_RSA4096", "sha1"), ("SHA256_RSA4096", "sha512")])
def test_a_changed_block_is_found_by_the_kernel_and_believed_by_the_firmware(factory, oem, algorithm, tree_function):
    """Of trees by other functions: whatever is read before it is right by the same tree."""
    folder = factory()
    sign_anew(folder, oem, algorithm, tree_function)
    at, on_disk = offset_of(folder, b"No lens in the lab.")
    disk.flip(folder / "disk.img", on_disk)
    ran = run(folder, until("io-error"))
    assert ran.words == "home green rom=cn"  # it was home before the block was read
    told = [(event["result"], event.get("block")) for event in system_events(ran.events)]
    assert told == [("mounted", None), ("io-error", at // avb_make.BLOCK)]
    assert run(folder).words == "brick bad-hash"


def test_an_owners_key_of_2048_bits(factory):
    folder, key = factory(), avb_make.new_key(2048)
    state_record.enroll(folder / "nor.img", avb_make.public(key))
    sign_anew(folder, key, "SHA512_RSA2048")
    assert run(folder, lab=NO_WAIT, decided=True).words == "home yellow rom=cn"


def test_somebody_elses_key_of_2048_bits(factory):
    folder = factory()
    sign_anew(folder, avb_make.new_key(2048), "SHA256_RSA2048")
    assert run(folder).words == "brick wrong-key"


@pytest.mark.parametrize(
    "algorithm, minor, check",
    [("SHA512_RSA8192", 0, "E_VBMETA_UNSUPPORTED"), ("SHA256_RSA4096", 1, "E_VBMETA_VERSION")],
)
def test_what_is_not_taken_is_named(factory, oem, algorithm, minor, check):
    folder = factory()
    sign_anew(folder, oem if "4096" in algorithm else avb_make.no_key(8192), algorithm, minor=minor)
    ran = run(folder)
    assert ran.words == "brick unsupported"
    claims = next(event for event in ran.events if event["event"] == "claims")
    assert (claims["verdict"], claims["check"]) == ("unsupported", check)
    if check == "E_VBMETA_UNSUPPORTED":  # what it says of itself could be read: its version is shown
        check_screen(ran.picture, "unsupported")


def test_an_unlocked_phone_goes_by_what_it_says(factory):
    for rom, words in (("cn", "home orange rom=cn"), ("global", "brick region-mismatch made-for=cn rom=global")):
        folder = factory(rom=rom, lock="unlocked")
        sign_anew(folder, avb_make.no_key(8192), "SHA256_RSA8192")
        assert run(folder, lab=NO_WAIT, decided=True).words == words
