# SPDX-License-Identifier: MIT
"""boardc: every wrong model is refused at its line, leaving nothing behind."""

from __future__ import annotations

import os

import pytest
from boardc_call import GOOD, refuse, succeed, write_model


def swap(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def without(key: str) -> str:
    return "".join(line for line in GOOD.splitlines(True) if not line.startswith(key + ":"))


def repeated(key: str) -> str:
    return GOOD + next(line for line in GOOD.splitlines(True) if line.startswith(key + ":"))


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{n}: &{n} [{','.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefgh", "bcdefghi"))
ENTRY = "  - {name: boot, size: 64 MiB}\n"

# What is replaced in GOOD, the line that is blamed, what is said.
BAD = {
    "codename missing": (without("codename"), 1, 'the key "codename" is missing'),
    "name missing": (without("name"), 1, 'the key "name" is missing'),
    "released missing": (without("released"), 1, 'the key "released" is missing'),
    "os missing": (without("os"), 1, 'the key "os" is missing'),
    "soc missing": (without("soc"), 1, 'the key "soc" is missing'),
    "model_numbers missing": (without("model_numbers"), 1, 'the key "model_numbers" is missing'),
    "policy_list missing": (without("policy_list"), 1, 'the key "policy_list" is missing'),
    "protections missing": (without("protections"), 1, 'the key "protections" is missing'),
    "panel missing": (without("panel"), 1, 'the key "panel" is missing'),
    "slots missing": (without("slots"), 1, 'the key "slots" is missing'),
    "partitions missing": (GOOD.split("partitions")[0], 1, 'the key "partitions" is missing'),
    "index missing": (without("rollback_index"), 8, 'anti-rollback needs the key "rollback_index"'),
    "index without protection": (swap(", anti-rollback", ""), 9, "without the protection"),
    "unknown key": (GOOD + "colour: red\n", 17, 'unknown key "colour": known here are codename'),
    "key in capitals": (swap("slots:", "Slots:"), 11, 'unknown key "Slots"'),
    "key twice": (repeated("slots"), 17, '"slots" is here twice, first in line 11'),
    "codename of another file": (swap("codename: test", "codename: best"), 1, "must be called best.yaml"),
    "codename in capitals": (swap("codename: test", "codename: Test"), 1, "not allowed"),
    "codename a path": (swap("codename: test", "codename: ../test"), 1, "not allowed"),
    "codename too long": (swap("codename: test", "codename: " + "a" * 32), 1, "1 to 31 are allowed"),
    "codename empty": (swap("codename: test", "codename: ''"), 1, "codename is empty"),
    "codename a list": (swap("codename: test", "codename: [test]"), 1, "not a list"),
    "codename a number": (swap("codename: test", "codename: 2018"), 1, "put quotes round it"),
    "codename a boolean": (swap("codename: test", "codename: yes"), 1, "put quotes round it"),
    "name too long": (swap("Test phone", "x" * 48), 2, "1 to 47 are allowed"),
    "name in Chinese": (swap("Test phone", "小米"), 2, "not allowed"),
    "name in two lines": (swap("Test phone", '"a\\nb"'), 2, "line break"),
    "month 13": (swap("2018-06", "2018-13"), 3, "not a month"),
    "month 0": (swap("2018-06", "2018-00"), 3, "not a month"),
    "month of last century": (swap("2018-06", "1999-06"), 3, "not a month"),
    "a day": (swap("2018-06", "2018-06-01"), 3, "7 to 7 are allowed"),
    "month without a dash": (swap("2018-06", '"2018006"'), 3, "not a month"),
    "month as a number": (swap("2018-06", "201806"), 3, "put quotes round it"),
    "os unknown": (swap("os: miui", "os: ios"), 4, "it takes miui, android-one"),
    "os a list": (swap("os: miui", "os: [miui]"), 4, "not a list"),
    "no market": (swap("{cn: M1, global: M2}", "{}"), 6, "0 entries"),
    "market unknown": (swap("global: M2", "india: M2"), 6, 'unknown key "india": known here are cn, global'),
    "model number a number": (swap("cn: M1", "cn: 2015051"), 6, "put quotes round it"),
    "model number empty": (swap("cn: M1", "cn: ''"), 6, "cn is empty"),
    "model number with a dash": (swap("cn: M1", "cn: M-1"), 6, "use only [A-Z0-9]"),
    "policy_list yes": (swap("policy_list: true", "policy_list: yes"), 7, "true or false"),
    "policy_list quoted": (swap("policy_list: true", 'policy_list: "true"'), 7, "true or false"),
    "protection unknown": (swap("verified-boot", "verified_boot"), 8, "it takes bootloader-lock, verified-boot"),
    "protection twice": (swap("verified-boot", "bootloader-lock"), 8, 'has "bootloader-lock" twice'),
    "protections a text": (swap("[bootloader-lock, verified-boot, anti-rollback]", "none"), 8, "must be a list"),
    "index 65": (swap("rollback_index: 2", "rollback_index: 65"), 9, "0 to 64 are allowed"),
    "index -1": (swap("rollback_index: 2", "rollback_index: -1"), 9, "whole decimal number"),
    "index quoted": (swap("rollback_index: 2", 'rollback_index: "2"'), 9, "without quotes"),
    "index octal": (swap("rollback_index: 2", "rollback_index: 02"), 9, "whole decimal number"),
    "panel too narrow": (swap("width_px: 720", "width_px: 479"), 10, "480 to 1080 are allowed"),
    "panel too wide": (swap("width_px: 720", "width_px: 1081"), 10, "480 to 1080 are allowed"),
    "panel too low": (swap("height_px: 1440", "height_px: 799"), 10, "800 to 2400 are allowed"),
    "panel too high": (swap("height_px: 1440", "height_px: 2401"), 10, "800 to 2400 are allowed"),
    "panel lying": (swap("width_px: 720, height_px: 1440", "width_px: 1000, height_px: 900"), 10, "upright"),
    "panel with a unit": (swap("width_px: 720", "width_px: 720px"), 10, "whole decimal number"),
    "panel without height": (swap(", height_px: 1440", ""), 10, 'the key "height_px" is missing'),
    "panel a text": (swap("{width_px: 720, height_px: 1440}", "720x1440"), 10, "must be a map"),
    "one slot": (swap("slots: 0", "slots: 1"), 11, "a phone has 0 or 2"),
    "three slots": (swap("slots: 0", "slots: 3"), 11, "0 to 2 are allowed"),
    "slots without pairs": (swap("slots: 0", "slots: 2"), 13, "the partition boot_a is missing"),
    "partitions empty": (GOOD.split("partitions")[0] + "partitions: []\n", 12, "0 entries"),
    "partitions a map": (GOOD.split("partitions")[0] + "partitions: {boot: 64 MiB}\n", 12, "must be a list"),
    "partition a text": (swap(ENTRY, "  - boot\n"), 13, "an entry of partitions must be a map"),
    "no boot": (swap(ENTRY, ""), 13, "the partition boot is missing"),
    "partition twice": (GOOD + ENTRY, 17, "the partition boot is here twice"),
    "partition without size": (swap(", size: 64 MiB", ""), 13, 'the key "size" is missing'),
    "partition without name": (swap("name: boot, ", ""), 13, 'the key "name" is missing'),
    "partition with more": (swap("size: 64 MiB", "size: 64 MiB, slot: a"), 13, 'unknown key "slot"'),
    "partition's name long": (swap("name: boot", "name: " + "b" * 37), 13, "1 to 36 are allowed"),
    "partition's name a path": (swap("name: boot", "name: ../boot"), 13, "not allowed"),
    "size without a unit": (swap("size: 64 MiB", "size: 64"), 13, "KiB, MiB or GiB"),
    "size in MB": (swap("size: 64 MiB", "size: 64 MB"), 13, "KiB, MiB or GiB"),
    "size in lower case": (swap("size: 64 MiB", "size: 64 mib"), 13, "KiB, MiB or GiB"),
    "size negative": (swap("size: 64 MiB", "size: -64 MiB"), 13, "KiB, MiB or GiB"),
    "size zero": (swap("size: 64 MiB", "size: 0 MiB"), 13, "are allowed"),
    "size that wraps": (swap("size: 64 MiB", "size: 18014398509481985 KiB"), 13, "KiB, MiB or GiB"),
    "size too large": (swap("size: 64 MiB", "size: 65 GiB"), 13, "are allowed"),
    "size not of whole blocks": (swap("size: 64 MiB", "size: 6 KiB"), 13, "multiple of 4 KiB"),
    "65 partitions": (GOOD + "".join(f"  - {{name: p{n}, size: 4 KiB}}\n" for n in range(61)), 13,
                      "1 to 64 are allowed"),
    "empty file": ("", 1, "the file is empty"),
    "a list": ("- a\n", 1, "not a list"),
    "alias bomb": (BOMB, 1, "anchors are not allowed"),
    "merge key": (GOOD + "<<: *x\n", 17, "aliases are not allowed"),
    "tag": (swap("codename: test", "codename: !!str test"), 1, "tags are not allowed"),
    "python object": (swap("codename: test", "codename: !!python/object:os.system x"), 1, "tags are not allowed"),
    "two documents": (GOOD + "---\n" + GOOD, 17, "second document"),
    "deep": ("a: " + "[" * 1000, 1, "inside each other"),
    "deep without an end": ("- " * 1000, 1, "inside each other"),
    "tabs": (swap("  - {name: misc", "\t- {name: misc"), 15, "tabs"),
    "open bracket": (swap("[bootloader-lock, verified-boot, anti-rollback]", "[bootloader-lock"), 9, "bracket"),
    "NUL": (GOOD.encode() + b"\0", 17, "control character 0x00"),
    "NUL in quotes": (swap("Test phone", '"a\\0b"'), 2, "NUL"),
    "Latin-1": (GOOD.replace("Test", "Tést").encode("latin-1"), 2, "not UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), 1, "not UTF-8"),
    "byte order mark": (GOOD.encode("utf-8-sig"), 1, "byte order mark"),
    "escape sequence": (GOOD + "\x1b[2J: 1\n", 17, "control character 0x1b"),
    "random bytes": (bytes(range(128, 256)) * 8, 1, "not UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_model(name, tmp_path):
    text, line, fragment = BAD[name]
    path = write_model(tmp_path, text)
    (tmp_path / "out").mkdir()
    error = refuse("overlay", path, "-o", tmp_path / "out" / "x.dtbo")
    assert error.startswith(f"{path}:{line}: ") and fragment in error, error
    assert all(" " <= letter <= "~" or ord(letter) > 160 for letter in error)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_good_model_is_good(tmp_path):
    assert succeed("check", write_model(tmp_path, GOOD)) == ""


@pytest.mark.parametrize("unit", ["[", "{", "- ", "? ", "a: ", "'", "\"", "&a ", "!x ", "#", "\n", "k: 1\n", "[a,", "{a: "],
                         ids=repr)
def test_a_megabyte_of_anything_ends_soon(unit, tmp_path):
    path = write_model(tmp_path, (unit * (1 << 20))[:1 << 20])
    assert refuse("check", path).startswith(f"{path}:")


def test_a_file_that_is_too_large(tmp_path):
    path = write_model(tmp_path, GOOD + "#" * (1 << 20))
    assert refuse("check", path) == f"{path}: larger than 1024 KiB: is this the right file?"


def test_a_file_that_may_not_be_read(tmp_path):
    path = write_model(tmp_path, GOOD)
    path.chmod(0)
    if os.access(path, os.R_OK):
        path.unlink()  # root may read all: a dangling link is as unreadable
        path.symlink_to(tmp_path / "nowhere")
    assert refuse("check", path).startswith(f"{path}: ")
