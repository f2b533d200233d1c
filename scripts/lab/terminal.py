# SPDX-License-Identifier: MIT
"""
What a terminal can show: text in its width, and a phone's screen, drawn by chafa (Debian): as a
picture where the terminal can (kitty, sixel), in symbols elsewhere, as words where there is no
room.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Mapping

from . import qmp, schema, screen_words
from .errors import LabError

CHAFA = "chafa"
SYMBOLS = "block"  # that every terminal's font has
GRAPHICS = ("\x1bP", "\x1b_G")  # a sixel picture, a kitty picture
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
CURSOR = re.compile(r"\x1b\[\?25[lh]")
PICTURE_COLUMNS_MIN = 60
AROUND_LINES = 5  # left for what is said around the picture
ROWS_MIN = 20
TEXT_COLUMNS_MAX = 100
SETTLE_S = 0.15  # from a verdict to what the screen shows then


def is_there() -> bool:
    return sys.stdout.isatty()


def width_of(text: str) -> int:
    """In columns: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def folded(text: str, indent: str = "", columns: int | None = None) -> str:
    """
    In lines that fit the terminal, later ones behind `indent`; as it is where there is none. A
    line may end at a blank, or between Chinese characters.
    """
    if columns is None:
        if not is_there():
            return text
        columns = min(shutil.get_terminal_size().columns, TEXT_COLUMNS_MAX)
    lines, line = [], ""
    for piece in _pieces(text):
        if line.strip() and width_of(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = indent
            piece = piece.lstrip()
        line += piece
    return "\n".join([*lines, line.rstrip()])


def _pieces(text: str) -> list[str]:
    """What must stay together: a word with its blank; a Chinese character with what closes it."""
    pieces: list[str] = []
    for char in text:
        wide = width_of(char) == 2
        closes = unicodedata.category(char) in ("Po", "Pe", "Pf")
        after_wide = bool(pieces) and width_of(pieces[-1][-1]) == 2
        begins = not closes and (wide or after_wide)
        if not pieces or begins or pieces[-1].endswith(" "):
            pieces.append(char)
        else:
            pieces[-1] += char
    return pieces


# The phone's screen.


def show(folder: Path, language: str = "en", shot: Path | None = None) -> None:
    """
    The screen of a phone that is on - or `shot`, a picture of it -, as well as this terminal can;
    nothing where there is no terminal.
    """
    if not is_there():
        return
    size = shutil.get_terminal_size()
    words = screen_words.of_trace(schema.read_trace(folder / "trace.jsonl"), language)
    why_not = why_no_picture(os.environ, size.columns)
    if why_not is not None:
        print("\n".join([*framed(words, size.columns), *([f"({why_not})"] if why_not else [])]))
        return
    picture = drawn(shot, size) if shot else _taken_and_drawn(folder, size)
    if not picture.startswith(GRAPHICS):
        picture = "\n".join(beside(picture.split("\n"), words, size.columns))
    print(picture, flush=True)


def why_no_picture(environment: Mapping[str, str], columns: int) -> str | None:
    """A reason, empty where the terminal is just too narrow; None: there will be a picture."""
    if columns < PICTURE_COLUMNS_MIN:
        return ""
    if environment.get("TERM", "") in ("", "dumb") or environment.get("NO_COLOR"):
        return "this terminal shows no colours: the screen is not drawn here"
    if not shutil.which(CHAFA):
        return f"with {CHAFA} (Debian package {CHAFA}) the phone's screen is drawn here"
    return None


def _taken_and_drawn(folder: Path, size: os.terminal_size) -> str:
    shot = folder / "terminal.png"
    time.sleep(SETTLE_S)
    connection = qmp.Qmp.connect(folder)
    try:
        connection.screendump(folder, shot)
        return drawn(shot, size)
    finally:
        connection.close()
        shot.unlink(missing_ok=True)


def drawn(shot: Path, size: os.terminal_size) -> str:
    """By chafa, which knows what this terminal understands."""
    columns, rows = size.columns - 2, max(size.lines - AROUND_LINES, ROWS_MIN)
    done = subprocess.run(
        [CHAFA, "--animate=off", f"--symbols={SYMBOLS}", f"--size={columns}x{rows}", str(shot)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise LabError(f"{CHAFA}: {done.stderr.decode(errors='replace').strip()}")
    return CURSOR.sub("", done.stdout.decode(errors="replace")).rstrip("\n")


def beside(picture: list[str], words: list[str], columns: int) -> list[str]:
    """A picture in symbols, framed as a phone, and beside it the words that are too small in it."""
    width = width_of(ESCAPES.sub("", picture[0]))
    room = columns - width - 8
    lines = [line for text in words for line in folded(text, columns=room).split("\n")]
    above = max((len(picture) - len(lines)) // 3, 0)
    column = [""] * above + lines + [""] * len(picture)
    edge = "─" * width
    rows = (f"│{row}│   {line}".rstrip() for row, line in zip(picture, column))
    return [f"╭{edge}╮", *rows, f"╰{edge}╯"]


def framed(words: list[str], columns: int) -> list[str]:
    """The screen's words in a frame, as wide as they need; a black screen is an empty one."""
    room = min(columns, TEXT_COLUMNS_MAX) - 4
    lines = [line for text in words for line in folded(text, columns=room).split("\n")] or [""]
    width = max([width_of(line) for line in lines] + [16])
    edge = "─" * (width + 2)
    inside = (f"│ {line}{' ' * (width - width_of(line))} │" for line in lines)
    return [f"╭{edge}╮", *inside, f"╰{edge}╯"]
