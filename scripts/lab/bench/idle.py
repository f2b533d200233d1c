# SPDX-License-Identifier: MIT
"""
What a phone that waits takes of the computer: processor time over some seconds in which nothing happens,
and memory (PSS: what it shares counts by its share).
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Iterator, NamedTuple

from .. import qemu, store, verdict
from ..errors import LabError
from .boots import cpu_of
from .peers import HANG_S
from .table import Row

SETTLE_S = 3.0  # until the ROM has loaded what it loads after home
IDLE_S = 10.0
FACTS = {"model": "dipper", "region": "cn", "lock": "locked", "policy": "announced", "tag": "bench"}


class State(NamedTuple):
    """Where a phone waits, and how it gets there."""

    name: str
    rom: str
    lab: dict[str, str]
    most: float | None = None  # percent of a core


STATES = (
    State("brick", "global", {}, most=1.25),
    State("fastboot", "cn", {"hold": "power,volume-down"}, most=1.25),
    State("home", "cn", {}, most=1.25),
    State("recovery", "cn", {"hold": "power,volume-up"}, most=1.25),
)


def memory_mib(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE)
    assert found, text
    return int(found.group(1)) / 1024


def measure(state: State) -> tuple[float, float]:
    """(percent of a core, MiB)."""
    with store.NewPhone(**FACTS, rom=state.rom) as new, qemu.RunningPhone(
        new.folder, lab=state.lab
    ) as phone:
        if not phone.wait_for(lambda: verdict.words(phone.events), HANG_S):
            raise LabError(f"no verdict on the way to {state.name}: {phone.events[-1:]}")
        phone.settle(SETTLE_S)
        before, begun = cpu_of(phone.pid), time.monotonic()
        phone.settle(IDLE_S)
        worked = (cpu_of(phone.pid) - before) / (time.monotonic() - begun)
        return worked * 100, memory_mib(phone.pid)


def rows(rounds: int) -> Iterator[Row]:
    for state in STATES:
        percent, memory = measure(state)
        print(f"idle: {state.name}", file=sys.stderr, flush=True)
        yield Row(f"idle: {state.name}", f"{percent:.2f} % of a core, {memory:.0f} MiB",
                  f"{state.most} % of a core" if state.most else "",
                  percent / state.most if state.most else None, most=1.0)  # fmt: skip
