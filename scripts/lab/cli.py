# SPDX-License-Identifier: MIT
"""
The commands of scripts/phone, and where each is. A module is imported when one of its commands is
typed, and all of them when somebody asks which there are: what is not needed costs no time.
"""

from __future__ import annotations

import argparse
import importlib

from . import ending

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
    """An option is a whole word: what only begins like one is a mistake. Of each command, too."""

    def __init__(self, **options) -> None:
        super().__init__(allow_abbrev=False, **options)


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
            description=about + ".",
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
    wanted = [module for module, names in MODULES.items() if argv[:1] and argv[0] in names]
    return _parser(wanted or list(MODULES)).parse_args(argv)


def main(argv: list[str]) -> int:
    def command() -> int:
        args = parse(argv)
        return args.run(args)

    return ending.run("phone", command)
