# SPDX-License-Identifier: MIT
"""
A phone and its model (phone_model.py) live the same life: whatever is done with them, in whatever
order, and wherever the power goes, they agree after each step. The phone is the core on this
computer, under the fakes (tests/fake/life_player.c); some lives are lived in QEMU, of a phone with
a recovery and of one with slots. A life that they do not agree on is shrunk to its shortest, here
by hypothesis and in QEMU by shrink.py. `make test` lives sixty lives and two short ones in QEMU,
`make soak` two thousand and sixty long ones.
"""

from __future__ import annotations

import os
import random
import subprocess
from typing import Callable, Iterable, Iterator, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test
from lab import paths
from phone_model import OTHER, PACKAGES, ROMS, Fate, Phone, Slot, from_factory
from qemu_player import QemuPlayer, Roms
from shrink import Budget, Shrunk, shrink

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
    """The phone: a line for each thing that is done, to a process that lives one life after another."""

    _idle: list[subprocess.Popen] = []

    def __init__(self) -> None:
        self._process = self._idle.pop() if self._idle else subprocess.Popen(
            [PLAYER], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )  # fmt: skip

    def ask(self, *words: object) -> dict[str, str]:
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        assert said, f"the phone ended with {self._process.wait()} at {words}"
        return dict(word.split("=", 1) for word in said.split())

    def close(self) -> None:
        if self._process.poll() is None:
            self._idle.append(self._process)

    @classmethod
    def end(cls) -> None:
        """Nothing was wrong with its memory, either."""
        while cls._idle:
            process = cls._idle.pop()
            process.communicate()
            assert process.returncode == 0


def seen_slots(said: dict[str, str]) -> tuple[Slot, Slot]:
    a, b = (Slot(*map(int, text.split("/"))) for text in said["slots"].split(","))
    return a, b


def agrees(phone: Phone, found: Fate, said: dict[str, str]) -> bool:
    return (
        f"{said['fate']} {said['reason']}" in found.words
        and said["runs"] == phone.runs
        and said["lock"] == ("unlocked" if phone.unlocked else "locked")
        and int(said["index"]) == phone.index
        and said.get("message", "no") == ("yes" if phone.message else "no")
        and said["data"] == ("there" if phone.data else "gone")
        and all(said[name] == content for name, content in phone.parts)
        and (phone.slots is None or seen_slots(said) == phone.slots)
        and (not phone.slots or phone.runs == "nothing" or said["slot"] == "_" + "ab"[phone.slot])
    )


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.player = self.new_player()
        self.phone = from_factory("locked", False)
        self.dead = False

    def new_player(self) -> Player | QemuPlayer:
        return Player()

    def teardown(self) -> None:
        self.player.close()

    def begin(self, lock: str, slots: bool) -> None:
        self.phone = from_factory(lock, slots)

    @initialize(lock=st.sampled_from(["locked", "unlocked"]), slots=st.booleans())
    def leave_the_factory(self, lock: str, slots: bool) -> None:
        self.begin(lock, slots)
        self.go_on([self.phone], self.player.ask("new", lock, int(slots)), "new")

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
        self.go_on(stages if cut else stages[-ends:], said, *words)

    def go_on(self, possible: list[Phone], said: dict[str, str], *words: object) -> None:
        """As that of the possible phones which it is, now that it was switched on."""
        ways = [way for phone in possible for way in self.started(phone)]
        fitting = [phone for phone, found in ways if agrees(phone, found, said)]
        assert fitting, f"{words}: {said}\nnot one of {ways}"
        self.phone = fitting[0]
        self.dead = said["fate"] == "dead"

    def started(self, phone: Phone) -> list[tuple[Phone, Fate]]:
        return phone.start()

    def name(self, part: str, slot: str) -> str:
        return f"{part}_{slot}" if self.phone.slots else part

    @rule(cut=CUTS)
    def switch_on(self, cut) -> None:
        """Off and on, and once more: the first start may be cut, and what it came to be unsure."""
        starts = [phone for phone, _ in self.started(self.phone)]
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

    @precondition(lambda self: not self.dead)
    @rule(cut=CUTS, slot=SLOT)
    def set_active(self, cut, slot: str) -> None:
        self.do(cut, *self.phone.set_active(slot), "set_active", slot)

    @rule(cut=CUTS)
    def success(self, cut) -> None:
        answer, stages = self.phone.success()
        unsure = self.phone.runs == "nothing"  # and something may run all the same
        self.do(cut, answer, stages, "success", ends=len(stages) if unsure else 1)

    @precondition(lambda self: not self.dead)
    @rule(cut=CUTS, package=st.sampled_from(PACKAGES))
    def sideload(self, cut, package: str) -> None:
        answer, stages = self.phone.sideload(package)
        torn = dict(self.phone.parts).get("recovery") == OTHER  # and may start all the same
        self.do(cut, answer, stages, "sideload", package, ends=len(stages) if torn else 1)

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


