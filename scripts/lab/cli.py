# SPDX-License-Identifier: MIT
"""
The commands of scripts/phone, and where each is. A module is imported when one of its commands is
typed, and all of them when somebody asks which there are: what is not needed costs no time.
"""

from __future__ import annotations

import argparse
import importlib
import os
import select
import signal
import sys

from .errors import Ended, LabError
from .outside import tell

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


ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _end(number: int, _: object) -> None:
    for ending in ENDING:
        # Once is enough: nothing may get between the cleaning up.
        signal.signal(ending, signal.SIG_IGN)
    raise Ended(number)


def _nobody_reads() -> bool:
    """Standard output was a pipe, and its reader has gone (phone play | head): no fault of ours."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    gone = any(happened & select.POLLERR for _, happened in output.poll(0))
    if gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return gone


def main(argv: list[str]) -> int:
    for number in ENDING:
        signal.signal(number, _end)
    try:
        args = parse(argv)
        code = args.run(args)
        sys.stdout.flush()
        return code
    except LabError as error:
        tell(f"phone: {error}", f"phone: {error.zh}" if error.zh else "")
        return error.code
    except OSError as error:
        if isinstance(error, BrokenPipeError) and _nobody_reads():
            return 128 + signal.SIGPIPE
        tell(f"phone: {error}")
        return 1
    except Ended as ended:
        tell("")
        return ended.code
