# SPDX-License-Identifier: MIT
"""The glossary is one: what is rendered of it is of today, and each word is found once."""

from __future__ import annotations

import pytest

from lab import glossary
from lab.errors import LabError


@pytest.mark.parametrize("file", glossary.RENDERED, ids=lambda file: file.name)
def test_what_is_rendered_is_of_today(file):
    wanted = glossary.RENDERED[file](glossary.load())
    assert file.read_text(encoding="utf-8") == wanted, "docs/glossary.py renders it"


def test_no_way_of_writing_has_two_meanings():
    written = [word for entry in glossary.load().values() for word in entry["written"]]
    assert sorted(set(written)) == sorted(written)


def test_each_language_says_something_of_its_own():
    for entry in glossary.load().values():
        assert entry["en"].isascii(), entry["name"]
        assert any("\u4e00" <= char <= "\u9fff" for char in entry["zh"]), entry["name"]


@pytest.mark.parametrize(
    "text, error",
    [
        ("- {name: a, zh_name: b, written: [a], en: c}", "wants"),
        ("- {name: a, zh_name: b, written: [], en: c, zh: d}", "wants"),
        ("- &a {name: a, zh_name: b, written: [a], en: c, zh: d}\n- *a", "twice"),
    ],
)
def test_a_bad_glossary_is_refused(tmp_path, text, error):
    file = tmp_path / "glossary.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=error):
        glossary.load(file)
