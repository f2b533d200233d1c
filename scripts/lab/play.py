# SPDX-License-Identifier: MIT
"""
`phone play`: a story on a terminal, step by step. What is done and compared is story/'s.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from typing import Callable

from . import glossary, language, outside, paths, session, terminal
from .errors import LabError
from .options import Add
from .story import events, source
from .story.bench import Bench
from .story.player import Player

INDENT = "    "
DIM, BOLD, PLAIN = "\x1b[2m", "\x1b[1m", "\x1b[0m"
CLEAR_LINE = "\r\x1b[K"

# What the terminal itself says.
WORDS = {
    "waiting": {"en": "waiting for", "zh": "等待"},
    "more": {"en": "{} lines in all; --all shows them", "zh": "共 {} 行；--all 显示全部"},
    "why": {"en": "why:", "zh": "原因：FLASHLAB_LANGUAGE=zh"},
    "advice": {"en": "What could be done:", "zh": "可以这样做："},
    "goes on": {"en": "(Enter goes on) ", "zh": "（按回车继续）"},
    "answer": {"en": "Your answer (Enter: none): ", "zh": "你的回答（回车：跳过）："},
    "right": {"en": "Right.", "zh": "答对了。"},
    "wrong": {"en": "It is {}.", "zh": "正确的是 {}。"},
    "no such": {"en": "1 to {}, or Enter", "zh": "请输入 1 到 {}，或按回车"},
}

WAITED_ZH = {"a phone is made": "正在准备手机", "a ROM is packed": "正在打包系统", "the phone": "手机"}


def add_command(command: Add) -> None:
    sub = command(
        "play",
        cmd_play,
        "play a story step by step: what is typed, and what comes of it",
        "  scripts/phone play                      (lists them)\n"
        "  scripts/phone play 7\n"
        "  scripts/phone play classic --language zh\n"
        "  scripts/phone play classic --auto       (asks nothing, waits for nobody)\n"
        "  FULL=1 scripts/phone play classic       (the phone's window fills a projector's screen)",
    )
    sub.add_argument("story", metavar="N|NAME", nargs="?")
    sub.add_argument("--auto", action="store_true", help="ask nothing, and do not wait for Enter")
    sub.add_argument("--keep", action="store_true", help="keep the phones that were made for it")
    sub.add_argument("--all", action="store_true", help="show all that the clients say")
    language.add_option(sub)


def cmd_play(args: argparse.Namespace) -> int:
    if args.story is None:
        list_files(source.files(), source.load, args.language)
        return 0
    story = source.load(source.find(args.story))
    check_needs(story.name, story.needs)
    session.tell(f"{story.name}: {story.title[args.language]}")
    shown = Terminal(args.language, asks=not args.auto and sys.stdin.isatty(), whole=args.all)
    with Player(story, Bench(watched=not args.auto), keep=args.keep) as player:
        _play(story, player, shown)
        if args.keep:
            session.tell(f"kept: {', '.join(player.made)}")
    print(f"\n{terminal.folded(story.lesson[args.language])}", flush=True)
    return 0


def list_files(files: list, load: Callable, tongue: str) -> None:
    width = max(len(file.stem) for file in files) + 2
    for file in files:
        found = load(file)
        print(f"{file.stem:<{width}}{found.title[tongue]}")
        for reason in source.missing(found.needs):
            print(f"{'':<{width}}not here: {reason}")


def check_needs(name: str, needs: tuple[str, ...]) -> None:
    reasons = source.missing(needs)
    if reasons:
        raise LabError(f"{name} cannot be played: {'; '.join(reasons)}")
    paths.need(paths.ROMC, paths.FIRMWARE, paths.ROOT_KEY)


def waited(event: events.Waiting, tongue: str) -> str:
    what = WAITED_ZH.get(event.what, event.what) if tongue == "zh" else event.what
    text = what if event.what.startswith("a ") else f"{WORDS['waiting'][tongue]} {what}"
    return f"({text}, {event.seconds} s)"


def _play(story: source.Story, player: Player, shown: "Terminal") -> None:
    shown.player = player
    for event in player.begin():
        shown.show(event)
    for step in story.steps:
        shown.say(f"\n[{step.number}/{len(story.steps)}] ", step.why)
        for word in step.words:
            shown.explain(word)
        answer = shown.ask(step.question) if step.question else None
        for event in player.play(step):
            shown.show(event)
        if answer is not None:
            shown.answer(step.question, answer)
        if step is not story.steps[-1]:
            shown.pause()


class Terminal:
    """Says a story's events in one language, and asks where somebody sits in front of it."""

    def __init__(self, tongue: str, asks: bool = False, whole: bool = False) -> None:
        self.language, self.asks, self.whole = tongue, asks, whole
        self.player: Player | None = None
        self.draws = terminal.is_there() and not session.window()
        self._passing = False  # the last line will be overwritten

    # Saying.

    def word(self, key: str) -> str:
        return WORDS[key][self.language]

    def say(self, before: str, text: source.Text | str, style: str = "") -> None:
        self._end_passing()
        words = text if isinstance(text, str) else text[self.language]
        folded = terminal.folded(before + words, indent=" " * len(before.strip("\n")))
        style = style if terminal.is_there() and not os.environ.get("NO_COLOR") else ""
        print(f"{style}{folded}{PLAIN if style else ''}", flush=True)

    def _pass(self, text: str) -> None:
        """A line that the next one overwrites; nothing where that cannot be."""
        if terminal.is_there():
            room = shutil.get_terminal_size().columns - len(INDENT) - 1
            print(f"{CLEAR_LINE}{DIM}{INDENT}{text[:room]}{PLAIN}", end="", flush=True)
            self._passing = True

    def _end_passing(self) -> None:
        if self._passing:
            print(CLEAR_LINE, end="")
        self._passing = False

    def show(self, event: events.Event) -> None:
        SHOW[type(event)](self, event)

    def line(self, event: events.Made | events.Typed) -> None:
        self.say("$ ", event.line, BOLD)

    def said(self, event: events.Said) -> None:
        text = language.side(event.text, self.language)
        if self.whole:
            self.say(INDENT, text)
        else:
            self._pass(text)

    def ended(self, event: events.Ended) -> None:
        self._end_passing()
        if self.whole:
            return
        for line in event.shown:
            self.say(INDENT, language.side(line, self.language))
        if event.lines > len(event.shown):
            self.say(INDENT, f"({self.word('more').format(event.lines)})", DIM)

    def verdict(self, event: events.Verdict) -> None:
        self._end_passing()
        if self.draws and self.player:
            terminal.show(self.player.folder, self.language)
        self.say(INDENT, f"verdict: {event.words}", BOLD)
        if self.player:
            self.say(INDENT, f"{self.word('why')} scripts/phone explain {self.player.name}", DIM)
        if event.advice:
            self.say(INDENT, f"{self.word('advice')} {event.advice[self.language]}")

    def reported(self, event: events.Reported) -> None:
        self.say(INDENT, event.sentence)

    def noted(self, event: events.Noted) -> None:
        self.say(INDENT, f"({event.text[self.language]})")

    def waiting(self, event: events.Waiting) -> None:
        self._pass(waited(event, self.language))

    def explain(self, word: str) -> None:
        entry = glossary.load()[word]
        colon = "：" if self.language == "zh" else ": "
        self.say(INDENT, glossary.name(entry, self.language) + colon + entry[self.language], DIM)

    # Asking.

    def ask(self, question: source.Question) -> int | None:
        """The answer, from 0; None: nobody was asked, or nobody answered."""
        if not self.asks:
            return None
        self.say(f"\n{INDENT}", question.ask, BOLD)
        for number, answer in enumerate(question.answers, 1):
            self.say(f"{INDENT}{number}  ", answer.text)
        while True:
            given = self._input(self.word("answer"))
            if not given:
                return None
            number = outside.number(given, len(question.answers))
            if number:
                return number - 1
            self.say(INDENT, self.word("no such").format(len(question.answers)))

    def answer(self, question: source.Question, given: int) -> None:
        right = given == question.right
        judged = self.word("right") if right else self.word("wrong").format(question.right + 1)
        self.say(INDENT, f"{judged} {question.after[self.language]}")

    def pause(self) -> None:
        if self.asks:
            self._input(self.word("goes on"))

    def _input(self, prompt: str) -> str:
        try:
            return input(INDENT + prompt).strip()
        except EOFError:
            raise LabError("the input has ended; --auto plays without it") from None


SHOW = {
    events.Made: Terminal.line,
    events.Typed: Terminal.line,
    events.Said: Terminal.said,
    events.Ended: Terminal.ended,
    events.Verdict: Terminal.verdict,
    events.Reported: Terminal.reported,
    events.Noted: Terminal.noted,
    events.Waiting: Terminal.waiting,
}
