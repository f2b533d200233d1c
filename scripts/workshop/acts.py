# SPDX-License-Identifier: MIT
"""
What can be done with a phone, beside switching it on and off: each act is what a person would do in
the shell with the stock clients, and shows what would be typed.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import AsyncIterator

from lab import account, catalog, keys, paths, qemu, reach, roms
from lab.errors import LabError
from lab.story import exercise

from .live import LivePhone
from .said import Refusal, say

PHONE = str(paths.ROOT / "scripts" / "phone")
SCRIPTS = ("flash_all.sh", "flash_all_lock.sh", "flash_all_except_storage.sh")
FASTBOOT_KEYS = "power,volume-down"
RECOVERY_KEYS = "power,volume-up"
HOLDS = {"": "", "fastboot": FASTBOOT_KEYS, "recovery": RECOVERY_KEYS}
ACCOUNTS = ("plain", "authorised")
HOURS_MAX = 1440


@contextlib.asynccontextmanager
async def busy(phone: LivePhone, what: str, /, **fields: object) -> AsyncIterator[None]:
    """One act at a time, `what` of said.py."""
    if phone.busy:
        raise Refusal("busy", phone=phone.name, what=phone.busy)
    if phone.state == "making":
        raise Refusal("being-made", phone=phone.name)
    phone.busy = say(what, **fields)
    phone.tell()
    try:
        yield
    finally:
        phone.busy = None
        phone.tell()


def port(phone: LivePhone, service: str) -> int:
    try:
        return reach.ports(phone.folder)[service]
    except KeyError:
        raise Refusal("is-off", phone=phone.name) from None


def at(phone: LivePhone) -> str:
    need_cable(phone)
    return f"tcp:127.0.0.1:{port(phone, qemu.FASTBOOT)}"


def need_cable(phone: LivePhone) -> None:
    if not phone.cable:
        raise Refusal("cable-out")


async def to_fastboot(phone: LivePhone) -> None:
    """Where it is not there already: off, and on with the keys held."""
    if phone.mode == "fastboot":
        return
    if phone.mode == "dead":
        raise Refusal("dead")
    await phone.power_off()
    phone.say("note", say("held-fastboot"))
    words = await phone.power_on(FASTBOOT_KEYS)
    if not words.startswith("fastboot"):
        raise Refusal("no-fastboot", verdict=words)


async def press(phone: LivePhone, words: list[str]) -> None:
    """volume-up, volume-down, power; + presses them together."""
    keys.chords(words)
    if phone.state != "on":
        raise Refusal("is-off", phone=phone.name)
    await asyncio.to_thread(keys.press, phone.folder, words)


def package_of(phone: LivePhone, rom: str) -> Path:
    """By its ROM, or by its name in the exercise that the phone is for; made if need be."""
    task = exercise.of_phone(phone.folder)
    if task and rom in task.roms:
        return roms.shelf(task.name, phone.facts["model"], task.roms) / rom
    if rom not in catalog.roms() or not roms.fits(phone.facts["model"], rom):
        raise Refusal("no-such-rom", rom=rom)
    return roms.named("package", phone.facts["model"], rom)


async def flash(phone: LivePhone, rom: str, script: str) -> None:
    """The package's own script, with the stock client."""
    async with busy(phone, "does-flash", rom=rom):
        need_cable(phone)
        package = await phone.fleet.in_background(package_of, phone, rom)
        await to_fastboot(phone)
        file = package / script
        total = file.read_text(encoding="utf-8").count('\nfastboot "$@"')
        shown = f"{paths.short(file)} -s {at(phone)}"
        code, _ = await phone.run([str(file), "-s", at(phone)], shown, total)
        if code == 0:
            await _after_restart(phone)
        elif phone.lock == "locked":
            phone.say("note", say("is-locked"))


async def _after_restart(phone: LivePhone) -> None:
    """The phone restarts by itself: what it comes to belongs to the act."""
    starts = phone.starts
    with contextlib.suppress(LabError):
        await phone.until(lambda: phone.starts > starts or None, 1.0)
    await phone.until(lambda: phone.verdict)


async def bind(phone: LivePhone) -> None:
    """An account is added to the phone: the waiting time begins."""
    async with busy(phone, "does-bind"):
        binding = await asyncio.to_thread(account.bind, phone.folder, "workshop", None)
        _say_account(phone, "bind", binding)


async def wait(phone: LivePhone, hours: int) -> None:
    async with busy(phone, "does-wait"):
        binding = await asyncio.to_thread(account.move_clock, phone.folder, float(hours))
        _say_account(phone, f"wait {hours}h", binding)


def _say_account(phone: LivePhone, verb: str, binding: account.Binding) -> None:
    word, *rest = verb.split()
    phone.say("typed", " ".join(["phone account", word, phone.name, *rest]))
    said = account.describe(binding)
    phone.say("said", {"en": f"{phone.name}: {said['en']}", "zh": f"{phone.name}：{said['zh']}"})


async def unlock(phone: LivePhone) -> None:
    """The account service's answer to the phone's token; Android One asks on the phone instead."""
    async with busy(phone, "does-unlock"):
        need_cable(phone)
        await to_fastboot(phone)
        if catalog.facts_of_model(phone.facts["model"]).get("os") == "android-one":
            await _fastboot(phone, "flashing", "unlock")
            return
        words = ["account", "unlock", phone.name, "--apply"]
        await phone.run([PHONE, *words], " ".join(["phone", *words]))


async def lock(phone: LivePhone) -> None:
    async with busy(phone, "does-lock"):
        need_cable(phone)
        await to_fastboot(phone)
        await _fastboot(phone, "oem", "lock")


async def _fastboot(phone: LivePhone, *words: str) -> None:
    await phone.run(["fastboot", "-s", at(phone), *words], " ".join(["fastboot", *words]))


async def rescue(phone: LivePhone, who: str, rom: str) -> None:
    """
    EDL: a dead phone is there by itself, any other is brought there by fastboot oem edl. One that is
    off is not started first: it is switched on with the keys held, and stays dead if it was.
    """
    async with busy(phone, "does-rescue"):
        need_cable(phone)
        if phone.state != "on":
            phone.say("note", say("held-fastboot"))
            await phone.power_on(FASTBOOT_KEYS)
        if phone.mode != "dead":
            await to_fastboot(phone)
            await _fastboot(phone, "oem", "edl")
            await phone.until(lambda: phone.mode == "dead" or None)
        words = ["rescue", phone.name, "--account", who, "--rom", rom]
        code, _ = await phone.run([PHONE, *words], " ".join(["phone", *words]))
        if code == 0:
            await _after_restart(phone)


async def factory(phone: LivePhone, facts: dict) -> None:
    async with busy(phone, "does-factory"):
        await phone.factory(facts)


async def explain(phone: LivePhone) -> None:
    task = exercise.of_phone(phone.folder)
    if task and "why" in task.hide:
        raise Refusal("solve-without")
    words = ["explain", phone.name]
    await phone.run([PHONE, *words], " ".join(["phone", *words]))


def uploads(phone: LivePhone) -> Path:
    return phone.folder / "uploads"
