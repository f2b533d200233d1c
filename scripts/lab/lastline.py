# SPDX-License-Identifier: MIT
"""The last line of a run: its verdict, in words or as JSON, said once, whatever the way it ends."""

from __future__ import annotations

import json
import time

from .errors import WRONG_WORDS, Ended, LabError, NoVerdict


class LastLine:
    """`facts` are what the phone is; they stand in the JSON."""

    def __init__(self, as_json: bool = False, expect: str | None = None) -> None:
        self.facts: dict = {}
        self._as_json = as_json
        self._expect = expect
        self._begun = time.monotonic()
        self._said = False

    def say(self, words: str, code: int, why: str = "") -> None:
        if self._said:
            return
        self._said = True
        if not self._as_json:
            print(f"verdict: {words}", flush=True)
            return
        line = {
            "verdict": words,
            "expected": self._expect,
            "exit": code,
            "seconds": round(time.monotonic() - self._begun, 3),
            **({"why": why} if why else {}),
            "phone": self.facts,
        }
        print(json.dumps(line, ensure_ascii=False), flush=True)

    def without(self, error: Exception) -> Exception:
        """The error to go on with: after a verdict, or for wrong words, it is what it was."""
        if self._said or getattr(error, "code", None) == WRONG_WORDS:
            return error
        none = NoVerdict.of(error)
        self.say(f"none {none.kind}", none.code, str(none))
        return none

    def __enter__(self) -> "LastLine":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Ended):
            self.say("none interrupted", error.code)
        elif isinstance(error, (LabError, OSError)):
            now = self.without(error)
            if now is not error:
                raise now from None
