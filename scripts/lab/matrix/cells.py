# SPDX-License-Identifier: MIT
"""A cell of the matrix: what phone, what ROM, and how the ROM came onto it."""

from __future__ import annotations

from typing import NamedTuple

PATHS = {
    "factory": "the phone left the factory with it, or an importer put it on",
    "fastboot": "flash_all.sh of its package, with the stock client",
    "sideload": "its recovery zip, with the stock adb",
}
KEYS = {
    "none": "the phone knows the maker's key only",
    "user": "its owner has enrolled a key (AVB's avb_custom_key)",
}
ALWAYS = ("model", "region", "rom", "lock", "policy")
USUAL = {"lock": "locked", "policy": "announced", "key": "none", "path": "factory", "tamper": "none"}


class Cell(NamedTuple):
    """The field's values are names; what they stand for is in the specification."""

    model: str
    region: str
    rom: str
    lock: str
    policy: str
    key: str
    path: str
    tamper: str

    @property
    def name(self) -> str:
        """As people and files call it: dipper/cn/global/locked/announced, then what is unusual."""
        words = [getattr(self, axis) for axis in ALWAYS]
        words += ["user-key"] if self.key == "user" else []
        words += [value for value in (self.path, self.tamper) if value not in ("factory", "none")]
        return "/".join(words)

    @property
    def folder(self) -> str:
        return self.name.replace("/", ",")


AXES = Cell._fields
