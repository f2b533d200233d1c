# SPDX-License-Identifier: MIT
"""How comments in the sources look: a table keeps its rows, a sentence does not end in one word alone."""

from __future__ import annotations

import re
import subprocess
from typing import Iterator

import pytest
from conftest import ROOT

# A row is indented and its columns stand apart; so a line that is not indented has no columns.
JOINED = re.compile(r"^\s*\* [^\s*].*\S {3,}\S")
# The last word, after a line that was filled to the end.
ORPHAN = re.compile(r"^ \* \S+$")
FULL = re.compile(r"^ \* \S.{82,}$")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def faults(text: str) -> Iterator[str]:
    for comment in COMMENT.findall(text):
        before = ""
        for line in comment.splitlines():
            if JOINED.match(line):
                yield f"a row of a table is joined with its neighbour: {line}"
            if ORPHAN.match(line) and FULL.match(before):
                yield f"a word alone: {line}"
            before = line


def sources() -> list[str]:
    listed = subprocess.check_output(["git", "ls-files", "*.c", "*.h"], cwd=ROOT, text=True)
    return listed.split()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_comments_keep_their_tables():
    names = sources()
    assert len(names) > 200
    found = [
        f"{name}: {fault}"
        for name in names
        for fault in faults((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "comment, seen",
    [
        ("/*\n * adb shell   a shell\n */", True),
        ("/*\n *   adb shell   a shell,\n * prompt adb root   one sentence\n */", True),
        ("/*\n *   adb shell   a shell,\n *               and a prompt\n */", False),
        (f"/*\n * {'word ' * 18}\n * end.\n */", True),
        ("/*\n * Two short\n * lines.\n */", False),
    ],
)
def test_the_check_sees_what_it_should(comment, seen):
    assert bool(list(faults(comment))) == seen
