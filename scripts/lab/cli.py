# SPDX-License-Identifier: MIT
"""
The commands of scripts/phone, and where each is. A module is imported when one of its commands is
typed, and all of them when somebody asks which there are: what is not needed costs no time.
"""

from __future__ import annotations

import argparse
import importlib
from typing import NoReturn

from . import ending
from .errors import WRONG_WORDS

# In the order of --help. Each module has add_command, or add_commands for several.
MODULES = {
    "run": ("new", "run"),
    "power": ("power", "press", "keep"),
    "matrix.command": ("matrix",),
    "look": ("shot", "explain"),
    "fastboot": ("fastboot",),
    "account": ("account",),
    "rescue": ("rescue",),
    "play": ("play",),
    "exercises": ("exercise", "check"),
    "shell": ("shell",),
    "usb": ("usb",),
    "listing": ("list", "rm"),
}


class _Parser(argparse.ArgumentParser):
    """
    An option is a whole word: what only begins like one is a mistake, and so of each command. Who
    mistypes hears what was meant, and where help is.
    """

    def __init__(self, **options) -> None:
        super().__init__(allow_abbrev=False, **options)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is not None and value not in action.choices:
            from .catalog import near_miss

            there = [str(choice) for choice in action.choices]
            near = near_miss(str(value), there) or f" (one of: {', '.join(there)})"
            raise argparse.ArgumentError(action, f"there is no {str(value)!r}{near}")

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_WORDS, f"phone: {message}\nhelp: {self.prog} --help\n")


def _parser(modules: list[str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="scripts/phone",
        description="A virtual phone: make one, run it, look at it.",
        epilog="Each command has a --help of its own, with examples.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run, about: str, examples: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            epilog="examples:\n" + examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        return sub

    for name in modules:
        module = importlib.import_module(f".{name}", __package__)
        add = getattr(module, "add_commands", None) or module.add_command
        add(command)
    return parser


def parse(argv: list[str]) -> argparse.Namespace:
    if argv[:1] == ["help"]:
        argv = [*argv[1:2], "--help"]
    wanted = [module for module, names in MODULES.items() if argv[:1] and argv[0] in names]
    return _parser(wanted or list(MODULES)).parse_args(argv)


def main(argv: list[str]) -> int:
    def command() -> int:
        args = parse(argv)
        return args.run(args)

    return ending.run("phone", command)
