# SPDX-License-Identifier: MIT
"""Bad packages for the recovery, and what a client without authority says to rescue mode."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from typing import Iterator, NamedTuple

from bad_images import boot_image

# Signed packages with every mistake inside are those of tests/unit/test_package.c.


def packages() -> Iterator[tuple[str, bytes, str]]:
    """A name, a file, and the checks that may refuse it."""

    def archive(*files: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
        out = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as made:
            warnings.simplefilter("ignore")  # of names that come twice
            for name, data in files:
                made.writestr(name, data)
        return out.getvalue()

    good = archive(
        ("boot.img", boot_image()), ("META-INF/com/android/metadata", b"pre-device=dipper\n")
    )
    large = archive(("boot.img", bytes(100_000)))
    yield "one byte", b"x", "size"
    yield "no end", good[:200], "size"
    yield "an end and nothing else", b"PK\5\6" + bytes(18), "size"
    yield "not signed", large, "unsigned"
    yield "no zip", b"\x5a" * 100_000, "unsigned"
    yield "a bomb", archive(("boot.img", bytes(64 << 20)), method=zipfile.ZIP_DEFLATED), "unsigned"
    yield "out of its folder", archive(("../../system/bin/sh", bytes(9000))), "unsigned"
    yield "the same name twice", archive(
        ("boot.img", bytes(5000)), ("boot.img", bytes(5000))
    ), "unsigned"
    yield "thousands of files", archive(*((f"f{i}", b"") for i in range(2000))), "unsigned"
    yield "cut", large[:-1], "unsigned"
    yield "bytes behind", large + bytes(4096), "unsigned"
    mark = struct.pack("<HHH", 544, 0xFFFF, 544)
    yield "a mark of its own", large[:-2] + struct.pack("<H", 544) + bytes(538) + mark, "unsigned"


# Rescue mode, for a client that is not authorised.


class BadRescue(NamedTuple):
    kind: str
    name: str
    text: bytes
    code: str  # in the words of the refusal


GOOD_XML = '<?xml version="1.0"?><data><nop/></data>'
NO_XML = (
    "",
    "nop",
    "<nop/>",
    "<data></data>",
    "<data><nop></data>",
    "<data><nop/>",
    "<data><nop/></data>x",
    "<data><nop/><nop/></data>",
    "<data><nop></nop></data>",
    "<data>nop</data>",
    "<DATA><nop/></DATA>",
    "<data><nop a=1/></data>",
    "<data><nop a='1'/></data>",
    '<data><nop a=""b=""/></data>',
    "<!-- --><data><nop/></data>",
    '<!DOCTYPE a [<!ENTITY b "c">]><data><nop/></data>',
    "<data>" * 100,
    '<data><nop "a"/></data>',
    '<data><nop =""/></data>',
    "<data>< nop/></data>",
    "<data><nop\0/></data>",
    "\ufeff<data><nop/></data>",
)
NO_VALUES = ('"1', '"<"', '"&lt;"', '">"', '"\n"', '"\x7f"', f'"{"v" * 128}"')


def for_rescue() -> Iterator[BadRescue]:
    def of(name: str, attributes: str = "") -> bytes:
        return f'<?xml version="1.0"?><data><{name}{attributes}/></data>'.encode()

    for text in NO_XML:
        yield BadRescue("EDL: no element", text[:30], text.encode(), "E_RESCUE_XML")
    for cut in range(1, len(GOOD_XML)):
        yield BadRescue("EDL: cut", str(cut), GOOD_XML[:cut].encode(), "E_RESCUE_XML")
    for name, attributes in (("n" * 32, ""), ("nop", f' {"a" * 32}="1"')):
        yield BadRescue("EDL: a long name", name[:8], of(name, attributes), "E_RESCUE_XML_NAME")
    for value in NO_VALUES:
        yield BadRescue("EDL: no value", value[:8], of("nop", f" a={value}"), "E_RESCUE_XML_VALUE")
    yield BadRescue(
        "EDL: an attribute twice", "a", of("nop", ' a="1" a="2"'), "E_RESCUE_XML_DUPLICATE"
    )
    yield BadRescue(
        "EDL: too many",
        "17",
        of("nop", "".join(f' a{i}="1"' for i in range(17))),
        "E_RESCUE_XML_COUNT",
    )
    for name in (
        "configure",
        "getstorageinfo",
        "program",
        "erase",
        "reset",
        "patch",
        "peek",
        "poke",
        "read",
        "power",
        "NOP",
        "nopx",
    ):
        yield BadRescue(
            "EDL: before authentication", name, of(name, ' label="boot"'), "E_RESCUE_LOCKED"
        )
    for target in ("", "re", "REQ", "reqx", "sigx", "xyz"):
        yield BadRescue(
            "EDL: sig for what", target, of("sig", f' TargetName="{target}"'), "E_RESCUE_ATTRIBUTE"
        )
    yield BadRescue("EDL: sig for what", "none", of("sig"), "E_RESCUE_ATTRIBUTE")
    for size in ("", "x", "-1", "1552 ", "18446744073709551616", "0x610"):
        yield BadRescue(
            "EDL: answer's size",
            size,
            of("sig", f' TargetName="sig" size_in_bytes="{size}"'),
            "E_RESCUE_ATTRIBUTE",
        )
    yield BadRescue(
        "EDL: nobody asked",
        "1552",
        of("sig", ' TargetName="sig" size_in_bytes="1552"'),
        "E_RESCUE_CHALLENGE",
    )
