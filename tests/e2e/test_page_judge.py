# SPDX-License-Identifier: MIT
"""
The whole matrix by the fast judge: every model, market, ROM, lock and rule, well and damaged, on the
bootloader compiled for a page. QEMU runs its sample of it (test_page_equal.py, test_matrix.py).

What is expected is written down here by hand, from the announcement, the models' years and README's
tables, and shares no code with the phone.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from page_twin import Judge, Scene

from lab import catalog

# codename -> the markets it was made for, does the announcement hold for it, has it verified boot
MODELS = {
    "hermes": (("cn",), False, False),
    "mido": (("cn", "global"), False, True),
    "sagit": (("cn", "global"), False, True),
    "vince": (("cn", "global"), False, True),
    "whyred": (("cn", "global"), True, True),
    "polaris": (("cn", "global"), True, True),
    "dipper": (("cn", "global"), True, True),
    "sirius": (("cn",), True, True),
    "nitrogen": (("cn", "global"), True, True),
    "cactus": (("cn", "global"), True, True),
    "jasmine_sprout": (("global",), False, True),
}
# Whose ROM itself looks at the region, as it was shipped: models on the list that were sold in China.
SHIPPED = {"vince", "whyred", "polaris", "dipper", "sirius", "nitrogen", "cactus"}
REGION_OF = {"cn": "cn", "global": "global", "reseller": "global"}
SLOTTED = "jasmine_sprout"


class Harm(NamedTuple):
    """What was done to the phone, and what it means where nothing else stops it first."""

    changes: list[dict]
    locked: str | None  # the reason for which a locked phone with verified boot refuses
    others: str | None = None  # the same for all others


HARMS = {
    "none": Harm([], None),
    "signature-bit": Harm([{"flip": "vbmeta", "at": 300}], "bad-signature"),
    "kernel-bit": Harm([{"flip": "boot", "at": 5000}], "bad-hash"),
    "no-boot": Harm([{"zero": "boot", "length": 65536}], "no-rom", "no-rom"),
    "no-table": Harm([{"flip": "disk", "at": 520}, {"flip": "disk", "at": -512}], None),
}
ON_CLAIMS = {"signature-bit"}  # seen before the ROM says what region it is for


def in_all_slots(model: str, changes: list[dict]) -> list[dict]:
    """What happens to a partition happens to it in both slots."""
    if model != SLOTTED:
        return changes
    spread = []
    for change in changes:
        kind, where = next(iter(change.items()))
        both = [where + "_a", where + "_b"] if where in ("boot", "vbmeta") else [where]
        spread += [{**change, kind: name} for name in both]
    return spread


def expected(scene: Scene, name: str) -> str:
    model, made_for, rom, lock, policy = scene
    _, holds, verified_boot = MODELS[model]
    harm = HARMS[name]
    locked = lock == "locked" and verified_boot
    if name == "no-table":
        return "brick bad-gpt"
    if locked and name in ON_CLAIMS:
        return f"brick {harm.locked}"
    if locked and rom == "reseller":
        return "brick wrong-key"
    if policy == "announced" and holds and made_for != REGION_OF[rom]:
        return f"brick region-mismatch made-for={made_for} rom={REGION_OF[rom]}"
    reason = harm.locked if locked else harm.others
    if reason:
        return f"brick {reason}"
    if policy == "shipped" and model in SHIPPED and locked and (made_for, rom) == ("cn", "global"):
        return "recovery region-mismatch"
    state = "unverified" if not verified_boot else "green" if locked else "orange"
    return f"home {state} rom={rom}"


def scenes(model: str) -> list[Scene]:
    return [
        Scene(model, made_for, rom, lock, policy)
        for made_for in MODELS[model][0]
        for rom in catalog.roms()
        for lock in catalog.LOCKS
        for policy in catalog.POLICIES
    ]


def test_the_table_knows_every_model():
    assert sorted(MODELS) == catalog.models()


@pytest.mark.parametrize("model", sorted(MODELS))
def test_every_cell(build, model):
    wrong, count = [], 0
    with Judge() as judge:
        for scene in scenes(model):
            for name, harm in HARMS.items():
                answer = judge(scene, changes=in_all_slots(model, harm.changes))
                count += 1
                if answer["words"] != expected(scene, name):
                    wrong.append((*scene, name, answer["words"], "expected: " + expected(scene, name)))
    assert not wrong, "\n".join(map(str, wrong[:20])) + f"\n{len(wrong)} of {count}"
    assert count == len(MODELS[model][0]) * 3 * 2 * 3 * len(HARMS)
