# SPDX-License-Identifier: MIT
"""
The command box: what a person types is taken to pieces here and never reaches a shell.

    fastboot WORDS    adb WORDS    shell WORDS    press KEYS
    power on|off|cut [fastboot|recovery]    flash_all ROM    rescue ACCOUNT ROM
    lock  unlock  account bind|wait 360h|unlock    explain  files  help

A command of fastboot may stand alone: getvar all. A phone in a browser takes the same lines
(scripts/web/commands.js). A command of fastboot or adb must be a row of the tables below. Where it takes a file, that is one
that was uploaded to this phone, or ROM/IMAGE.img of a ROM package (ROM.zip for sideload): a name,
no path, so no other file of this computer can be read or written.
"""

from __future__ import annotations

import difflib
import re
import shlex
from pathlib import Path
from typing import Awaitable, Callable

from lab import catalog, keys, qemu, roms
from lab.errors import LabError

from . import acts
from .live import LivePhone
from .said import HELP, Refusal, say

LINE_MAX = 400
WORD = re.compile(r"[A-Za-z0-9_.:=,@/+-]{1,128}")
FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")

# The kinds of words: W any word, F a file to read, N a new file to write, R the rest as it is.
FASTBOOT = {
    "getvar": "W",
    "flash": "WF",
    "flash:raw": "WF",
    "erase": "W",
    "format": "W",
    "boot": "F",
    "stage": "F",
    "get_staged": "N",
    "fetch": "WN",
    "update": "F",
    "continue": "",
    "set_active": "W",
    "reboot": "W?",
    "reboot-bootloader": "",
    "oem": "R",
    "flashing": "R",
    "devices": "",
}
ADB = {
    "devices": "",
    "get-state": "",
    "sideload": "F",
    "reboot": "W?",
    "shell": "R",
    "root": "",
    "remount": "",
    "wait-for-device": "",
}
# What people type without the client's name in front.
OFTEN_MEANT = {**{command: f"adb {command}" for command in ADB}, "getprop": "shell getprop"}
USAGE = {"W": "NAME", "W?": "[NAME]", "F": "FILE", "N": "NEW-FILE"}


def tell_help(phone: LivePhone) -> None:
    for syntax, en, zh in HELP:
        phone.say("said", {"en": f"{syntax}: {en}", "zh": f"{syntax}：{zh}"})


async def obey(phone: LivePhone, line: str) -> None:
    """A line that is refused stands in the phone's output above the reason, as in a terminal."""
    words = split(line)
    last = phone.last_output
    try:
        await _verb(words.pop(0))(phone, words)
    except (LabError, OSError):
        if phone.last_output is last:
            phone.say("tried", line)
        raise


def _verb(verb: str) -> Callable[[LivePhone, list[str]], Awaitable[None]]:
    if verb.removesuffix(".sh") in VERBS:
        return VERBS[verb.removesuffix(".sh")]
    if verb in FASTBOOT:
        return lambda phone, words: _fastboot(phone, [verb, *words])
    close = difflib.get_close_matches(verb.lower(), VERBS, n=1, cutoff=0.5)
    meant = OFTEN_MEANT.get(verb) or "".join(close)
    way_out = say("near", word=meant) if meant else say("help-lists")
    raise Refusal("no-command", verb=verb[:40], way_out=way_out)


def split(line: str) -> list[str]:
    if len(line) > LINE_MAX:
        raise Refusal("line-long", most=LINE_MAX)
    try:
        words = shlex.split(line)
    except ValueError:
        raise Refusal("line-odd", line=line) from None
    if words and words[0] in ("$", "scripts/phone", "phone"):
        words.pop(0)
    if not words:
        raise Refusal("line-empty")
    return words


def fill(phone: LivePhone, table: dict[str, str], client: str, words: list[str]) -> list[str]:
    """The client's words, with files as paths. Refusal: a word that is not in the table."""
    command, given = (words[0] if words else ""), words[1:]
    if command not in table:
        raise Refusal("not-of-client", client=client, command=command, known=", ".join(table))
    kinds = table[command]
    if kinds == "R":
        return [command, *(given if client == "adb" else map(_safe, given))]
    least, most = len(kinds.replace("W?", "")), len(kinds.replace("?", ""))
    if not least <= len(given) <= most:
        usage = [USAGE[kind] for kind in re.findall(r"\w\??", kinds)]
        raise Refusal("words-of-client", usage=" ".join([client, command, *usage]))
    return [command, *(_as(phone, kind, word) for kind, word in zip(kinds.replace("?", ""), given))]


def _as(phone: LivePhone, kind: str, word: str) -> str:
    if kind == "F":
        return str(readable(phone, word))
    if kind == "N":
        return str(acts.uploads(phone) / file_name(word))
    return _safe(word)


def _safe(word: str) -> str:
    if not WORD.fullmatch(word) or word.startswith("-"):
        raise Refusal("word-odd", word=repr(word))
    return word


def file_name(word: str) -> str:
    if not FILE.fullmatch(word):
        raise Refusal("file-name", word=repr(word))
    return word


def readable(phone: LivePhone, word: str) -> Path:
    """An uploaded file, ROM/IMAGE.img, or ROM.zip."""
    rom, slash, image = word.partition("/")
    model = phone.facts["model"]
    if slash:
        package = acts.package_of(phone, rom)
        return _there(package / "images" / file_name(image), word)
    if word.endswith(".zip") and word[: -len(".zip")] in catalog.roms():
        return roms.recovery_zip(model, word[: -len(".zip")])
    return _there(acts.uploads(phone) / file_name(word), word)


