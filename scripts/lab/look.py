# SPDX-License-Identifier: MIT
"""`phone shot` takes a picture of a phone's screen, `phone explain` says what its last run decided."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import language, listing, paths, reach, session, store, terminal
from .errors import LabError
from .options import Add, out_file


def add_commands(command: Add) -> None:
    sub = command(
        "shot",
        cmd_shot,
        "take a picture of a phone's screen",
        "  scripts/phone shot mine\n  scripts/phone shot mine -o brick.png\n"
        "  scripts/phone shot -o last.png      (what the last run --fresh showed)",
    )
    sub.add_argument("name", metavar="NAME", nargs="?")
    sub.add_argument("-o", "--output", metavar="FILE", type=out_file, help="default NAME.png")

    sub = command(
        "explain",
        cmd_explain,
        "say in words what the last run checked and decided",
        "  scripts/phone explain mine\n  scripts/phone explain           (the last run --fresh)",
    )
    sub.add_argument("name", metavar="NAME", nargs="?")
    sub.add_argument(
        "--language",
        choices=language.LANGUAGES,
        default="",
        help=f"of the sentences (default ${language.VARIABLE}, or en)",
    )


def cmd_shot(args: argparse.Namespace) -> int:
    folder = store.folder_of(args.name) if args.name else paths.LAST
    last = folder / "screen.png"
    out = Path(args.output or f"{args.name or 'last'}.png")
    if args.name and store.is_running(folder):
        session.shoot_running(folder, out)
        session.tell(f"{args.name} is running: this is its screen now")
    elif last.is_file():
        out.write_bytes(last.read_bytes())
        session.tell(
            f"{args.name or 'the last phone'} is off: this is the picture of {session.taken_at(last)}"
        )
    else:
        raise LabError(f"{args.name or 'the last phone'} is off, and there is no picture of it yet")
    print(out)
    return 0


LAST = {"en": "The last fresh phone", "zh": "上一台新手机"}
HEAD = {"en": "{}: {}", "zh": "{}：{}"}
STILL_ON = {
    "en": "{} is still on ({}): this is how far it is.",
    "zh": "{} 还开着（{}）：这是到目前为止的情况。",
}


def cmd_explain(args: argparse.Namespace) -> int:
    from . import schema
    from .exercises import check_may_explain

    folder = store.folder_of(args.name) if args.name else paths.LAST
    events = schema.read_trace(folder / "trace.jsonl")
    check_may_explain(folder)
    phone = store.facts(folder)
    kept = reach.known(folder) if args.name else None
    is_on = bool(args.name) and store.is_running(folder)
    table, at = schema.Schema(), reach.in_words(folder) if is_on else ""
    sides = {
        tongue: "\n".join(
            [
                HEAD[tongue].format(args.name or LAST[tongue], listing.in_words(phone, tongue)),
                *map(_wrapped, schema.explain(events, table, kept, is_on, tongue)),
                *([STILL_ON[tongue].format(args.name, at)] if is_on else []),
            ]
        )
        for tongue in language.LANGUAGES
    }
    print(language.pick(sides["en"], sides["zh"], args.language))
    return 0


def _wrapped(line: str) -> str:
    """A step of explain, folded under its own first word where a terminal is narrower."""
    return terminal.folded(line, indent=" " * 19 if line[:1] == " " else "")
