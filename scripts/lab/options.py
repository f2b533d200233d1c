# SPDX-License-Identifier: MIT
"""Options that several of phone's commands take."""

from __future__ import annotations

import argparse
import datetime
import os
import re
import stat
from typing import Callable

from . import outside
from .catalog import DEFAULTS
from .errors import LabError

# Adds a command: its name, what runs it, one line about it, examples.
Add = Callable[..., argparse.ArgumentParser]

ROLLBACK_MAX = 64  # what the fuses can count
YEARS = range(1970, 2106)  # what the phone's clock can hold
FIXED = (*DEFAULTS, "serial", "rollback")  # what a phone is, once it is made


def choices(args: argparse.Namespace) -> dict:
    chosen = {key: getattr(args, key) or default for key, default in DEFAULTS.items()}
    return {**chosen, "serial": args.serial, "rollback": args.rollback}


def refuse_choices(args: argparse.Namespace) -> None:
    given = [f"--{key}" for key in FIXED if getattr(args, key) is not None]
    if given:
        raise LabError(
            f"{' '.join(given)}: what a phone is was decided when it was made; "
            "these go with new, or with run --fresh",
            code=2,
        )


def add_choices(parser: argparse.ArgumentParser) -> None:
    helps = {
        "model": "codename: board/<codename>.yaml",
        "region": "the market it was made for",
        "rom": "the ROM on it: rom-images/<rom>.yaml",
        "lock": "locked or unlocked",
        "policy": "announced, shipped or none",
    }
    for key, default in DEFAULTS.items():
        parser.add_argument(
            f"--{key}", metavar=key.upper(), help=f"{helps[key]} (default {default})"
        )
    parser.add_argument(
        "--serial", metavar="S", type=serial, help="its serial number (default: a random one)"
    )
    parser.add_argument(
        "--rollback",
        metavar="N",
        type=whole(0, ROLLBACK_MAX),
        help="the anti-rollback index its fuses count (default: as its model left the factory)",
    )


# Types of values: what cannot be is refused here, before anything is begun.


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number in plain digits."""

    def parse(text: str) -> int:
        found = outside.number(text, most)
        if found is None or found < least:
            raise argparse.ArgumentTypeError(f"a number from {least} to {most}, not {text!r}")
        return found

    return parse


def seconds(text: str) -> float:
    plain = re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text, re.ASCII)
    if not plain or float(text) == 0:
        raise argparse.ArgumentTypeError(f"seconds, more than 0 and at most 999999, not {text!r}")
    return float(text)


def out_file(text: str) -> str:
    """One that is whole takes the place of what is there: a folder, a device would be gone."""
    is_free = text and not os.path.lexists(text)
    if not is_free and not (text and stat.S_ISREG(os.lstat(text).st_mode)):
        raise argparse.ArgumentTypeError(f"a file is written there, and {text!r} is something else")
    return text


def serial(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]{1,31}", text):
        raise argparse.ArgumentTypeError(f"1 to 31 letters and digits, not {text!r}")
    return text


def moment(text: str) -> str:
    """A time as QEMU takes it, which takes the 30th of February too."""
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text, re.ASCII):
            raise ValueError
        if datetime.datetime.fromisoformat(text).year not in YEARS:
            raise ValueError
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"a time such as 2018-09-14T09:41:00, from {YEARS[0]} to {YEARS[-1]}, not {text!r}"
        ) from None
    return text


def add_rtc(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rtc",
        metavar="TIME",
        type=moment,
        help="the phone's time at power-on: 2018-09-14T09:41:00",
    )
