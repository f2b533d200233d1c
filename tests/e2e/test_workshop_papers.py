# SPDX-License-Identifier: MIT
"""The leader's paper and the hand-out name what is there, in both languages alike."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from lab.story import exercise, source

PAPERS = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in (
    "leader.md", "leader.zh.md", "handout.md", "handout.zh.md"
)}
NAMES = [file.stem.split("-", 1)[1] for file in source.files(exercise.FOLDER)]


@pytest.mark.parametrize("name", PAPERS)
def test_every_exercise_is_named(name):
    assert [task for task in NAMES if task not in PAPERS[name]] == []


def test_the_leader_finds_an_exercise_by_its_number():
    for name in ("leader.md", "leader.zh.md"):
        rows = re.findall(r"^\| (\d+) ([a-z-]+) \|", PAPERS[name], re.MULTILINE)
        files = {f"{int(number):02}-{word}" for number, word in rows}
        assert files == {file.stem for file in source.files(exercise.FOLDER)}


@pytest.mark.parametrize("name", ["handout.md", "handout.zh.md"])
def test_what_the_hand_out_says_to_type_is_taken(name):
    """By the command box of the workshop, and by that of a phone in a browser."""
    from workshop import typed

    rows = re.findall(r"^\| (`.*`) \|", PAPERS[name], re.MULTILINE)
    lines = [line for row in rows for line in re.findall(r"`([^`]+)`", row)]
    assert len(lines) == 6
    of_browsers = (ROOT / "scripts" / "web" / "commands.js").read_text(encoding="utf-8")
    for verb in {line.split()[0] for line in lines}:
        assert verb in typed.VERBS or verb in typed.FASTBOOT, verb
        assert f'"{verb}' in of_browsers or f'"fastboot {verb}' in of_browsers, verb


@pytest.mark.parametrize("name", PAPERS)
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)]+)\)", PAPERS[name]):
        assert (ROOT / "docs" / target).is_file(), target


@pytest.mark.parametrize("name", ["leader", "handout"])
def test_both_languages_have_the_same_tables(name):
    rows = [
        [line.count("|") for line in PAPERS[f"{name}{zh}.md"].splitlines() if line[:1] == "|"]
        for zh in ("", ".zh")
    ]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("name", ["leader.md", "leader.zh.md"])
def test_the_minutes_are_ninety_without_a_gap(name):
    spans = re.findall(r"^\| (\d+)-(\d+) \|", PAPERS[name], re.MULTILINE)
    assert spans[0][0] == "0" and spans[-1][1] == "90"
    assert [end for _, end in spans[:-1]] == [begin for begin, _ in spans[1:]]


@pytest.mark.parametrize("name", ["leader.md", "leader.zh.md"])
def test_the_stories_of_the_plan_are_there(name):
    numbers = re.findall(r"^\| [\d-]* \| (\d+)[, ]", PAPERS[name], re.MULTILINE)
    assert len(numbers) >= 6
    for number in numbers:
        assert source.load(source.find(number)).steps
