# SPDX-License-Identifier: MIT
"""
`phone play`: a story on a terminal, step by step. What is done and compared is story/'s.
"""

from __future__ import annotations

import argparse
import sys
from typing import Callable

from . import paths, session
from .errors import LabError
from .story import events, source
from .story.bench import Bench
from .story.player import Player


def add_command(add: Callable[..., argparse.ArgumentParser]) -> None:
    sub = add(
        "play",
        cmd_play,
        "play a story step by step: what is typed, and what comes of it",
        "  scripts/phone play               (lists them)\n"
        "  scripts/phone play 7\n"
        "  scripts/phone play classic --auto",
    )
    sub.add_argument("scenario", metavar="N|NAME", nargs="?")
    sub.add_argument("--auto", action="store_true", help="do not wait for Enter after each step")
    sub.add_argument("--keep", action="store_true", help="keep the phones that were made for it")


class Terminal:
    """Says a story's events, in one language."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.waits = False

    def say(self, text: str) -> None:
        print(text, flush=True)

    def show(self, event: events.Event) -> None:
        waits, self.waits = self.waits, isinstance(event, events.Waiting)
        if isinstance(event, events.Waiting):
            if not waits:
                self.say(f"    (waiting for {event.what})")
        elif isinstance(event, (events.Made, events.Typed)):
            self.say(f"$ {event.line}")
        elif isinstance(event, events.Said):
            self.say(f"    {event.text}")
        elif isinstance(event, events.Verdict):
            self.say(f"    verdict: {event.words}")
            if event.advice:
                self.say(f"    What could be done: {event.advice}")
        elif isinstance(event, events.Reported):
            self.say(f"    {event.sentence}")
        elif isinstance(event, events.Noted):
            self.say(f"    ({event.text[self.language]})")


def cmd_play(args: argparse.Namespace) -> int:
    if args.scenario is None:
        for file in source.files():
            story = source.load(file)
            print(f"{story.name:<28} {story.title['en']}")
            for reason in source.missing(story.needs):
                print(f"{'':<28} cannot be played: {reason}")
        return 0
    story = source.load(source.find(args.scenario))
    reasons = source.missing(story.needs)
    if reasons:
        raise LabError(f"{story.name} cannot be played: {'; '.join(reasons)}")
    paths.need(paths.ROMC, paths.FIRMWARE, paths.ROOT_KEY)
    session.tell(f"{story.name}: {story.title['en']}")
    asks = not args.auto and sys.stdin.isatty()
    terminal = Terminal()
    with Player(story, Bench(watched=not args.auto), keep=args.keep) as player:
        for event in player.begin():
            terminal.show(event)
        for step in story.steps:
            terminal.say(f"\n[{step.number}/{len(story.steps)}] {step.why['en']}".rstrip())
            for event in player.play(step):
                terminal.show(event)
            _pause(asks)
        if args.keep:
            session.tell(f"kept: {', '.join(player.made)}")
    print(f"\n{story.lesson['en']}", flush=True)
    return 0


def _pause(asks: bool) -> None:
    if asks:
        try:
            input("    (Enter goes on) ")
        except EOFError:
            raise LabError("the input has ended; --auto plays without it") from None
