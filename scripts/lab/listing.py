# SPDX-License-Identifier: MIT
"""`phone list`: the phones that are kept, and what each is doing."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import catalog, outside, paths, reach, schema, session, store, verdict
from .catalog import DEFAULTS
from .errors import LabError


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


def in_words(phone: dict) -> str:
    get = {key: phone.get(key, "?") for key in DEFAULTS}
    name = catalog.about_model(get["model"]).rsplit(",", 1)[0]
    return (
        f"{name} ({get['model']}) made for {get['region']}, left the factory {get['lock']} "
        f"with the {get['rom']} ROM, policy {get['policy']}"
    )
