# SPDX-License-Identifier: MIT
"""
Bad inputs for a phone in fastboot mode, made from good ones: a kind of mistake, a case of it, and
the words that it must be refused with. No case changes anything on the phone.
"""

from __future__ import annotations

import itertools
import re
import struct
from typing import Iterator

from bad_images import (
    LARGER,
    Bad,
    boot_image,
    boot_images,
    rollback_images,
    sparse_chunks,
    sparse_ends,
    sparse_headers,
)

from lab import paths

NO_PARTITION = "no such partition on this phone"
UNKNOWN = "unknown command"
NO_ARGUMENT = "the command lacks its argument"
PRINTABLE = "a command is printable ASCII"
NO_TABLE = "The partition table cannot be changed"
NO_LIST = "not a list of checksums"

# Names and words.

BAD_NAMES = (
    b"nowhere",
    b"boot_a",
    b"boot_c",
    b"boot ",
    b" boot",
    b"BOOT",
    b"boo",
    b"boots",
    b"boot/",
    b"../boot",
    b"/dev/vda",
    b"boot:1",
    b"%s%n%x",
    b"a" * 36,
    b"b" * 37,
    b"c" * 200,
    b"-",
    b"0",
    b"boot;misc",
    b"*",
    b"boot,misc",
    b"all",
)


def names() -> Iterator[Bad]:
    for name in (b"partition", b"gpt", b"partition:0"):
        yield Bad("flash a partition table", name.decode(), b"flash:" + name, NO_TABLE, b"x" * 100)
        yield Bad("erase a partition table", name.decode(), b"erase:" + name, NO_TABLE)
    for name in (b"\xe5\x90\xaf", b"boot\t", b"boot\n", b"\x7f", b"\x00"):
        yield Bad("name that nobody can type", repr(name), b"flash:" + name, PRINTABLE, b"x" * 100)
    for name in BAD_NAMES:
        shown = name[:20].decode(errors="replace")
        yield Bad("flash to no partition", shown, b"flash:" + name, NO_PARTITION, b"x" * 100)
        yield Bad("erase no partition", shown, b"erase:" + name, NO_PARTITION)
        yield Bad("hash of no partition", shown, b"oem sha256:" + name, NO_PARTITION)
    for name in (b"a", b"b", b"c", b"_a", b"", b"A", b"ab", b"0"):
        words = "this phone has no slots" if name else NO_ARGUMENT
        yield Bad("slot of a phone without", name.decode(), b"set_active:" + name, words)


PLAIN = (
    b"reboot",
    b"continue",
    b"powerdown",
    b"flashing lock",
    b"flashing get_unlock_ability",
    b"oem help",
    b"oem device-info",
    b"oem why",
    b"oem log",
    b"oem edl",
    b"boot",
    b"upload",
)
WITH_ARGUMENT = (b"getvar:", b"download:", b"flash:", b"erase:", b"set_active:", b"oem sha256:")


def commands() -> Iterator[Bad]:
    for command in PLAIN:
        shown = command.decode()
        yield Bad("command with a tail", shown, command + b"x", UNKNOWN)
        yield Bad("command in capitals", shown, command.upper(), UNKNOWN)
        yield Bad("command behind a blank", shown, b" " + command, UNKNOWN)
        yield Bad("command cut short", shown, command[:-1], UNKNOWN)
        yield Bad("command with a line end", shown, command + b"\n", PRINTABLE)
    for command in WITH_ARGUMENT:
        yield Bad("no argument", command.decode(), command, NO_ARGUMENT)
        yield Bad("no colon", command.decode(), command[:-1], UNKNOWN)
        yield Bad("blank for a colon", command.decode(), command[:-1] + b" boot", UNKNOWN)
    for odd in (b"\t", b"\x01", b"\xff\xfe", b"\x1b[31m", b"getvar:\x80"):
        yield Bad("bytes that are no text", repr(odd), odd, PRINTABLE)
    for odd in (
        b" ",
        b"%n%n",
        b"oem",
        b"oem ",
        b"flashing",
        b"flashing  lock",
        b"oem  help",
        b"getvar",
        b";",
        b"'",
        b"A" * 64,
        b"B" * 1000,
        b"C" * 4000,
    ):
        yield Bad("no command at all", odd[:12].decode(errors="replace"), odd, UNKNOWN)


def downloads() -> Iterator[Bad]:
    for size in (
        b"0",
        b"100",
        b"000000100",
        b"0x000100",
        b"-0000001",
        b"+0000100",
        b"0000010g",
        b" 0000100",
        b"00000100 ",
        b"00000100:0",
        b"0000_100",
        b"1e3",
        b"0" * 64,
    ):
        yield Bad(
            "download: no size",
            size[:12].decode(errors="replace"),
            b"download:" + size,
            "download: takes eight hexadecimal digits",
        )
    yield Bad("download: nothing", "0", b"download:00000000", "nothing to download")
    for size in (b"20000001", b"7fffffff", b"80000000", b"ffffffff", b"FFFFFFFF"):
        yield Bad(
            "download: too large", size.decode(), b"download:" + size, "the download is too large"
        )


