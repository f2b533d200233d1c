# SPDX-License-Identifier: MIT
"""What somebody may have meant by a name that is not there."""

from __future__ import annotations


def near_miss(name: str, names: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name.lower(), [n.lower() for n in names], n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""