def _there(file: Path, word: str) -> Path:
    if not file.is_file() or file.is_symlink():
        raise Refusal("no-file", word=repr(word))
    return file


async def _fastboot(phone: LivePhone, words: list[str]) -> None:
    async with acts.busy(phone, "does-fastboot"):
        filled = await phone.fleet.in_background(fill, phone, FASTBOOT, "fastboot", words)
        if phone.mode != "fastboot":
            raise Refusal("not-in-fastboot")
        await phone.run(
            ["fastboot", "-s", acts.at(phone), *filled], " ".join(["fastboot", *words])
        )


async def _adb(phone: LivePhone, words: list[str]) -> None:
    async with acts.busy(phone, "does-adb"):
        filled = await phone.fleet.in_background(fill, phone, ADB, "adb", words)
        acts.need_cable(phone)
        where = f"127.0.0.1:{acts.port(phone, qemu.ADB)}"
        await phone.fleet.adb.connect(where)
        await phone.run(["adb", "-s", where, *filled], " ".join(["adb", *words]))


HELD_FOR = {"volume-down": "fastboot", "volume-up": "recovery"}


def _hold(words: list[str]) -> str:
    """The mode: by its name, or by the keys that lead to it, as scripts/phone has them."""
    if words[:1] != ["--hold"]:
        return "".join(words)
    held = set(",".join(words[1:]).split(",")) - {"power"}
    return " ".join(HELD_FOR.get(key, key) for key in sorted(held))


async def _power(phone: LivePhone, words: list[str]) -> None:
    what, hold = "".join(words[:1]), _hold(words[1:])
    if what not in ("on", "off", "cut") or hold not in acts.HOLDS or (hold and what != "on"):
        raise Refusal("how-power")
    async with acts.busy(phone, "does-power", what=what):
        phone.say("typed", " ".join(["power", *words]))
        if what == "on":
            phone.say("said", f"verdict: {await phone.power_on(acts.HOLDS[hold])}")
        else:
            await (phone.power_off if what == "off" else phone.cut)()


async def _press(phone: LivePhone, words: list[str]) -> None:
    if not words:
        raise Refusal("how-press", known=", ".join(keys.KEYS))
    phone.say("typed", " ".join(["press", *words[:20]]))
    await acts.press(phone, words[:20])


def _flashing(script: str) -> Callable[[LivePhone, list[str]], Awaitable[None]]:
    async def flash(phone: LivePhone, words: list[str]) -> None:
        if len(words) != 1:
            raise Refusal("how-flash", script=script.removesuffix(".sh"), known=", ".join(_roms_of(phone)))
        await acts.flash(phone, words[0], script)

    return flash


async def _account(phone: LivePhone, words: list[str]) -> None:
    words = [word for word in words if word not in (phone.name, "--apply")]
    if words == ["bind"]:
        await acts.bind(phone)
    elif words == ["unlock"]:
        await acts.unlock(phone)
    elif len(words) == 2 and words[0] == "wait" and re.fullmatch(r"\d{1,4}h?", words[1]):
        await acts.wait(phone, min(int(words[1].rstrip("h")), acts.HOURS_MAX))
    else:
        raise Refusal("how-account")


async def _rescue(phone: LivePhone, words: list[str]) -> None:
    who = "".join(word for word in words if word in acts.ACCOUNTS)
    rom = "".join(word for word in words if word in catalog.roms())
    if set(words) - {who, rom, "--account", "--rom"} or not (who and rom):
        known = ", ".join(catalog.roms())
        raise Refusal("how-rescue", who=" / ".join(acts.ACCOUNTS), known=known)
    await acts.rescue(phone, who, rom)


def _roms_of(phone: LivePhone) -> list[str]:
    return [rom for rom in catalog.roms() if roms.fits(phone.facts["model"], rom)]


async def _files(phone: LivePhone, words: list[str]) -> None:
    own = sorted(file.name for file in acts.uploads(phone).iterdir())
    packages = _roms_of(phone)
    phone.say("said", say("uploaded-files", files=", ".join(own) or say("nothing-yet")))
    shown = ", ".join(f"{rom}/boot.img, {rom}.zip" for rom in packages)
    phone.say("said", say("package-files", files=shown))


async def _shell(phone: LivePhone, words: list[str]) -> None:
    await _adb(phone, ["shell", *words])


def _plain(act: Callable[[LivePhone], Awaitable[None]]) -> Callable:
    async def obey_plain(phone: LivePhone, words: list[str]) -> None:
        await act(phone)

    return obey_plain


async def _help(phone: LivePhone, words: list[str]) -> None:
    tell_help(phone)


VERBS: dict[str, Callable[[LivePhone, list[str]], Awaitable[None]]] = {
    "fastboot": _fastboot,
    "adb": _adb,
    "shell": _shell,
    "power": _power,
    "press": _press,
    **{script.removesuffix(".sh"): _flashing(script) for script in acts.SCRIPTS},
    "lock": _plain(acts.lock),
    "unlock": _plain(acts.unlock),
    "account": _account,
    "rescue": _rescue,
    "explain": _plain(acts.explain),
    "files": _files,
    "help": _help,
}
