#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
The tables of docs/clients.md, from the bootloader's own.

    docs/clients.py            writes them into the page
    docs/clients.py --check    exit 1 when the page is not what it would write
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FASTBOOT = HERE.parent / "bootloader" / "fastboot"
PAGE = HERE / "clients.md"
DEFINES = {"USER_KEY_PARTITION": "avb_custom_key", "CRC_LIST_NAME": "crclist",
           "CRC_LIST_SPARSE_NAME": "sparsecrclist"}
ARGUMENTS = {"NONE": "", "TEXT": "...", "PARTITION": "PARTITION"}
PARTITIONS = (
    "not while locked; the partition table never; critical partitions with critical unlock"
)
LOCKS = {
    "FREE": "always",
    "READ": "not while locked",
    "FLASH": PARTITIONS,
    "ERASE": PARTITIONS,
    "SET_ACTIVE": "not while locked",
    "BOOT": "not while locked",
    "LOCK": "while unlocked",
    "UNLOCK": "while locked",
    "LOCK_CRITICAL": "while critical partitions are unlocked",
    "UNLOCK_CRITICAL": "while unlocked",
}
LISTED = {
    "LISTED": "once",
    "LISTED_PARTITION": "for each partition",
    "LISTED_NAME": "for each partition, without the slot",
    "LISTED_SLOT": "for each slot",
    "NOT_LISTED": "no",
}


def commands() -> list[str]:
    rows = re.findall(r"^    \{(\"[^,]*), *ARGUMENT_(\w+), *LOCK_ACTION_(\w+),",
                      (FASTBOOT / "commands.c").read_text(encoding="utf-8"), re.MULTILINE)
    lines = ["| command | when |", "| --- | --- |"]
    for name, argument, lock in rows:
        for word, value in DEFINES.items():
            name = re.sub(rf"\b{word}\b", f'"{value}"', name)
        said = "".join(re.findall(r'"([^"]*)"', name)) + ARGUMENTS[argument]
        when = LOCKS[lock] if argument != "NONE" else LOCKS[lock].split(";")[0]
        lines.append(f"| `{said}` | {when} |")
    return lines


def variables() -> list[str]:
    rows = re.findall(r"^    \{\"([\w-]+)\", *(\w+), *(true|false), *(\w+), *(.*)\},$",
                      (FASTBOOT / "getvar.c").read_text(encoding="utf-8"), re.MULTILINE)
    lines = ["| variable | in `getvar all` | always |", "| --- | --- | --- |"]
    for name, listing, takes, _, text in rows:
        word = text.replace('" FLASHLAB_VERSION', "VERSION").strip('"')
        value = "" if text == "NULL" else f"`{word}`"
        argument = ":..." if takes == "true" else ""
        lines.append(f"| `{name}{argument}` | {LISTED[listing]} | {value} |")
    return lines


def page(text: str) -> str:
    for name, lines in (("commands", commands()), ("variables", variables())):
        assert len(lines) > 20, f"the table of {name} was not found"
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, rest = text.split(begin)
        text = before + begin + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1]
    return text


def main() -> int:
    text = PAGE.read_text(encoding="utf-8")
    made = page(text)
    if sys.argv[1:] == ["--check"]:
        if made != text:
            said = "its tables are not the bootloader's: docs/clients.py writes them"
            print(f"{PAGE}: {said}", file=sys.stderr)
        return int(made != text)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