@pytest.fixture
def players() -> Iterator[None]:
    yield
    Player.end()


def test_phone_and_model_agree(build, players):
    run_state_machine_as_test(Life, settings=LIVED)


class LifeInQemu(Life):
    """The ROM runs for a moment, and may have said already that it is well."""

    def __init__(self, roms: Roms) -> None:
        self._roms = roms
        super().__init__()

    def new_player(self) -> QemuPlayer:
        return QemuPlayer(self._roms)

    def begin(self, lock: str, slots: bool) -> None:
        self.phone = from_factory(lock, slots, miui=not slots, recovery=not slots)

    def started(self, phone: Phone) -> list[tuple[Phone, Fate]]:
        ways = phone.start()
        return ways + [(phone.success()[1][-1], found) for phone, found in ways]

    def success(self, cut) -> None:
        """It is switched on, and its ROM runs until it has said so."""
        starts = [phone for phone, _ in self.phone.start()]
        said = [phone.success()[1] for phone in starts]
        stages = [self.phone, *starts, *(stage for stages in said for stage in stages)]
        ends = [stages[-1] for stages in said]
        self.do(cut, "-", [*stages, *ends], "success", ends=len(ends))


GIVEN = {
    "switch_on": (),
    "success": (),
    "flash": ("part", "slot", "rom"),
    "erase": ("part", "slot"),
    "lock": (),
    "unlock": (),
    "rescue": ("part", "slot", "rom"),
    "set_active": ("slot",),
    "sideload": ("package",),
}
DEAD_TAKES = ("switch_on", "rescue")
# In `make soak` each of these comes, in any order, but what a model has not: jasmine's recovery is
# its boot image.
MISSING = {"whyred": {"set_active"}, "jasmine_sprout": {"sideload"}}
LONG_STEPS = 10
SHRINKING = Budget(tries=40, seconds=900)  # after a failure, never else


class Step(NamedTuple):
    does: str
    given: dict[str, str]
    cut: int | None = None  # thousandths of its way


# In `make test` there is no time for more than a cut and its cure, and a slot that is chosen, well,
# and locked by its owner's word.
TOLD = {
    "whyred": ("locked", [
        Step("sideload", {"package": "new"}, cut=500),
        Step("sideload", {"package": "new"}),
    ]),
    "jasmine_sprout": ("unlocked", [
        Step("set_active", {"slot": "b"}),
        Step("success", {}),
        Step("lock", {}),
    ]),
}  # fmt: skip


def dreamt(life: Life, chance: random.Random, model: str) -> Iterator[Step]:
    """
    Each kind once before one comes again. Hypothesis begins with the shortest lives, and in QEMU
    there is no time for more of them.
    """
    kinds = sorted(set(GIVEN) - MISSING[model])
    left: list[str] = []
    for _ in range(LONG_STEPS):
        left = left or chance.sample(kinds, len(kinds))
        does = next((name for name in left if name in DEAD_TAKES), "switch_on")
        does = does if life.dead else left[0]
        if does in left:
            left.remove(does)
        given = {
            "part": chance.choice(["vbmeta", "boot"]),
            "slot": chance.choice("ab"),
            "rom": chance.choice(sorted(ROMS)),
            "package": chance.choice(PACKAGES),
        }
        cut = chance.randrange(1000) if chance.random() < 0.3 else None
        yield Step(does, {name: given[name] for name in GIVEN[does]}, cut)


def live(life: Life, lock: str, slots: bool, steps: Iterable[Step]) -> list[Step]:
    """All of it, but for what a dead phone does not take. Up to where model and phone disagree."""
    lived: list[Step] = []
    try:
        life.leave_the_factory(lock, slots)
        for step in steps:
            if life.dead and step.does not in DEAD_TAKES:
                continue
            lived.append(step)
            cut = None if step.cut is None else (step.cut, 0, 0, 0, 0)
            getattr(life, step.does)(cut, **step.given)
    except AssertionError as error:
        raise Disagreement(lived) from error
    finally:
        life.teardown()
    return lived


class Disagreement(AssertionError):
    def __init__(self, lived: list[Step]) -> None:
        super().__init__("\n".join(map(str, lived)) or "as it leaves the factory")
        self.lived = lived


