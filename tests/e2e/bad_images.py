# SPDX-License-Identifier: MIT
"""Bad images for a phone in fastboot mode, made from good ones: sparse, boot and vbmeta images."""

from __future__ import annotations

import struct
from typing import Iterator, NamedTuple

SPARSE, RAW, FILL, SKIP, CRC = 0xED26FF3A, 0xCAC1, 0xCAC2, 0xCAC3, 0xCAC4
BLOCK = 4096
U16 = (0, 1, 2, 27, 29, 0x7FFF, 0xFFFF)
U32 = (0, 1, 2, 3, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
DAMAGED = "a damaged sparse image"
LARGER = "the image is larger than the partition"


class Bad(NamedTuple):
    kind: str
    name: str
    command: bytes
    words: str  # its refusal begins so
    download: bytes = b""


# Sparse images.


def chunk(kind: int, blocks: int, data: bytes = b"", total: int | None = None) -> bytes:
    total = 12 + len(data) if total is None else total
    return struct.pack("<HHII", kind, 0, blocks & 0xFFFFFFFF, total & 0xFFFFFFFF) + data


class SparseImage:
    """One chunk of each kind; fields that are changed afterwards."""

    HEADER = (
        "magic",
        "major",
        "minor",
        "header_bytes",
        "chunk_header_bytes",
        "block_bytes",
        "total_blocks",
        "chunks",
        "crc",
    )

    def __init__(self) -> None:
        self.fields = dict(zip(self.HEADER, (SPARSE, 1, 0, 28, 12, BLOCK, 9, 4, 0)))
        self.list = [
            chunk(RAW, 2, b"\x11" * 2 * BLOCK),
            chunk(FILL, 3, b"\xd4\xc3\xb2\xa1"),
            chunk(SKIP, 4),
            chunk(CRC, 0, bytes(4)),
        ]

    def bytes(self) -> bytes:
        return struct.pack("<IHHHHIIII", *self.fields.values()) + b"".join(self.list)

    def with_field(self, name: str, value: int) -> bytes:
        other = SparseImage()
        other.fields[name] = value
        return other.bytes()

    def with_chunk(self, at: int, changed: bytes) -> bytes:
        other = SparseImage()
        other.list[at] = changed
        return other.bytes()

    def ends(self) -> Iterator[int]:
        at = 28
        for one in self.list:
            yield from (at, at + 4, at + 12)
            at += len(one)


def sparse_headers() -> Iterator[Bad]:
    good = SparseImage()

    def bad(field: str, value: int, words: str = DAMAGED) -> Bad:
        return Bad(
            f"sparse: {field}", str(value), b"flash:logo", words, good.with_field(field, value)
        )

    for field, values in (
        ("major", (0, 2, 3, 0xFFFF)),
        ("header_bytes", U16),
        ("chunk_header_bytes", (0, 1, 11, 13, 16, 0x7FFF, 0xFFFF)),
        ("block_bytes", (0, 1, 2, 3, 4095, 4097, 8, 2048, 8192)),
        ("chunks", (0, 1, 2, 3, 5, 6, 0x100000, 0x100001, 0x7FFFFFFF, 0xFFFFFFFF)),
        ("total_blocks", (0, 1, 8, 10, 16384)),
    ):
        yield from (bad(field, value) for value in values)
    for value in (16385, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):  # logo has 16384 blocks
        yield bad("total_blocks", value, LARGER)
    for value in (1 << 31, 0xFFFFFFFC):
        yield bad("block_bytes", value, LARGER)


def sparse_chunks() -> Iterator[Bad]:
    good = SparseImage()
    names = ("raw", "fill", "skip", "crc")
    bodies = [one[12:] for one in good.list]
    blocks = (2, 3, 4, 0)
    kinds = (RAW, FILL, SKIP, CRC)

    def bad(kind: str, name: object, at: int, changed: bytes) -> Bad:
        return Bad(
            f"sparse: {names[at]}'s {kind}",
            str(name),
            b"flash:logo",
            DAMAGED,
            good.with_chunk(at, changed),
        )

    for at in range(4):
        for other in (0, 0xCAC0, 0xCAC5, 0xFFFF, *kinds):
            if other != kinds[at] and (at, other) != (3, FILL):  # a fill of no blocks is right
                yield bad("type", hex(other), at, chunk(other, blocks[at], bodies[at]))
        for count in U32:
            if count != blocks[at]:
                yield bad("blocks", count, at, chunk(kinds[at], count, bodies[at]))
        right = 12 + len(bodies[at])
        for total in {0, 1, 11, 12, right - 1, right + 1, right + 4, 0x7FFFFFFF, 0xFFFFFFFF} - {
            right
        }:
            yield bad("total", total, at, chunk(kinds[at], blocks[at], bodies[at], total))
        for copies in (0, 2, 3):
            if at != 3 or copies != 0:  # without a checksum only the count is wrong
                yield bad("number", copies, at, good.list[at] * copies)


def sparse_ends() -> Iterator[Bad]:
    good = SparseImage()
    whole = good.bytes()
    for cut in sorted({*good.ends(), *range(4, 28, 4), len(whole) - 1} - {len(whole)}):
        yield Bad("sparse: cut", str(cut), b"flash:logo", DAMAGED, whole[:cut])
    for more in (1, 4, 12, 4096):
        yield Bad("sparse: bytes behind it", str(more), b"flash:logo", DAMAGED, whole + bytes(more))
    for name, blocks in (("xbl_config", 257), ("boot", 16385), ("misc", 1025)):
        image = SparseImage()
        image.fields.update(total_blocks=blocks, chunks=1)
        image.list = [chunk(SKIP, blocks)]
        yield Bad("sparse: too large", name, b"flash:" + name.encode(), LARGER, image.bytes())


# Boot images, to be started.


def boot_header(**changed: int) -> bytes:
    fields = {
        "kernel_bytes": 64,
        "kernel_addr": 0,
        "ramdisk_bytes": 16,
        "ramdisk_addr": 0,
        "second_bytes": 0,
        "second_addr": 0,
        "tags_addr": 0,
        "page_bytes": 4096,
        "header_version": 1,
    }
    tail = {"recovery_dtbo_bytes": 0, "recovery_dtbo_offset": 0, "header_bytes": 1648}
    fields.update({name: value for name, value in changed.items() if name in fields})
    tail.update({name: value for name, value in changed.items() if name in tail})
    head = b"ANDROID!" + struct.pack("<9I", *fields.values()) + bytes(4 + 16 + 512 + 32 + 1024)
    return (head + struct.pack("<IQI", *tail.values())).ljust(4096, b"\0")


def boot_image(**changed: int) -> bytes:
    kernel = (bytes(56) + b"ARM\x64" + bytes(4)).ljust(4096, b"\0")
    return boot_header(**changed) + kernel + bytes(4096)


def boot_images() -> Iterator[Bad]:
    def bad(kind: str, name: object, image: bytes, code: str) -> Bad:
        return Bad(
            f"boot: {kind}",
            str(name),
            b"boot",
            f"no-rom: there is nothing on it that could be started ({code})",
            image,
        )

    wraps = (0x7FFFFFFF, 0x80000000, 0xFFFFF000, 0xFFFFFFFF)
    for field in ("kernel_bytes", "ramdisk_bytes", "second_bytes", "recovery_dtbo_bytes"):
        for value in wraps:
            yield bad(field, hex(value), boot_image(**{field: value}), "E_BOOT_IMAGE_RANGE")
    yield bad("kernel_bytes", 0, boot_image(kernel_bytes=0), "E_BOOT_IMAGE_RANGE")
    for value in (0, 1, 512, 1024, 4095, 4097, 32768, 0x80000000, 0xFFFFFFFF):
        yield bad("page_bytes", value, boot_image(page_bytes=value), "E_BOOT_IMAGE_PAGE_SIZE")
    for value in (0, 1, 1632, 1660, 0xFFFFFFFF):
        yield bad("header_bytes", value, boot_image(header_bytes=value), "E_BOOT_IMAGE_RANGE")
    for value in (3, 4, 5, 0x7FFFFFFF, 0xFFFFFFFF):
        yield Bad(
            "boot: header_version",
            str(value),
            b"boot",
            f"a boot image of header version {value}: this phone starts versions 0 to 2",
            boot_image(header_version=value),
        )
        yield Bad(
            "flash: header_version",
            str(value),
            b"flash:boot",
            f"a boot image of header version {value}: this phone starts versions 0 to 2",
            boot_image(header_version=value),
        )
    good = boot_image()
    for magic in (b"ANDROID?", b"android!", b"\0" * 8, b"!DIORDNA"):
        yield bad("magic", magic.decode(), magic + good[8:], "E_BOOT_IMAGE_MAGIC")
    for byte in (b"\x01", b"\n", b"\x7f", b"\xff"):
        yield bad(
            "command line",
            byte.hex(),
            good[:64] + b"quiet" + byte + good[70:],
            "E_BOOT_IMAGE_CMDLINE",
        )


def rollback_images() -> Iterator[Bad]:
    words = "current device antirollback version is greater than this package (phone 1, image 0)"
    image = (b"AVB0" + struct.pack(">II", 1, 0)).ljust(4096, b"\0")
    yield Bad("rollback", "raw", b"flash:vbmeta", words, image)
    sparse = SparseImage()
    sparse.fields.update(total_blocks=1, chunks=1)
    sparse.list = [chunk(RAW, 1, image)]
    yield Bad("rollback", "sparse", b"flash:vbmeta", words, sparse.bytes())
