# SPDX-License-Identifier: MIT
"""
Whole sessions on both ports: flash, erase, lock, slots, keys. Equal are the traces, every answer to
fastboot, the screens pixel for pixel, and the bytes that are left in the NOR and on the disk.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from page_twin import NOR_BEGIN, NOR_END, QemuTwin, Scene, StubRoms, assert_same_picture, in_node
from PIL import Image
from romc_inputs import written
from story import SCREENS, different_blocks

FASTBOOT_KEYS = ["volume-down", "power"]


class Step:
    """Words for the steps that both sides know."""

    @staticmethod
    def on(*hold: str) -> dict:
        return {"do": "on", "hold": list(hold)}

    @staticmethod
    def verdict(begins: str, nth: int = 1) -> dict:
        return {"do": "verdict", "begins": begins, "nth": nth}

    @staticmethod
    def commands(*texts: str) -> list[dict]:
        return [{"do": "command", "text": text} for text in texts]

    @staticmethod
    def leave(text: str) -> dict:
        return {"do": "leave", "text": text}


class Session(NamedTuple):
    scene: Scene
    steps: list[dict]  # {"flash": (partition, rom, image)} and {"picture": name} are filled in
    changes: list[dict] = []
    is_patient: bool = False


def flash(rom: str, *names: str, suffix: str = "") -> list[dict]:
    return [{"flash": (name + suffix, rom, name)} for name in names]


IN_FASTBOOT = [Step.on(*FASTBOOT_KEYS), Step.verdict("fastboot")]
ALL = ("vbmeta", "dtbo", "system", "boot")  # the recovery is as large as its partition
QUESTIONS = ("getvar:product", "getvar:unlocked", "getvar:anti", "oem device-info", "oem lock-check",
             "oem why", "getvar:nonsense", "oem nonsense")  # fmt: skip

SESSIONS = {
    "accident-and-cure": Session(
        Scene("dipper", "cn", "cn", "unlocked"),
        [
            *IN_FASTBOOT,
            {"picture": "fastboot"},
            *flash("global", *ALL),
            Step.leave("reboot"),
            Step.verdict("brick region-mismatch", 2),
            {"picture": "region"},
            {"do": "press", "key": "volume-down"},
            {"do": "press", "key": "power"},
            Step.verdict("fastboot", 3),
            *flash("cn", *ALL),
            Step.leave("reboot"),
            Step.verdict("boot", 4),
        ],
    ),
    "questions-when-locked": Session(
        Scene("whyred", "global", "global"),
        [*IN_FASTBOOT, *Step.commands(*QUESTIONS, "erase:boot"), *flash("cn", "boot")],
    ),
    "lock": Session(
        Scene("whyred", "global", "global", "unlocked"),
        [
            *IN_FASTBOOT,
            *Step.commands(*QUESTIONS),
            Step.leave("oem lock"),
            Step.verdict("boot", 2),
        ],
    ),
    "lock-refused-by-its-own-check": Session(
        Scene("whyred", "cn", "cn", "unlocked", "shipped"),
        [
            *IN_FASTBOOT,
            *flash("global", "boot"),
            *Step.commands("oem lock-check", "oem why"),
            Step.leave("reboot"),
            Step.verdict("boot", 2),
        ],
    ),
    "erased": Session(
        Scene("polaris", "cn", "cn", "unlocked"),
        [
            *IN_FASTBOOT,
            *Step.commands("erase:boot", "erase:userdata", "oem why"),
            Step.leave("reboot"),
            Step.verdict("brick", 2),
            {"picture": "no-rom"},
        ],
    ),
    "slots": Session(
        Scene("jasmine_sprout", "global", "global", "unlocked"),
        [
            *IN_FASTBOOT,
            *Step.commands("getvar:current-slot", "getvar:has-slot:boot", "erase:boot_b", "set_active:b"),
            Step.leave("reboot"),
            Step.verdict("boot", 2),
        ],
    ),
    "boot-without-flashing": Session(
        Scene("mido", "global", "global", "unlocked"),
        [
            *IN_FASTBOOT,
            {"stage": ("cn", "boot")},
            Step.leave("boot"),
            Step.verdict("boot", 2),
        ],
    ),
    "wrong-key": Session(Scene("dipper", "cn", "reseller", "locked", "none"),
                         [Step.on(), Step.verdict("brick wrong-key"), {"picture": "wrong-key"}]),  # fmt: skip
    "no-recovery": Session(
        Scene("vince", "cn", "cn"),
        [Step.on("volume-up"), Step.verdict("recovery"), {"picture": "no-recovery"}],
        [{"zero": "recovery", "length": 65536}],
    ),
    "damaged-table": Session(
        Scene("nitrogen", "cn", "cn"),
        [Step.on(), Step.verdict("brick bad-gpt"), {"picture": "hardware"}],
        [{"flip": "disk", "at": 520}, {"flip": "disk", "at": -512}],
    ),
    "the-menu-of-fastboot": Session(
        Scene("cactus", "cn", "cn"),
        [
            *IN_FASTBOOT,
            {"do": "press", "key": "volume-up"},
            {"picture": "data"},
            {"do": "press", "key": "volume-down"},
            {"picture": "choice"},
        ],
    ),
    "warning": Session(
        Scene("jasmine_sprout", "global", "cn", "unlocked"),
        [Step.on(), Step.verdict("boot"), {"do": "press", "key": "power"}, {"picture": "orange"}],
        is_patient=True,
    ),
}  # fmt: skip


def filled(session: Session, roms: StubRoms, folder: Path) -> list[dict]:
    """The steps, with the files that they name."""
    steps = []
    for step in session.steps:
        if "picture" in step:
            steps.append({"do": "picture", "file": str(folder / f"{step['picture']}.ppm")})
        elif "flash" in step or "stage" in step:
            *partition, rom, image = step.get("flash") or step["stage"]
            file = folder / f"{rom}-{image}.img"
            file.write_bytes(roms.images(session.scene.model, rom)[image])
            do = {"do": "flash", "partition": partition[0]} if partition else {"do": "stage"}
            steps.append({**do, "file": str(file)})
        else:
            steps.append(step)
    return [*steps, {"do": "dump", "nor": str(folder / "node-nor"), "disk": str(folder / "node-disk")}]


@pytest.fixture(scope="session")
def roms(build, tmp_path_factory) -> StubRoms:
    return StubRoms(tmp_path_factory.mktemp("stub-roms"))


@pytest.mark.parametrize("name", SESSIONS)
def test_the_same_session(roms, tmp_path, name):
    session = SESSIONS[name]
    steps = filled(session, roms, tmp_path)
    twin = QemuTwin(tmp_path, roms, session.scene)
    for change in session.changes:
        twin.change(change)
    theirs = twin.run(steps, session.is_patient)
    ours = in_node(session.scene, steps, session.changes, session.is_patient)
    assert ours.events == theirs.events
    assert ours.answers == theirs.answers
    for step in steps:
        if step["do"] == "picture":
            assert_same_picture(Path(step["file"]))
    nor = (tmp_path / "nor.img").read_bytes()[NOR_BEGIN:NOR_END]
    assert (tmp_path / "node-nor").read_bytes()[NOR_BEGIN:NOR_END] == nor
    assert written(tmp_path / "node-disk") == written(tmp_path / "disk.img")


# What the ROM's and the recovery's own code draws, beside the pictures of those that really run.
RUNNING = {
    "home-cn": (Scene("dipper", "cn", "cn"), "rom/home"),
    "home-global": (Scene("dipper", "global", "global"), "rom/home"),
    "home-reseller": (Scene("hermes", "cn", "reseller"), "rom/home"),
    "recovery-mismatch": (Scene("dipper", "cn", "global", policy="shipped"), "recovery/menu"),
}


@pytest.mark.parametrize("name", RUNNING)
def test_what_the_rom_draws(tmp_path, build, name):
    scene, event = RUNNING[name]
    taken = tmp_path / f"{name}.ppm"
    steps = [Step.on(), {"do": "event", "name": event}, {"do": "picture", "file": str(taken)}]
    in_node(scene, steps, [], is_system_run=True)
    assert different_blocks(Image.open(taken), Image.open(SCREENS / f"{name}.png")) == 0
