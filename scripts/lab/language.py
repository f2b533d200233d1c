# SPDX-License-Identifier: MIT
"""
The language in which the lab says something to a person: FLASHLAB_LANGUAGE in the environment.

    en (or nothing)    zh    both, for a page that shows either: each line in English, BETWEEN, in Chinese

What programs read (verdicts, JSON) and what the stock clients say has no language.
"""

from __future__ import annotations

import argparse
import itertools
import os

LANGUAGES = ("en", "zh")
VARIABLE = "FLASHLAB_LANGUAGE"
BOTH = "both"
BETWEEN = "␟"  # printable, so what cleans a line leaves it; a ROM that says it only cuts its own words


def wanted() -> str:
    given = os.environ.get(VARIABLE)
    return given if given in (*LANGUAGES, BOTH) else LANGUAGES[0]


def one(tongue: str = "") -> str:
    """`tongue`, or the one that is wanted: where only one can be."""
    return next((word for word in (tongue, wanted()) if word in LANGUAGES), LANGUAGES[0])


def add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--language", choices=LANGUAGES, default=one(), help=f"of the texts (default ${VARIABLE}, or en)"
    )


def pick(en: str, zh: str = "", tongue: str = "") -> str:
    """A text of one or several lines, as it is wanted; `zh` may be missing."""
    tongue = tongue or wanted()
    if not zh or tongue == LANGUAGES[0]:
        return en
    if tongue == "zh":
        return zh
    pairs = itertools.zip_longest(en.split("\n"), zh.split("\n"), fillvalue="")
    return "\n".join(f"{one}{BETWEEN}{other}" for one, other in pairs)


def for_both() -> dict[str, str]:
    """An environment for a program whose lines are shown in either."""
    return {**os.environ, VARIABLE: BOTH}


def join(en: str, zh: str) -> str:
    return f"{en}{BETWEEN}{zh}" if zh else en


def side(line: str, tongue: str) -> str:
    found = sides(line)
    return found if isinstance(found, str) else found[tongue]


def sides(line: str) -> str | dict[str, str]:
    """A line of a program that was asked for both: {en, zh}, or as it is where it has no language."""
    en, between, zh = line.partition(BETWEEN)
    return {"en": en, "zh": zh} if between else line
