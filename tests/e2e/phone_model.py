# SPDX-License-Identifier: MIT
"""
What a phone is, in a page: lock, fuses' index, slots, what is flashed, user data; and what becomes
of each thing that a person does with it, under the announced rule. A whyred made for China; or a
jasmine, which has slots, and for which neither the rule nor the fuses' index is meant.

Written apart from the firmware, from the README's tables, so that it can be its judge. A phone is a
value. An action gives the phones through which it goes: the last when it is done, any of them when
the power goes on the way.
"""

from __future__ import annotations

from typing import NamedTuple

PHONE_INDEX = 4  # of whyred's fuses, from the factory
TRIES = 7


class Rom(NamedTuple):
    index: int
    at_home: bool  # for the market that the phone was made for
    makers: bool


ROMS = {
    "old": Rom(4, True, True),
    "new": Rom(5, True, True),
    "abroad": Rom(4, False, True),
    "forged": Rom(4, True, False),
}
PACKAGES = (*ROMS, "damaged", "elsewhere")  # a byte of it is another; for another model
ERASED, OTHER = "erased", "other"  # what may be in a partition besides a ROM's image


class Slot(NamedTuple):
    priority: int = 7
    tries: int = TRIES
    successful: bool = False

    @property
    def bootable(self) -> bool:
        return self.priority != 0 and (self.successful or self.tries != 0)


class Fate(NamedTuple):
    """What may be said of a start: "boot", "brick region-mismatch", ...; and what runs then."""

    words: frozenset[str]
    runs: frozenset[str]

    def that(self, boots: bool) -> "Fate | None":
        """The part of it that boots, or that does not; None: there is none."""
        words = frozenset(said for said in self.words if (said == BOOTS) == boots)
        runs = self.runs if boots else frozenset(["nothing"])
        return Fate(words, runs) if words else None


BOOTS, DEAD, RECOVERY = "boot ok", "dead rollback", "recovery bcb"


def fate(words: str, runs: str = "nothing") -> Fate:
    return Fate(frozenset([words]), frozenset([runs]))


# What half an image may come to. Locked, it never runs.
UNTRUSTED = ("bad-signature", "wrong-key", "bad-hash")
TORN_VBMETA_LOCKED = Fate(
    frozenset(f"brick {why}" for why in UNTRUSTED) | {DEAD},
    frozenset(["nothing"]),
)
TORN_VBMETA = Fate(
    frozenset([BOOTS, DEAD])
    | frozenset(f"brick {why}" for why in ("region-unknown", "region-mismatch", "no-rom")),
    frozenset([*ROMS, "nothing"]),
)
TORN_BOOT_LOCKED = Fate(frozenset(["brick bad-hash", "brick no-rom"]), frozenset(["nothing"]))
TORN_BOOT = Fate(frozenset([BOOTS, "brick no-rom"]), frozenset([*ROMS, "nothing"]))