def shortest(new_life: Callable[[], Life], lock: str, slots: bool, lived: list[Step]) -> Shrunk:
    """The same life without what it can do without. It may be cut where the longer one was not."""

    def fails(steps: list[Step]) -> bool:
        try:
            live(new_life(), lock, slots, steps)
        except Disagreement:
            return True
        return False

    return shrink(lived, fails, SHRINKING, simpler=lambda step: step._replace(cut=None))


@pytest.mark.parametrize("seed", range(30 if SOAK else 1))
@pytest.mark.parametrize("model", sorted(TOLD))
def test_so_does_a_phone_in_qemu(build, tmp_path, model, seed):
    """The same model beside the stock clients, EDL and QEMU, which is killed for a cut."""
    roms = Roms(tmp_path, model)
    chance = random.Random(seed)
    life = LifeInQemu(roms)
    lock, steps = TOLD[model]
    if SOAK:
        lock, steps = chance.choice(["locked", "unlocked"]), dreamt(life, chance, model)
    slots = model == "jasmine_sprout"
    try:
        live(life, lock, slots, steps)
    except Disagreement as found:
        shrunk = shortest(lambda: LifeInQemu(roms), lock, slots, found.lived)
        raise Disagreement(shrunk.steps) from found


FLASH = Phone.flash


def careless(self: Phone, part: str, rom: str) -> tuple[str, list[Phone]]:
    """Planted: a model that lets a locked phone be flashed."""
    answer, stages = FLASH(self._replace(unlocked=True), part, rom)
    return answer, [stage._replace(unlocked=self.unlocked) for stage in stages]


IN_BOOT = {"part": "boot", "slot": "a"}
LONG = [
    Step("switch_on", {}, cut=300),
    Step("lock", {}),
    Step("erase", IN_BOOT),
    Step("success", {}),
    Step("rescue", {**IN_BOOT, "rom": "old"}),
    Step("unlock", {}),
    Step("switch_on", {}, cut=600),
    Step("flash", {**IN_BOOT, "rom": "new"}),
    Step("lock", {}, cut=1000),
    Step("flash", {**IN_BOOT, "rom": "abroad"}),
]
SHORT = [step._replace(cut=None) for step in LONG[-4:]]


def test_a_life_that_fails_is_shrunk_to_its_shortest(build, players, monkeypatch):
    """Of ten steps two: a locked phone, and a flash; and no cut."""
    monkeypatch.setattr(Phone, "flash", careless)
    with pytest.raises(Disagreement) as found:
        live(Life(), "unlocked", False, LONG)
    shrunk = shortest(Life, "unlocked", False, found.value.lived)
    assert shrunk.is_shortest and shrunk.tries <= SHRINKING.tries
    assert [step.does for step in shrunk.steps] == ["lock", "flash"]
    assert all(step.cut is None for step in shrunk.steps)


@pytest.mark.soak
def test_so_is_a_life_in_qemu(build, tmp_path, monkeypatch):
    roms = Roms(tmp_path, "whyred")
    monkeypatch.setattr(Phone, "flash", careless)
    with pytest.raises(Disagreement) as found:
        live(LifeInQemu(roms), "unlocked", False, SHORT)
    shrunk = shortest(lambda: LifeInQemu(roms), "unlocked", False, found.value.lived)
    assert [step.does for step in shrunk.steps] == ["lock", "flash"]


@pytest.mark.parametrize("needed", ({9}, {0}, {2, 7}, {0, 4, 9}, set(range(10))))
def test_every_set_of_steps_is_found(needed):
    tried: list[list[int]] = []

    def fails(steps: list[int]) -> bool:
        tried.append(steps)
        return needed <= set(steps)

    shrunk = shrink(list(range(10)), fails, Budget(tries=100, seconds=60))
    assert set(shrunk.steps) == needed and shrunk.is_shortest
    assert shrunk.tries == len(tried) < 60


@pytest.mark.parametrize("budget", (Budget(3, 60), Budget(0, 60), Budget(100, -1)))
def test_an_end_to_the_tries_and_to_the_time(budget):
    shrunk = shrink(list(range(64)), lambda steps: {3, 60} <= set(steps), budget)
    assert {3, 60} <= set(shrunk.steps) and not shrunk.is_shortest
    assert shrunk.tries <= budget.tries


def test_a_model_that_is_wrong_is_found(build, players, monkeypatch):
    """One that lets a locked phone be flashed."""
    monkeypatch.setattr(Phone, "flash", careless)
    with pytest.raises(AssertionError):
        found = settings(LIVED, max_examples=30, phases=[Phase.generate])
        run_state_machine_as_test(Life, settings=found)
