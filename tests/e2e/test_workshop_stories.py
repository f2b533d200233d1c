# SPDX-License-Identifier: MIT
"""
What a class needs of the stories, beside their being true (test_scenarios.py): questions, and every
colour and regime explained before it is seen.
"""

from __future__ import annotations

import re

import pytest

from lab.story import source

FILES = source.files()
COLOURS = re.compile(r"home (green|yellow|orange|red|unverified)\b.*")
REGIMES = {"announced": "as announced", "shipped": "as shipped", "none": "nobody checks"}
SENTENCE_MAX = {"en": 130, "zh": 60}
ANSWER_MAX = {"en": 45, "zh": 22}
by_story = pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])


def outcomes(step):
    """The verdicts that a step says will come."""
    if step.kind in ("restarts", "verdict"):
        return [str(step.what)]
    return [says.removeprefix("verdict: ") for says in step.says if says.startswith("verdict: ")]


def unexplained(story):
    """The words that a verdict of the story wants explained, and that no step explained so far."""
    explained, missing = set(), []
    phone = story.phone
    for step in story.steps:
        explained |= set(step.words)
        phone = step.what if step.kind == "phone" else phone
        for words in outcomes(step):
            colour = COLOURS.match(words)
            wanted = [colour[1]] if colour else []
            crossed = words.startswith("home") and not words.endswith(f"rom={phone['region']}")
            if "region-mismatch" in words or crossed and phone["rom"] != "reseller":
                wanted.append(REGIMES[phone["policy"]])
            missing += [(step.number, word) for word in wanted if word not in explained]
    return missing


@by_story
def test_colours_and_regimes_are_explained_where_they_first_matter(file):
    assert unexplained(source.load(file)) == []


def test_an_unexplained_word_is_seen():
    story = source.load(source.find("classic"))
    bare = [step.__class__(**{**vars(step), "words": ()}) for step in story.steps]
    bare_story = source.Story(**{**vars(story), "steps": tuple(bare)})
    assert unexplained(bare_story) == [(3, "as shipped")]


@by_story
def test_a_class_is_asked_something(file):
    asked = [step.question for step in source.load(file).steps if step.question]
    assert asked


def test_the_right_answer_is_not_always_at_the_same_place():
    asked = [s.question for file in FILES for s in source.load(file).steps if s.question]
    places = [question.right for question in asked]
    assert all(places.count(place) < 0.6 * len(places) for place in set(places))


def texts(story):
    for step in story.steps:
        yield step.why, SENTENCE_MAX
        for answer in step.question.answers if step.question else ():
            yield answer.text, ANSWER_MAX


@by_story
def test_what_the_last_row_reads_is_short(file):
    for text, limits in texts(source.load(file)):
        for language, limit in limits.items():
            assert len(text[language]) <= limit, text


@by_story
def test_each_language_is_itself(file):
    for text, _ in texts(source.load(file)):
        assert any("\u4e00" <= char <= "\u9fff" for char in text["zh"]), text
        assert text["en"].replace("\u2019", "'").isascii(), text
