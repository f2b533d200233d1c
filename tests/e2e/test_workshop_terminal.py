# SPDX-License-Identifier: MIT
"""Stories and screens on a terminal: folded text, the phone drawn or in words, questions."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from conftest import ROOT, phone

from lab import language, play, screen_words, session, terminal
from lab.errors import LabError
from lab.story import events, source

SCREENS = Path(__file__).with_name("screens")
TEXTS = (
    "bootloader/screen/texts.h",
    "rom-images/userland/rom/texts.h",
    "rom-images/userland/recovery/texts.h",
)


# Words of a screen.


def all_words():
    table = screen_words.table()
    groups = (table["screens"], table["home"], {"recovery": table["recovery"]})
    rows = [row for group in groups for screen in group.values() for row in screen]
    return [*rows, table["mismatch"], *table["names"].values()]


def test_the_words_are_those_of_the_sources():
    sources = "".join((ROOT / file).read_text(encoding="utf-8") for file in TEXTS)
    there = set(re.findall(r'"((?:[^"\\]|\\.)*)"', sources.replace('"\\\n', '"')))
    there |= {"Flashlab", "FASTBOOT"}
    for row in all_words():
        for text in row:
            assert re.sub(r" \{\w+\}", "", text) in there, text


VERDICT = {"stage": "flow", "event": "verdict", "fate": "boot", "boot_state": "orange"}
VERDICT |= {"screen": "logo", "made_for": "cn", "rom_region": "global"}


@pytest.mark.parametrize(
    "trace, first, last",
    [
        ([{**VERDICT, "screen": "region"}], "This MIUI version", "This ROM is for Global"),
        ([{**VERDICT, "screen": "black"}], None, None),
        (
            [{**VERDICT, "screen": "verification", "reason": "bad-hash"}],
            "The system",
            "The ROM was",
        ),
        ([VERDICT], "Flashlab", "Flashlab"),
        ([VERDICT, {"stage": "rom", "event": "home", "region": "cn"}], "China ROM", "Unlocked ·"),
        ([VERDICT, {"stage": "recovery", "event": "menu"}], "Main Menu", "Connect with"),
        (
            [VERDICT, {"stage": "recovery", "event": "menu", "mismatch": True}],
            "Main Menu",
            "This MIUI version",
        ),
        ([{"stage": "flow", "event": "power-on"}], None, None),
        ([], None, None),
    ],
)
def test_what_is_on_the_screen(trace, first, last):
    words = screen_words.of_trace(trace)
    assert (words[0] if words else None) == first or words[0].startswith(first)
    assert (words[-1] if words else None) == last or words[-1].startswith(last)
    assert len(screen_words.of_trace(trace, "zh")) == len(words)


# Folding.


@pytest.mark.parametrize("columns", [20, 37, 60])
def test_folded_text_fits_and_loses_nothing(columns):
    for file in source.files():
        for step in source.load(file).steps:
            for text in step.why.values():
                lines = terminal.folded(text, "  ", columns).split("\n")
                assert all(terminal.width_of(line) <= columns + 2 for line in lines), lines
                whole = "".join(line.strip() for line in lines)
                assert whole.replace(" ", "") == text.replace(" ", "")


def test_a_chinese_line_does_not_begin_with_what_closes_a_sentence():
    text = "锁定的手机只运行厂商签名的内容。解锁需要账号，并会清除用户数据。"
    for columns in range(10, 60):
        for line in terminal.folded(text, columns=columns).split("\n"):
            assert line[0] not in "。，", (columns, line)


# Drawing.


@pytest.mark.parametrize(
    "environment, columns, why_not",
    [
        ({"TERM": "xterm"}, 59, ""),
        ({"TERM": "xterm"}, 60, None),
        ({"TERM": "dumb"}, 80, "no colours"),
        ({}, 80, "no colours"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, 80, "no colours"),
        ({"TERM": "xterm", "PATH": ""}, 80, "Debian package chafa"),
    ],
)
def test_where_there_is_no_picture_it_says_why(monkeypatch, environment, columns, why_not):
    monkeypatch.setenv("PATH", environment.get("PATH", os.environ["PATH"]))
    said = terminal.why_no_picture(environment, columns)
    assert said == why_not or why_not and why_not in said


@pytest.mark.parametrize("lines, rows", [(24, 20), (50, 45)])
def test_a_brick_in_symbols(monkeypatch, lines, rows):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    size = os.terminal_size((100, lines))
    picture = terminal.drawn(SCREENS / "region-cn-global.png", size).split("\n")
    assert len(picture) == rows
    # Red above blue: the phone's region, the ROM's.
    half = [re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", line) for line in picture]
    reds = [n for n, row in enumerate(half) if any(int(r) > int(b) + 40 for r, _, b in row)]
    blues = [n for n, row in enumerate(half) if any(int(b) > int(r) + 40 for r, _, b in row)]
    assert min(reds) < min(blues) and max(reds) < max(blues)
    framed = terminal.beside(picture, ["This MIUI version", "made for China"], 100)
    widths = {terminal.width_of(terminal.ESCAPES.sub("", line).split("│   ")[0]) for line in framed}
    assert len(framed) == rows + 2 and max(widths) <= 100
    assert sum("made for China" in line for line in framed) == 1


@pytest.mark.parametrize("term, mark", [("xterm-kitty", "\x1b_G"), ("mlterm", "\x1bP")])
def test_a_terminal_that_can_gets_a_real_picture(monkeypatch, term, mark):
    monkeypatch.setenv("TERM", term)
    for name in ("COLORTERM", "TERM_PROGRAM", "VTE_VERSION"):
        monkeypatch.delenv(name, raising=False)
    size = os.terminal_size((100, 40))
    assert terminal.drawn(SCREENS / "region-cn-global.png", size).startswith(mark)


def test_what_chafa_complains_of_is_said(tmp_path):
    with pytest.raises(LabError, match="chafa: "):
        terminal.drawn(tmp_path / "nothing.png", os.terminal_size((80, 24)))


# Playing.


@pytest.fixture
def shown(monkeypatch, capsys):
    monkeypatch.setattr(session, "window", lambda: None)

    def make(tongue="en", **options):
        return play.Terminal(tongue, **options), lambda: capsys.readouterr().out

    return make


QUESTION = source.load(source.find("classic")).steps[2].question


@pytest.mark.parametrize(
    "typed, given, says",
    [
        (["3"], 2, ["Right."]),
        (["1"], 0, ["It is 3."]),
        (["9", "x", "2"], 1, ["1 to 4, or Enter", "It is 3."]),
    ],
)
def test_a_question_is_asked_and_answered(shown, monkeypatch, typed, given, says):
    screen, read = shown(asks=True)
    monkeypatch.setattr("builtins.input", lambda prompt: typed.pop(0))
    assert screen.ask(QUESTION) == given
    screen.answer(QUESTION, given)
    said = read()
    for words in [QUESTION.ask["en"], QUESTION.answers[0].text["en"], *says]:
        assert words in said


def test_enter_gives_no_answer(shown, monkeypatch):
    screen, _ = shown(asks=True)
    monkeypatch.setattr("builtins.input", lambda prompt: "")
    assert screen.ask(QUESTION) is None


def test_without_a_terminal_nothing_is_asked(shown, monkeypatch):
    screen, read = shown()
    monkeypatch.setattr("builtins.input", lambda prompt: pytest.fail("asked"))
    assert screen.ask(QUESTION) is None
    screen.pause()
    assert read() == ""


def test_a_long_output_is_folded_and_all_shows_it(shown):
    said = [events.Said(f"line {number}") for number in range(9)]
    for whole, wanted in ((False, ["line 8", "9 lines"]), (True, ["line 0", "line 8"])):
        screen, read = shown(whole=whole)
        for event in [*said, events.Ended(0, ["line 8"], 9)]:
            screen.show(event)
        told = read()
        assert all(words in told for words in wanted) and ("line 0" in told) == whole


def test_a_verdict_says_where_to_ask_why(shown):
    screen, read = shown()
    screen.player = type("P", (), {"name": "anna"})()
    screen.show(events.Verdict("brick rollback", {"en": "do this", "zh": "这样做"}))
    assert read().split("\n")[:3] == [
        "    verdict: brick rollback",
        "    why: scripts/phone explain anna",
        "    What could be done: do this",
    ]


@pytest.mark.parametrize("tongue, wanted", [("en", "Couldn't unlock"), ("zh", "解锁失败")])
def test_what_the_lab_says_in_both_languages_is_shown_in_the_readers(shown, tongue, wanted):
    screen, read = shown(tongue)
    line = language.join("Couldn't unlock", "解锁失败")
    screen.show(events.Ended(1, [line, "FAILED (remote: 'no')"], 2))
    assert read() == f"    {wanted}\n    FAILED (remote: 'no')\n"
    screen.player = type("P", (), {"name": "anna"})()
    screen.show(events.Verdict("brick rollback"))
    explain = {"en": "why:", "zh": "原因：FLASHLAB_LANGUAGE=zh"}[tongue]
    assert f"    {explain} scripts/phone explain anna\n" in read()


def test_every_event_is_shown():
    assert set(play.SHOW) == set(events.Event.__args__)


@pytest.mark.parametrize("tongue, title", [("en", "The classic accident"), ("zh", "经典事故")])
@pytest.mark.parametrize("command", ["play", "exercise"])
def test_lists(tongue, title, command):
    done = phone(command, "--language", tongue)
    assert done.returncode == 0 and (title in done.stdout or command == "exercise")
    assert len(done.stdout.splitlines()) == {"play": 21, "exercise": 10}[command]


def test_a_story_that_is_not_there():
    done = phone("play", "clasic")
    assert done.returncode == 2 and "did you mean classic?" in done.stderr
    done = phone("exercise", "curr")
    assert done.returncode == 2 and "did you mean cure?" in done.stderr
