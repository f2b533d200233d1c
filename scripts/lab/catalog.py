# SPDX-License-Identifier: MIT
"""
What exists: models, ROMs, regions, lock states, regimes. And what to say when something does not.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Callable, NamedTuple

from . import paths
from .errors import LabError
from .near_miss import near_miss


class Kind(NamedTuple):
    """One thing that a person chooses: its word, its names, and a line about one of them."""

    word: str
    names: Callable[[], list[str]]
    about: Callable[[str], str]


# What a phone is unless somebody says otherwise.
DEFAULTS = {"model": "dipper", "region": "cn", "rom": "cn", "lock": "locked", "policy": "announced"}

REGIONS = {"cn": "made for China", "global": "made for the global market"}
LOCKS = {
    "locked": "the bootloader runs only what the maker signed",
    "unlocked": "it does not ask who signed a ROM, and says so (orange)",
}
POLICIES = {
    "announced": "what the announcement of 2018 said: the bootloader compares regions",
    "shipped": "what the phones really did: the ROM compares regions",
    "none": "nobody compares regions",
}
FATES = {
    "home": "the ROM runs and shows its home screen",
    "brick": "a screen says why it will not start",
    "loop": "the ROM restarts the phone again and again, and never comes home",
    "dead": "a hard brick: nothing on the screen",
    "recovery": "the recovery's menu",
    "fastboot": "the bootloader waits for fastboot",
    "off": "the phone switched itself off",
}


def _load(file: Path) -> dict:
    """
    To be looked at only. A file is taken to pieces again when it has changed: a server asks for the
    same model at each step of a phone.
    """
    try:
        status = file.stat()
    except OSError:
        return {}
    return _read(file, status.st_mtime_ns, status.st_size)


@functools.lru_cache(maxsize=64)
def _read(file: Path, _changed_ns: int, _size_bytes: int) -> dict:
    from . import yaml_lines

    try:
        data = yaml_lines.load(file).plain()
    except LabError:
        return {}  # boardc or romc says what is wrong with it
    return data if isinstance(data, dict) else {}


def models() -> list[str]:
    return sorted(file.stem for file in paths.MODEL_FILES.glob("*.yaml"))


def roms() -> list[str]:
    return sorted(file.stem for file in paths.ROM_FILES.glob("*.yaml"))


def facts_of_model(codename: str) -> dict:
    return _load(paths.MODEL_FILES / f"{codename}.yaml")


def facts_of_rom(name: str) -> dict:
    return _load(paths.ROM_FILES / f"{name}.yaml")


def about_model(codename: str) -> str:
    facts = facts_of_model(codename)
    return f"{facts.get('name', '?')}, {str(facts.get('released', '?'))[:4]}"


def about_rom(name: str) -> str:
    title = facts_of_rom(name).get("title", "")
    if isinstance(title, dict):
        title = title.get("en") or next(iter(title.values()), "")
    return str(title)


def _table(word: str, table: dict[str, str]) -> Kind:
    return Kind(word, lambda: list(table), lambda name: table[name])


KINDS = {
    "model": Kind("MODEL", models, about_model),
    "rom": Kind("ROM", roms, about_rom),
    "region": _table("REGION", REGIONS),
    "lock": _table("LOCK", LOCKS),
    "policy": _table("POLICY", POLICIES),
    "fate": _table("EXPECT", FATES),
}


def markets(codename: str) -> list[str]:
    """The markets that a model was made for."""
    numbers = facts_of_model(codename).get("model_numbers")
    return list(numbers) if isinstance(numbers, dict) else list(REGIONS)


def check_market(model: str, region: str) -> str:
    there = markets(model)
    if region not in there:
        raise LabError(
            f"board/{model}.yaml: it was made for {' and '.join(there)} only, not for {region}",
            code=2,
        )
    return region


def check(kind: str, name: str) -> str:
    """Gives the name back if there is such a thing; otherwise says what there is (exit 2)."""
    entry = KINDS[kind]
    names = entry.names()
    if name in names:
        return name
    width = max((len(n) for n in names), default=0)
    lines = [
        f"there is no {entry.word} {name!r}{near_miss(name, names)}",
        f"{entry.word} is one of:",
    ]
    lines += [f"  {n:<{width}}  {entry.about(n)}".rstrip() for n in names]
    raise LabError("\n".join(lines), code=2)
