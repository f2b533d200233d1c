# SPDX-License-Identifier: MIT
"""Options that several of phone's commands take."""

from __future__ import annotations

import argparse
from typing import Callable

from .catalog import DEFAULTS
from .errors import LabError

# Adds a command: its name, what runs it, one line about it, examples.
Add = Callable[..., argparse.ArgumentParser]

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
    parser.add_argument("--serial", metavar="S", help="its serial number (default: a random one)")
    parser.add_argument(
        "--rollback",
        metavar="N",
        type=int,
        help="the anti-rollback index its fuses count (default: as its model left the factory)",
    )


def seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("must be more than 0 seconds")
    return value