def without_a_download() -> Iterator[Bad]:
    for command, words in (
        (b"flash:boot", "no image was downloaded"),
        (b"boot", "no boot image was downloaded"),
        (b"upload", "nothing is staged"),
        (b"flash:vbmeta", "no image was downloaded"),
        (b"flash:crclist", NO_LIST),
        (b"flash:sparsecrclist", NO_LIST),
    ):
        yield Bad("nothing was brought", command.decode(), command, words)


def too_large() -> Iterator[Bad]:
    for name, size in (("vbmeta", (1 << 20) + 1), ("xbl_config", (1 << 20) + 1), ("abl", 3 << 20)):
        yield Bad(
            "larger than the partition",
            f"{name} {size}",
            b"flash:" + name.encode(),
            LARGER,
            b"x" * size,
        )


# Lists of checksums.

LISTS = (
    b"",
    b"CRC",
    b"CRC-LISTX\nboot 0x1\n",
    b"crc-list\nboot 0x1\n",
    b"CRC-LIST\nboot\n",
    b"CRC-LIST\nboot 1\n",
    b"CRC-LIST\nboot 0x\n",
    b"CRC-LIST\nboot 0xg\n",
    b"CRC-LIST\nboot 0x123456789\n",
    b"CRC-LIST\nboot -0x1\n",
    b"CRC-LIST\nboot 0x1 2\n",
    b"CRC-LIST\nboot=0x1\n",
    b"CRC-LIST\n0x1 boot\n",
    b"CRC-LIST\n" + b"n" * 37 + b" 0x1",
    b"CRC-LIST\n" + b"".join(b"p%d 0x1\n" % i for i in range(49)),
    b"\xef\xbb\xbfCRC-LIST\nboot 0x1\n",
)


def lists() -> Iterator[Bad]:
    for text in LISTS:
        shown = text[:24].decode(errors="replace")
        if text:
            yield Bad("list of checksums", shown, b"flash:crclist", NO_LIST, text)
        sparse = text.replace(b"CRC-LIST", b"SPARSECRC-LIST")
        if sparse and b" 0x1 2" not in sparse:
            yield Bad("list of sparse checksums", shown, b"flash:sparsecrclist", NO_LIST, sparse)
    yield Bad(
        "list too long",
        "64 KiB",
        b"flash:crclist",
        "the list of checksums is too long",
        b"CRC-LIST" + b" " * 65536,
    )


def for_an_unlocked_phone() -> Iterator[Bad]:
    return itertools.chain(
        sparse_headers(),
        sparse_chunks(),
        sparse_ends(),
        names(),
        commands(),
        downloads(),
        without_a_download(),
        too_large(),
        lists(),
        boot_images(),
        rollback_images(),
    )


# A locked phone.


def partitions(model: str) -> list[str]:
    text = (paths.MODEL_FILES / f"{model}.yaml").read_text(encoding="utf-8")
    return re.findall(r"- \{name: (\w+),", text)


def for_a_locked_phone() -> Iterator[Bad]:
    for name in partitions("dipper"):
        raw = name.encode()
        yield Bad(
            "locked: flash",
            name,
            b"flash:" + raw,
            "Flashing is not allowed in Lock State",
            b"x" * 64,
        )
        yield Bad("locked: erase", name, b"erase:" + raw, "Erase is not allowed in Lock State")
        yield Bad("locked: hash", name, b"oem sha256:" + raw, "")
    yield Bad(
        "locked: boot",
        "good header",
        b"boot",
        "Boot Command is not allowed in Lock State",
        boot_image(),
    )
    for command in (b"flashing unlock", b"oem unlock"):
        for name, answer in answers():
            yield Bad(
                "locked: unlock answer",
                f"{command.decode()}, {name}",
                command,
                "Token Verify Failed",
                answer,
            )


def answers() -> Iterator[tuple[str, bytes]]:
    shape = b"FLUNLOCK" + struct.pack(">II", 4096, 0xDEADBEEF) + b"\xc5" * 1024 + b"\x01" * 512
    yield "none of its size", b"x"
    for cut in (8, 9, 1040, 1551):
        yield f"cut at {cut}", shape[:cut]
    yield "longer", shape + b"\0"
    for at in (0, 7):
        yield f"magic, byte {at}", shape[:at] + b"?" + shape[at + 1 :]
    yield "another key", shape
    key = (paths.KEYS / "oem.avbpubkey").read_bytes()
    for byte in (0, 1, 0x7F, 0xFF):
        yield f"no signature, {byte}", b"FLUNLOCK" + key + bytes([byte]) * 512
