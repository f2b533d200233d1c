# SPDX-License-Identifier: MIT
"""`phone explain` has words for every verdict and every event, and advice for every verdict."""

from __future__ import annotations

import itertools
import json

import pytest

from lab import schema

SCHEMA = schema.Schema()
FIELDS = SCHEMA.events["flow/verdict"]["fields"]
VERDICTS = list(itertools.product(FIELDS["fate"], FIELDS["reason"]))


def example(kind):
    """A value of a field's type."""
    if isinstance(kind, list):
        return kind[0]
    return {"text": "words", "number": 7, "bool": True}[kind]


def an_event(name, **values):
    stage, event = name.split("/")
    fields = SCHEMA.events[name]["fields"] or {}
    filled = {field.rstrip("?"): example(kind) for field, kind in fields.items()}
    return {"t_us": 1, "stage": stage, "event": event, **filled, **values}


@pytest.mark.parametrize("fate, reason", VERDICTS)
def test_every_verdict_has_words_and_advice(fate, reason):
    event = an_event("flow/verdict", fate=fate, reason=reason)
    assert SCHEMA.problems(event) == []
    sentence, advice = SCHEMA.sentence(event), SCHEMA.advice_for(event)
    assert sentence and "{" not in sentence and sentence != json.dumps(event)
    assert advice and "{" not in advice and "?" not in advice


@pytest.mark.parametrize("name", SCHEMA.events)
def test_every_event_has_words_whatever_its_values(name):
    """Also those of its fields that have only some values: each of them has its sentence."""
    fields = SCHEMA.events[name]["fields"] or {}
    choices = {f.rstrip("?"): kind for f, kind in fields.items() if isinstance(kind, list)}
    for field, values in choices.items() or [("", [""])]:
        for value in values:
            event = an_event(name, **({field: value} if field else {}))
            sentence = SCHEMA.sentence(event)
            assert sentence != json.dumps(event, ensure_ascii=False), f"{name} {field}={value}"
            assert "{" not in sentence


def test_what_was_asked_for_is_not_called_a_refusal():
    for fate, reason in itertools.product(("fastboot", "recovery"), ("keys", "bcb", "command")):
        assert "asked for it" in SCHEMA.sentence(an_event("flow/verdict", fate=fate, reason=reason))
    dark = SCHEMA.sentence(an_event("flow/verdict", fate="dead", reason="command"))
    assert "asked for" in dark and dark != SCHEMA.sentence(
        an_event("flow/verdict", fate="dead", reason="rollback")
    )


def test_a_recovery_that_runs_is_not_to_be_flashed():
    """Only where the screen says that there is none."""
    there = SCHEMA.advice_for(an_event("flow/verdict", fate="recovery", reason="keys"), "recovery keys")
    assert "Reboot" in there and "flash" not in there
    missing = an_event("flow/verdict", fate="recovery", reason="keys", screen="no-recovery")
    assert "flash a recovery" in SCHEMA.advice_for(missing, "recovery keys")


def test_several_conditions_must_all_hold():
    say = {"a=1 b=2": "both", "a=1": "one", "otherwise": "none"}
    assert schema._choose(say, {"a": 1, "b": 2}) == "both"
    assert schema._choose(say, {"a": 1, "b": 3}) == "one"
    assert schema._choose(say, {"b": 2}) == "none"
    assert schema._choose({"a=1": "one"}, {"b": 2}) is None
