# SPDX-License-Identifier: MIT
"""What the workshop says to people is in both languages: each key, each place that uses one."""

from __future__ import annotations

import ast
import re
import string
from typing import Iterator

import pytest
import yaml
from conftest import ROOT

from lab.errors import LabError
from workshop import said

FOLDER = ROOT / "scripts" / "workshop"
OF_THE_TERMINAL = ("main.py",)  # what it says is read where it was started
SOURCES = {
    file: ast.parse(file.read_text(encoding="utf-8"))
    for file in sorted(FOLDER.glob("*.py"))
    if file.name not in OF_THE_TERMINAL
}
CALLS = {"Refusal", "Forbidden", "say"}
NOT_FIELDS = {"status"}


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def calls() -> Iterator[tuple[str, ast.Call]]:
    for file, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{file.name}:{node.lineno}", node


def constants(node: ast.AST) -> list[str]:
    """The keys that an argument may be: a string, or one of two."""
    if isinstance(node, ast.IfExp):
        return [*constants(node.body), *constants(node.orelse)]
    if isinstance(node, ast.Name) and isinstance(getattr(said, node.id, None), str):
        return [getattr(said, node.id)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def uses() -> Iterator[tuple[str, str, set[str]]]:
    """Where a key is used, which, and with what fields."""
    for where, call in calls():
        is_say = name_of(call) == "say" and isinstance(call.func, ast.Name)
        if name_of(call) in CALLS - {"say"} or is_say:
            at = call.args[:1]
        elif name_of(call) == "busy":
            at = call.args[1:2]
        else:
            continue
        fields = {word.arg for word in call.keywords if word.arg} - NOT_FIELDS
        if any(word.arg is None for word in call.keywords):
            fields |= {"*"}
        for key in constants(at[0]) if at else []:
            yield where, key, fields


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


USES = list(uses())


@pytest.mark.parametrize("key", said.SAID)
def test_each_key_is_in_both_languages_and_used(key):
    en, zh = said.SAID[key]
    assert en.isascii() and (en == zh or re.search("[\u4e00-\u9fff]", zh) or key == "how-power")
    assert fields_of(en) == fields_of(zh)
    assert [where for where, used, _ in USES if used == key], "nobody says it"


def test_each_use_has_a_key_and_its_fields():
    assert len(USES) > 80
    for where, key, fields in USES:
        assert key in said.SAID, f"{where}: {key}"
        wanted = fields_of(said.SAID[key][0])
        assert fields == wanted or "*" in fields and fields - {"*"} <= wanted, (where, key, fields)


def test_nothing_is_said_in_one_language():
    """No error of ours is a text of its own, and no note or error of a phone is."""
    for where, call in calls():
        if name_of(call) == "LabError":
            assert [word.arg for word in call.keywords] == ["zh"], where
        if name_of(call) == "say" and isinstance(call.func, ast.Attribute) and call.args:
            kind, *text = call.args
            is_ours = isinstance(kind, ast.Constant) and kind.value in ("note", "error")
            assert not is_ours or isinstance(text[0], (ast.Call, ast.Name)), where


def test_a_field_may_be_in_both_languages():
    refused = said.Refusal("busy", phone="anna", what=said.say("does-flash", rom="cn"))
    assert str(refused) == "anna is busy: flashing cn" and refused.status == 400
    assert said.sides(refused) == {"en": str(refused), "zh": "anna 正忙：正在刷入 cn"}
    assert said.sides(OSError("No space left on device")) == {"en": "No space left on device"}
    assert said.sides(LabError("a", zh="b")) == {"en": "a", "zh": "b"}


def test_the_help_is_that_of_the_commands():
    from workshop import typed

    words = {word.strip() for row in said.HELP for word in row[0].split(",")}
    named = {word.split()[0] for word in words}
    assert named | {"help"} == set(typed.VERBS)


def test_the_recovery_is_quoted_as_it_speaks():
    quoted = yaml.safe_load((ROOT / "scripts/lab/screens.yaml").read_text(encoding="utf-8"))
    for name in ("verdict.js", "why-rules.js"):
        text = (ROOT / "scripts" / "web" / "shared" / name).read_text(encoding="utf-8")
        assert [words for words in quoted["mismatch"] if words not in text] == [], name


# The page's own words.


WORDS = (FOLDER / "page" / "words.js").read_text(encoding="utf-8")
PAGE = {file.name: file.read_text(encoding="utf-8") for file in (FOLDER / "page").glob("*.js")}
KEY = re.compile(r'^  "?([\w-]+)"?: w\(', re.MULTILINE)
USED = re.compile(r'\bt\((?:[^()]*\? *)?"([\w-]+)"(?: *: *"([\w-]+)")?')


def test_the_page_uses_only_words_that_there_are():
    there = set(KEY.findall(WORDS))
    used = {word for text in PAGE.values() for pair in USED.findall(text) for word in pair if word}
    assert len(there) > 100 and len(used) > 80
    assert sorted(used - there) == []


def test_no_word_of_the_page_is_left_over():
    code = "".join(text for name, text in PAGE.items() if name != "words.js")
    begun = {prefix for prefix in re.findall(r"t\(`([a-z_]+)\$\{", code)}
    begun |= set(re.findall(r"`([a-z_]+)\$\{", code))
    left = [
        key
        for key in KEY.findall(WORDS)
        if f'"{key}"' not in code and not any(key.startswith(prefix) for prefix in begun)
    ]
    assert left == [k for k in left if k in ("bench", "stories", "exercises", "class")], left
