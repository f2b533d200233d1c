# SPDX-License-Identifier: MIT
"""
A phone and its model (phone_model.py) live the same life: whatever is done with them, in whatever
order, and wherever the power goes, they agree after each step. The phone is the core on this
computer, under the fakes (tests/fake/life_player.c); some lives are lived in QEMU. A life that they
do not agree on is shrunk to its shortest. `make test` lives sixty lives and one in QEMU, `make
soak` two thousand and thirty.
"""

from __future__ import annotations

import os
import random
import subprocess

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test
from lab import paths
from phone_model import ROMS, TRIES, Fate, Phone, Slot, from_factory
from qemu_player import QemuPlayer, images_of

SOAK = bool(os.environ.get("FLASHLAB_SOAK"))
LIVES = int(os.environ.get("FLASHLAB_LIVES") or (2000 if SOAK else 60))
STEPS = 10

PLAYER = paths.BUILD / "tests" / "life_player"
CUTS = st.none() | st.tuples(
    *(st.integers(0, most) for most in (1000, 5, 3, 30, 9)),  # how far, torn, lost, which, seed
)
ROM = st.sampled_from(sorted(ROMS))
PART = st.sampled_from(["vbmeta", "boot"])
SLOT = st.sampled_from(["a", "b"])


class Player:
    """The phone: one process, a line for each thing that is done."""

    everything = True

    def __init__(self) -> None:
        self._process = subprocess.Popen([PLAYER], text=True, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE)  # fmt: skip

    def ask(self, *words: object) -> dict[str, str]:
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        assert said, f"the phone ended with {self._process.wait()} at {words}"
        return dict(word.split("=", 1) for word in said.split())

    def close(self) -> None:
        self._process.stdin.close()
        assert self._process.wait() == 0
        self._process.stdout.close()


def seen_slots(said: dict[str, str]) -> tuple[Slot, Slot]:
    a, b = (Slot(*map(int, text.split("/"))) for text in said["slots"].split(","))
    return a, b


def agrees(phone: Phone, found: Fate, said: dict[str, str]) -> bool:
    return (
        f"{said['fate']} {said['reason']}" in found.words
        and said["runs"] == phone.runs
        and said["lock"] == ("unlocked" if phone.unlocked else "locked")
        and int(said["index"]) == phone.index
        and said["data"] == ("there" if phone.data else "gone")
        and all(said[name] == content for name, content in phone.parts)
        and (phone.slots is None or seen_slots(said) == phone.slots)
    )


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.player = self.new_player()
        self.phone = from_factory("locked", False)
        self.dead = False
        self.slot = 0

    def new_player(self) -> Player | QemuPlayer:
        return Player()

    def teardown(self) -> None:
        self.player.close()

    @initialize(lock=st.sampled_from(["locked", "unlocked"]), slots=st.booleans())
    def leave_the_factory(self, lock: str, slots: bool) -> None:
        slots = slots and self.player.everything
        self.phone = from_factory(lock, slots)
        if slots:  # it was switched on once
            self.phone = self.phone._replace(slots=(Slot(7, TRIES - 1), Slot()))
        said = self.player.ask("new", lock, int(slots))
        self.phone = self.phone._replace(runs="old", burns_to=4)
        assert agrees(self.phone, Fate(frozenset(["boot ok"]), frozenset(["old"])), said), said

    def do(self, cut, answer: str, stages: list[Phone], *words: object, ends: int = 1) -> None:
        """
        The phone does it; one of the ways that the model knows must be its own. The last `ends` of
        the stages are where it may have come to when nothing cut it.
        """
        if cut:
            self.player.ask("cut", *cut)
        said = self.player.ask(*words)
        assert said["broken"] == "-", said
        assert said["answer"] in (answer, "?"), (said, answer)
        possible = stages if cut else stages[-ends:]
        ways = [way for stage in possible for way in stage.start()]
        if not self.player.everything:  # its ROM runs, and may have said already that it is well
            ways += [(phone.success(0)[1][-1], found) for phone, found in ways]
        fitting = [phone for phone, found in ways if agrees(phone, found, said)]
        assert fitting, f"{words}: {said}\nnot one of {ways}"
        self.phone = fitting[0]
        self.dead = said["fate"] == "dead"
        self.slot = 1 if said["slot"] == "_b" else 0

    def name(self, part: str, slot: str) -> str:
        return f"{part}_{slot}" if self.phone.slots else part

    @rule(cut=CUTS)
    def switch_on(self, cut) -> None:
        """Off and on, and once more: the first start may be cut, and what it came to be unsure."""
        starts = [phone for phone, _ in self.phone.start()]
        self.do(cut, "-", [self.phone, *starts], "on", ends=len(starts))

    @precondition(lambda self: not self.dead)
    @rule(cut=CUTS, part=PART, slot=SLOT, rom=ROM)
    def flash(self, cut, part: str, slot: str, rom: str) -> None:
        name = self.name(part, slot)
        self.do(cut, *self.phone.flash(name, rom), "flash", name, rom)

    @precondition(lambda self: not self.dead)
    @rule(cut=CUTS, part=PART | st.just("userdata"), slot=SLOT)
    def erase(self, cut, part: str, slot: str) -> None:
        name = part if part == "userdata" else self.name(part, slot)
        self.do(cut, *self.phone.erase(name), "erase", name)

    @precondition(lambda self: not self.dead)
    @rule(cut=CUTS)
    def lock(self, cut) -> None:
        self.do(cut, *self.phone.lock(), "lock")

    @precondition(lambda self: not self.dead)
    @rule(cut=CUTS)
    def unlock(self, cut) -> None:
        self.do(cut, *self.phone.unlock(), "unlock")

    @precondition(lambda self: self.player.everything and not self.dead)
    @rule(cut=CUTS, slot=SLOT)
    def set_active(self, cut, slot: str) -> None:
        self.do(cut, *self.phone.set_active(slot), "set_active", slot)

    @precondition(lambda self: self.player.everything)
    @rule(cut=CUTS)
    def success(self, cut) -> None:
        self.do(cut, *self.phone.success(self.slot), "success")

    @precondition(lambda self: self.player.everything)
    @rule(cut=CUTS, rom=ROM)
    def sideload(self, cut, rom: str) -> None:
        self.do(cut, *self.phone.sideload(rom), "sideload", rom)

    @rule(cut=CUTS, part=PART, slot=SLOT, rom=ROM)
    def rescue(self, cut, part: str, slot: str, rom: str) -> None:
        name = self.name(part, slot)
        self.do(cut, *self.phone.rescue(name, rom), "rescue", name, rom)


