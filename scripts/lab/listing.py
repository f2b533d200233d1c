# SPDX-License-Identifier: MIT
"""`phone list`: the phones that are kept, and what each is doing; `phone rm` removes some."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import catalog, outside, paths, reach, schema, session, store, verdict, why
from .catalog import DEFAULTS
from .errors import LabError
from .options import Add


def add_commands(command: Add) -> None:
    command("list", cmd_list, "list the phones that are kept", "  scripts/phone list")

    sub = command(
        "rm", cmd_rm, "remove phones", "  scripts/phone rm mine\n  scripts/phone rm --yes a b"
    )
    sub.add_argument("names", metavar="NAME", nargs="+")
    sub.add_argument("--yes", action="store_true", help="do not ask")


def cmd_list(args: argparse.Namespace) -> int:
    there = store.names()
    if not there:
        session.tell("no phones yet; make one with: scripts/phone new NAME --region cn --rom cn")
    rows = [(name, *_state(paths.PHONES / name)) for name in there]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for name, state, words in rows:
        print(f"{name:<{widths[0]}}  {state:<{widths[1]}}  {words}")
    return 0


def _state(folder: Path) -> tuple[str, str]:
    """off, starting, or what it came to; and what it is, with where it is reached."""
    try:
        words = in_words(store.facts(folder))
    except LabError as error:
        return "broken", outside.clean(str(error))
    if not store.is_running(folder):
        return "off", words
    at = reach.in_words(folder)
    return _fate(folder), f"{words}; {at}" if at else words


def _fate(folder: Path) -> str:
    try:
        words = verdict.words(verdict.of_last_start(schema.read_trace(folder / "trace.jsonl")))
    except LabError:
        words = None  # it has said nothing yet
    return words.split()[0] if words else "starting"


KINDS = {"region": "region", "lock": "lock", "rom": "rom", "policy": "regime"}


def in_words(phone: dict, tongue: str = "en") -> str:
    get = {key: phone.get(key, "?") for key in DEFAULTS}
    name = catalog.about_model(get["model"]).rsplit(",", 1)[0]
    if tongue == "zh":
        named = {key: why.named(kind, get[key], tongue) for key, kind in KINDS.items()}
        return "{name}（{model}），面向{region}，出厂时{lock}，系统：{rom}，规则：{policy}".format(
            name=name, model=get["model"], **named
        )
    return (
        f"{name} ({get['model']}) made for {get['region']}, left the factory {get['lock']} "
        f"with the {get['rom']} ROM, policy {get['policy']}"
    )


def cmd_rm(args: argparse.Namespace) -> int:
    for name in args.names:
        store.folder_of(name)
    if not args.yes:
        if not sys.stdin.isatty():
            raise LabError("say --yes to remove without being asked", code=2)
        answer = input(f"remove {', '.join(args.names)} for ever? [y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            session.tell("nothing is removed")
            return 1
    for name in args.names:
        store.remove(name)
    return 0