class Phone(NamedTuple):
    unlocked: bool
    parts: tuple[tuple[str, str], ...]  # what is in vbmeta and boot, of each slot; in recovery
    slots: tuple[Slot, Slot] | None = None
    miui: bool = True  # the region lock holds for it, and anti-rollback
    able: bool = True  # to be unlocked: without an account, the factory says so
    index: int = PHONE_INDEX
    data: bool = True
    message: bool = False  # in misc: the recovery is asked for
    runs: str = "nothing"  # since the last start
    slot: int = 0  # which that is of
    burns_to: int = 0  # what that may raise the index to

    # Looking at it.

    def part(self, name: str) -> str:
        return dict(self.parts)[name]

    @property
    def suffixes(self) -> list[str]:
        return ["_a", "_b"] if self.slots else [""]

    def judge(self, suffix: str) -> Fate:
        """What the ROM of a slot comes to: authenticity, rollback, region, then the image."""
        return self._judge(self.part(f"vbmeta{suffix}"), self.part(f"boot{suffix}"))

    def judge_recovery(self) -> Fate:
        """It has a vbmeta of its own."""
        return self._judge(self.part("recovery"), self.part("recovery"))

    def _judge(self, vbmeta: str, boot: str) -> Fate:
        if vbmeta == OTHER:
            return TORN_VBMETA if self.unlocked else TORN_VBMETA_LOCKED
        if vbmeta == ERASED and self.unlocked and not self.miui:
            return self._judge_image(boot, boot)
        if vbmeta == ERASED:  # an image may be there all the same, or nothing at all
            image = "brick region-unknown" if self.unlocked else "brick bad-signature"
            there = {ERASED: ["brick no-rom"], OTHER: [image, "brick no-rom"]}
            return Fate(frozenset(there.get(boot, [image])), frozenset(["nothing"]))
        rom = ROMS[vbmeta]
        if not self.unlocked and not rom.makers:
            return fate("brick wrong-key")
        if self._is_too_old(rom):
            return fate(DEAD)
        if self.miui and not rom.at_home:
            return fate("brick region-mismatch")
        return self._judge_image(vbmeta, boot)

    def _judge_image(self, vbmeta: str, boot: str) -> Fate:
        if boot == ERASED:
            return fate("brick no-rom")
        if boot == OTHER:
            return TORN_BOOT if self.unlocked else TORN_BOOT_LOCKED
        if boot != vbmeta and not self.unlocked:
            return fate("brick bad-hash")
        return fate(BOOTS, boot)

    def _is_too_old(self, rom: Rom) -> bool:
        return self.miui and rom.index < self.index

    def would_raise(self, suffix: str) -> int:
        """The index of a ROM that the maker signed, and that is what it signed; else 0."""
        if not self.miui:
            return 0
        vbmeta = self.part(f"vbmeta{suffix}")
        whole = vbmeta == self.part(f"boot{suffix}") and vbmeta in ROMS and ROMS[vbmeta].makers
        return ROMS[vbmeta].index if whole else 0

    @property
    def may_run_torn(self) -> bool:
        """Half an image that an open phone started has no name; and whether it did is not said."""
        return self.unlocked and self.part(f"boot{self.suffixes[self.slot]}") == OTHER

    # Switching it on.

    def start(self) -> list[tuple["Phone", Fate]]:
        """What it may become, and what it says; a person restarts it out of the recovery."""
        if self.slots:
            return self._start_slots()
        ways = self._start_rom()
        return [to for way in ways for to in self._through_recovery(*way)] if self.message else ways

    def _through_recovery(self, phone: "Phone", found: Fate) -> list[tuple["Phone", Fate]]:
        """Unless the ROM makes the phone a dead one. A recovery that is refused is skipped."""
        ways, words = [], found.words - {DEAD}
        done = phone._replace(message=False)
        if DEAD in found.words:
            ways.append((phone, found._replace(words=frozenset([DEAD]))))
        if words and self.judge_recovery().that(True):
            said = frozenset(f"{RECOVERY}, {word}" for word in words)
            ways.append((done, found._replace(words=said)))
        if words and self.judge_recovery().that(False):
            ways.append((done, found._replace(words=words)))
        return ways

    def _start_rom(self) -> list[tuple["Phone", Fate]]:
        found = self.judge("")
        boots, refused = found.that(True), found.that(False)
        ways = self._booted(boots, 0, None) if boots else []
        return ways + ([(self._stopped(), refused)] if refused else [])

    def _stopped(self) -> "Phone":
        return self._replace(runs="nothing", burns_to=0)

    def _booted(self, found: Fate, slot: int, slots) -> list[tuple["Phone", Fate]]:
        """Which ROM it is, and what that may raise the index to, may both be unsure."""
        raises = self.would_raise(self.suffixes[slot])
        limits = self._indexes_of_other(slot) if slots and raises > self.index else [raises]
        return [
            (self._replace(runs=runs, slot=slot, burns_to=min(raises, limit), slots=slots), found)
            for runs in found.runs
            for limit in limits
        ]

    def _indexes_of_other(self, slot: int) -> list[int]:
        """The other slot must still start afterwards, if its vbmeta says that it may."""
        suffix, any_index = self.suffixes[1 - slot], 1 << 32
        vbmeta = self.part(f"vbmeta{suffix}")
        if not self.slots[1 - slot].bootable or vbmeta == ERASED:
            return [any_index]
        if vbmeta == OTHER:
            return [any_index, *{rom.index for rom in ROMS.values()}]
        claims = self.with_part(f"boot{suffix}", vbmeta).judge(suffix)
        return [ROMS[vbmeta].index if claims.that(True) else any_index]

    def _start_slots(self, refused: tuple[int, ...] = ()) -> list[tuple["Phone", Fate]]:
        """One slot after the other is refused, until one boots; the first says why none did."""
        slot = self._turn(refused)
        if slot is None:
            first = self.judge(self.suffixes[refused[0]]).that(False) if refused else None
            return [(self._stopped(), first or fate("brick no-rom"))]
        found = self.judge(self.suffixes[slot])
        boots = found.that(True)
        ways = self._booted(boots, slot, self._recorded(slot, refused)) if boots else []
        return ways + (self._start_slots((*refused, slot)) if found.that(False) else [])

    def _turn(self, refused: tuple[int, ...]) -> int | None:
        there = [n for n in (0, 1) if n not in refused and self.slots[n].bootable]
        return max(there, key=lambda n: (self.slots[n].priority, -n), default=None)

    def _recorded(self, chosen: int, refused: tuple[int, ...]) -> tuple[Slot, Slot]:
        slots = list(self.slots)
        if not slots[chosen].successful:
            slots[chosen] = slots[chosen]._replace(tries=slots[chosen].tries - 1)
        other = 1 - chosen
        if slots[other].priority and (other in refused or not slots[other].bootable):
            slots[other] = Slot(0, 0, False)
        return slots[0], slots[1]

    # What is done with it: the answer, and the phones on the way.

    def with_part(self, name: str, content: str) -> "Phone":
        return self._replace(parts=tuple((n, content if n == name else c) for n, c in self.parts))

    def _written(self, name: str, content: str) -> list["Phone"]:
        return [self, self.with_part(name, OTHER), self.with_part(name, content)]

    def flash(self, part: str, rom: str) -> tuple[str, list["Phone"]]:
        too_old = part.startswith("vbmeta") and self._is_too_old(ROMS[rom])
        if not self.unlocked or too_old:
            return "FAIL", [self]
        return "OKAY", self._written(part, rom)

    def erase(self, part: str) -> tuple[str, list["Phone"]]:
        if not self.unlocked:
            return "FAIL", [self]
        if part == "userdata":
            return "OKAY", [self, self._replace(data=False)]
        return "OKAY", self._written(part, ERASED)

    def lock(self) -> tuple[str, list["Phone"]]:
        return self._change_lock(False)

    def unlock(self) -> tuple[str, list["Phone"]]:
        return self._change_lock(True)

    def _change_lock(self, unlocked: bool) -> tuple[str, list["Phone"]]:
        if self.unlocked == unlocked or (unlocked and not self.able):
            return "FAIL", [self]
        return "OKAY", [self, self._replace(unlocked=unlocked, data=False)]

    def set_active(self, slot: str) -> tuple[str, list["Phone"]]:
        if not self.slots or not self.unlocked:
            return "FAIL", [self]
        index = "ab".index(slot)
        slots = [s._replace(priority=14) if s.priority == 15 else s for s in self.slots]
        slots[index] = Slot(15, TRIES, False)
        return "OKAY", [self, self._replace(slots=(slots[0], slots[1]))]

    def success(self) -> tuple[str, list["Phone"]]:
        if self.runs == "nothing" and not self.may_run_torn:
            return "-", [self]
        stages = [self]
        if self.slots:
            slots = list(self.slots)
            slots[self.slot] = slots[self.slot]._replace(successful=True)
            stages.append(self._replace(slots=(slots[0], slots[1])))
        if self.burns_to > self.index:
            stages.append(stages[-1]._replace(index=self.burns_to))
        return "-", stages

    def takes(self, package: str) -> bool:
        """The recovery asks for the market of locked phones only."""
        rom = ROMS.get(package)
        if self.slots or not rom or not rom.makers or self._is_too_old(rom):
            return False
        return rom.at_home or self.unlocked

    def sideload(self, package: str) -> tuple[str, list["Phone"]]:
        has_recovery = "recovery" in dict(self.parts)
        if not self.takes(package) or (has_recovery and not self.judge_recovery().that(True)):
            return "FAIL", [self]
        stages = [self]
        for part in ("recovery", "boot", "vbmeta") if has_recovery else ("boot", "vbmeta"):
            stages += stages[-1]._written(part, package)
        return "OKAY", [self, *(stage._replace(message=has_recovery) for stage in stages)]

    def rescue(self, part: str, rom: str) -> tuple[str, list["Phone"]]:
        return "OKAY", self._written(part, rom)


def from_factory(lock: str, slots: bool, miui: bool = True, recovery: bool = False) -> Phone:
    suffixes = ["_a", "_b"] if slots else [""]
    names = [f"{part}{suffix}" for suffix in suffixes for part in ("vbmeta", "boot")]
    parts = tuple((name, "old") for name in names + (["recovery"] if recovery else []))
    both = (Slot(), Slot()) if slots else None
    unlocked = lock == "unlocked"
    return Phone(unlocked, parts, both, miui, miui or unlocked, PHONE_INDEX if miui else 0)
