# SPDX-License-Identifier: MIT
"""Why a running phone gave no verdict: the phone's own doing, or the lab's."""

from __future__ import annotations

from .errors import FULL, LabError, NoVerdict
from .qemu import QEMU, RunningPhone
from .schema import Schema

STOPPED_BY_HOST = "io-error"  # QEMU halts the machine when a write finds no room
LAST_WORDS = 3  # times
LAST_WORDS_S = 0.05
SEEN_MAX = 300  # of an event that a person is shown


def why_none(phone: RunningPhone, timeout_s: float, hint: str = "") -> NoVerdict:
    """QEMU could not start, was killed or failed; the disk is full; the phone hangs or went off."""
    for _ in range(LAST_WORDS):
        phone.pump(LAST_WORDS_S)  # what is still under way
    last = Schema().sentence(phone.events[-1])[:SEEN_MAX] if phone.events else ""
    seen = f"the last that it said: {last}" if last else "nothing was heard of it"
    if phone.running:
        return _still_running(phone, timeout_s, seen)
    if phone.exit_code == 0:
        return NoVerdict("off", f"the phone switched itself off before a verdict ({seen})")
    said = phone.complaint() or "nothing"
    if phone.exit_code is not None and phone.exit_code < 0:
        return NoVerdict("killed", f"{QEMU} was ended by signal {-phone.exit_code} ({seen})")
    kind = "disk-full" if FULL in said else "qemu"
    return NoVerdict(kind, f"{QEMU} ended with {phone.exit_code}; it said: {said}{hint}")


def _still_running(phone: RunningPhone, timeout_s: float, seen: str) -> NoVerdict:
    if _status(phone) == STOPPED_BY_HOST:
        return NoVerdict(
            "disk-full", f"the phone was halted: its files found no room on this computer ({seen})"
        )
    return NoVerdict("timeout", f"no verdict after {timeout_s:g} s, the phone hangs ({seen})")


def _status(phone: RunningPhone) -> str:
    try:
        answer = phone.qmp.command("query-status") if phone.qmp else {}
    except (LabError, ValueError):
        return "?"
    return str(answer.get("status")) if isinstance(answer, dict) else "?"
