# SPDX-License-Identifier: MIT
"""
Where a story's phones and commands come from: here this computer's own. Whoever keeps phones in
another way (a server, say) gives a player a bench of its own with these methods.
"""

from __future__ import annotations

from pathlib import Path

from .. import command, language, paths, power, roms, store

TAKEN = 100  # phones of one name


class Bench:
    """
    Phones of build/phones, kept on by keeper processes. `watched`: there is somebody to look, so
    windows may open and warnings are waited for.
    """

    def __init__(self, watched: bool = False) -> None:
        self.watched = watched
        self.made: list[str] = []

    def new(self, name: str, facts: dict) -> str:
        """Makes a phone, and gives the name that it got: anna, or anna-2 when there is one."""
        with store.NewPhone(**facts, tag="story") as phone:
            got = next(word for word in _names(name) if _kept(phone, word))
        self.made.append(got)
        return got

    def folder(self, name: str) -> Path:
        return paths.PHONES / name

    def off(self, name: str) -> None:
        if store.is_running(self.folder(name)):
            power.off(self.folder(name))

    def remove(self, name: str) -> None:
        """Whatever it is doing. Nothing happens when it is not there any more."""
        if self.folder(name).is_dir():
            self.off(name)
            store.remove(name)

    def run(self, words: list[str]) -> command.Running:
        """A command of a story: scripts/phone, a client, or a package's script, as typed."""
        environment = {**language.for_both(), "FLASHLAB_BUILD": str(paths.BUILD)}
        return command.lines(self._real(words), env=environment)

    def _real(self, words: list[str]) -> list[str]:
        if words[0] != "scripts/phone":
            return words
        unwatched = [] if self.watched else ["--headless", "--no-wait"]
        switched_on = words[1:2] == ["power"] and words[3:4] == ["on"]
        return [str(paths.ROOT / words[0]), *words[1:], *(unwatched if switched_on else [])]

    def package(self, kind: str, model: str, rom: str, index: int | None) -> Path:
        """A `package` (for fastboot) or `zip` (for adb sideload), by a path that is short."""
        return roms.named(kind, model, rom, index)

    def shelf(self, name: str, model: str, wanted: dict[str, dict]) -> Path:
        """An exercise's own packages, under names that give nothing away."""
        return roms.shelf(name, model, wanted)


def _names(name: str) -> list[str]:
    return [name, *(f"{name}-{number}" for number in range(2, TAKEN))]


def _kept(phone: store.NewPhone, name: str) -> bool:
    try:
        phone.keep(name)
    except store.Taken:
        return False
    return True
