# SPDX-License-Identifier: MIT
"""
The why panel's sentences (scripts/web/shared/), for `explain` in another language than English.
"""

from __future__ import annotations

import functools
from pathlib import Path

from . import outside, paths
from .language import LANGUAGES
from .trace import key

SHARED = paths.ROOT / "scripts" / "web" / "shared"

# As in why.js: which list of names a field's words are in.
KINDS = {
    "made_for": "region",
    "region": "region",
    "lock": "lock",
    "verdict": "verdict",
    "boot_state": "boot_state",
}
ROM_KINDS = {"policy/region": "region", "verify/claims": "rom"}
SIGN_OTHERWISE = "·"


@functools.lru_cache
def table(file: Path, name: str) -> list | dict:
    """The value of `export const NAME`, which is YAML as well as JavaScript."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    _, _, rest = file.read_text(encoding="utf-8").partition(f"export const {name} = ")
    return yaml.load(rest.partition(";\n")[0], Loader=loader)


def named(kind: str, word: object, language: str) -> str:
    names = table(SHARED / "names.js", "NAMES").get(kind, {})
    return names[word][language] if word in names else str(word)


def sentence(event: dict, language: str) -> str:
    """What an event means for a person who only passes by; "": nothing."""
    at = key(event)
    for _, wanted, conditions, _, *texts in table(SHARED / "why-rules.js", "RULES"):
        if wanted == at and all(_word(event.get(f)) == v for f, v in conditions.items()):
            said = texts[LANGUAGES.index(language)].format_map(_Fields(event, language))
            return said or _compared(event, language)
    return ""


def _word(value: object) -> str:
    return str(value).lower()


def _compared(event: dict, language: str) -> str:
    """A decision that needs no sentence: what was weighed, and how."""
    row = table(SHARED / "why-rules.js", "COMPARED").get(key(event))
    if row is None:
        return ""
    label, phone, rom, signs = row
    shown = [_side(event, *pair, language) for pair in (phone, rom)]
    return f"{label[language]} {shown[0]} {signs.get(event.get('result'), SIGN_OTHERWISE)} {shown[1]}"


def _side(event: dict, kind: str | None, field: str, language: str) -> str:
    value = event.get(field, "?")
    return outside.clean(named(kind, value, language) if kind else str(value))


class _Fields(dict):
    """An event's fields as people call them; one that is not there is a question mark."""

    def __init__(self, event: dict, language: str) -> None:
        kinds = {**KINDS, "rom": ROM_KINDS.get(key(event))}
        super().__init__(
            {field: _side(event, kinds.get(field), field, language) for field in event}
        )

    def __missing__(self, field: str) -> str:
        return "?"