LIVED = settings(
    max_examples=LIVES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    derandomize=not SOAK,
    suppress_health_check=list(HealthCheck),
)


def test_phone_and_model_agree(build):
    run_state_machine_as_test(Life, settings=LIVED)


IN_QEMU = {
    "switch_on": (),
    "flash": ("part", "rom"),
    "erase": ("part",),
    "lock": (),
    "unlock": (),
    "rescue": ("part", "rom"),
}


def live(life: Life, chance: random.Random, steps: int) -> None:
    """
    As many steps as are asked for, each kind once before one comes again. Hypothesis begins with
    the shortest lives, and in QEMU there is no time for more of them.
    """
    left: list[str] = []
    life.leave_the_factory(chance.choice(["locked", "unlocked"]), False)
    for _ in range(steps):
        left = left or chance.sample(sorted(IN_QEMU), len(IN_QEMU))
        does = next((name for name in left if name in ("switch_on", "rescue")), "switch_on")
        does = does if life.dead else left[0]
        if does in left:
            left.remove(does)
        given = {"part": chance.choice(["vbmeta", "boot"]), "rom": chance.choice(sorted(ROMS))}
        cut = (chance.randrange(1000), 0, 0, 0, 0) if chance.random() < 0.3 else None
        slot = {"slot": "a"} if "part" in IN_QEMU[does] else {}
        getattr(life, does)(cut, **{name: given[name] for name in IN_QEMU[does]}, **slot)


@pytest.mark.parametrize("seed", range(30 if SOAK else 1))
def test_so_does_a_phone_in_qemu(build, tmp_path, seed):
    """The same model beside the stock client, EDL and QEMU, which is killed for a cut."""
    images = images_of(tmp_path)

    class InQemu(Life):
        def new_player(self) -> QemuPlayer:
            return QemuPlayer(images)

    life = InQemu()
    try:
        live(life, random.Random(seed), 10 if SOAK else len(IN_QEMU))
    finally:
        life.teardown()


def test_a_model_that_is_wrong_is_found(build, monkeypatch):
    """One that lets a locked phone be flashed."""

    def careless(self: Phone, part: str, rom: str) -> tuple[str, list[Phone]]:
        return "OKAY", [self, self.with_part(part, rom)]

    monkeypatch.setattr(Phone, "flash", careless)
    with pytest.raises(AssertionError):
        found = settings(LIVED, max_examples=30, phases=[Phase.generate])
        run_state_machine_as_test(Life, settings=found)
