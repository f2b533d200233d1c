# SPDX-License-Identifier: MIT
"""
Runs one phone to its verdict, and holds what every run must hold: the trace, the fuses, the screen.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Callable, NamedTuple

from conftest import CLOCK, HANG_S
from PIL import Image, ImageChops

from lab import fuses, paths, schema, verdict
from lab.qemu import RunningPhone

SCHEMA = schema.Schema()
SCREENS = Path(__file__).with_name("screens")
QUICK = "ppm"  # QEMU packs a PNG in five times as long
BLOCK_PX = 4  # pictures are compared by the means of blocks: fonts may be smoothed differently
DIFFERENCE = 20  # of 255, from which a block counts as different
DIFFERENT_MAX = 40  # so many blocks of some 70,000


class Ran(NamedTuple):
    words: str | None
    events: list[dict]
    picture: Path


def run(
    folder: Path,
    then: Callable[[RunningPhone], None] | None = None,
    lab: dict[str, str] | None = None,
    verdicts: int = 1,
    decided: bool = False,
) -> Ran:
    """
    To the verdict and its picture, then whatever `then` does with the phone. `decided`: a ROM that
    the firmware starts is believed to get home, as it does in another test.
    """
    says = verdict.decision if decided else verdict.words
    before = fuses.read(folder / "nor.img")
    picture = folder / "screen.ppm"
    with RunningPhone(folder, rtc=CLOCK, lab=lab) as phone:
        words = phone.wait_for(lambda: says(phone.events), HANG_S)
        assert phone.running, phone.complaint() or phone.events
        phone.shoot(picture, QUICK)
        if then:
            then(phone)
    assert fuses.tampering(before, fuses.read(folder / "nor.img")) is None
    check_trace(phone, verdicts)
    return Ran(words, phone.events, picture)


def check_trace(phone: RunningPhone, verdicts: int = 1) -> None:
    assert phone.bad_lines == []
    assert [problem for event in phone.events for problem in SCHEMA.problems(event)] == []
    times = [event["t_us"] for event in phone.events]
    assert times == sorted(times) and times[0] > 0
    steps = [(event["stage"], event["event"]) for event in phone.events]
    assert steps[0] == ("flow", "power-on") and steps.count(("flow", "verdict")) == verdicts
    explained = "\n".join(schema.explain(phone.events, SCHEMA))
    assert "{" not in explained and "verdict: " in explained


def check_screen(taken: Path, name: str) -> None:
    """
    Against the committed picture. FLASHLAB_NEW_SCREENS=1 makes that picture instead: look at it.
    """
    wanted = SCREENS / f"{name}.png"
    if os.environ.get("FLASHLAB_NEW_SCREENS"):
        SCREENS.mkdir(exist_ok=True)
        Image.open(taken).convert("RGB").save(wanted, optimize=True)
        return
    assert wanted.exists(), f"no reference {wanted}"
    blocks = different_blocks(Image.open(taken), Image.open(wanted))
    if blocks > DIFFERENT_MAX:
        kept = paths.BUILD / "screens-that-differ"
        kept.mkdir(exist_ok=True)
        Image.open(taken).save(kept / f"{name}.png")
        raise AssertionError(
            f"{name}: {blocks} blocks differ; compare {kept / name}.png with {wanted}"
        )


def check_shown(phone: RunningPhone, picture: Path, name: str) -> None:
    """Against the committed picture, too: what has been reported is on the screen now, or soon."""
    deadline = time.monotonic() + HANG_S
    while True:
        phone.shoot(picture, QUICK)
        try:
            return check_screen(picture, name)
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        phone.settle(0.2)


def different_blocks(one: Image.Image, other: Image.Image) -> int:
    assert one.size == other.size
    size = (one.width // BLOCK_PX, one.height // BLOCK_PX)
    small = [image.convert("RGB").resize(size, Image.BOX) for image in (one, other)]
    bands = ImageChops.difference(*small).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return sum(worst.histogram()[DIFFERENCE:])
