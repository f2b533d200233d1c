# SPDX-License-Identifier: MIT
"""
Plays a scenario of tests/scenarios: a phone, and what a person types, step by step, with what must
come of it. The same files are tests; tests/scenarios/README.md has their keys.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Callable

from . import command, disk, fuses, paths, power, qemu, roms, schema, session, store, verdict
from .errors import LabError

FOLDER = paths.ROOT / "tests" / "scenarios"
PHONE_KEYS = {"model", "region", "rom", "lock", "policy", "rollback"}
DEFAULTS = {"model": "dipper", "region": "cn", "rom": "cn", "lock": "locked", "policy": "announced"}
WORDS = {"scripts/phone", "fastboot", "adb"}  # what may be typed, beside a package's scripts
WAIT_S = 90.0
LOOK_S = 0.1
MARK = b"holiday pictures of the phone's owner\n"
MARK_OFFSET = 1 << 20
PERCENT = re.compile(r"\(~(\d+)%\)")  # as adb sideload writes its progress, a line each
PATIENCE_S = 1.0  # from which a person is told that the phone is waited for


class Failed(LabError):
    """A step came out differently than the scenario says."""


def _service_client(name: str) -> Callable[[], str | None]:
    return lambda: None if shutil.which(name) else f"no {name} client here (Debian package {name})"


# What a scenario needs beside the phone itself; each says why it is not there, or None.
SERVICES: dict[str, Callable[[], str | None]] = {
    "fastboot": _service_client("fastboot"),
    "sideload": _service_client("adb"),
}


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


def find(word: str) -> Path:
    """By its number, or by a part of its name."""
    found = [f for f in files() if f.stem == word or f.stem.split("-", 1)[-1] == word]
    if word.isdigit():
        found = [f for f in files() if int(f.stem.split("-")[0]) == int(word)]
    if len(found) != 1:
        raise LabError(f"there is no scenario {word!r}; scripts/phone play lists them", code=2)
    return found[0]


def load(file: Path) -> dict:
    import yaml

    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise LabError(f"{file}: {error}") from None
    wrong = _problems(data)
    if wrong:
        raise LabError(f"{file}: {wrong}")
    return data


def _problems(data: object) -> str | None:
    if not isinstance(data, dict) or set(data) - {"title", "needs", "phone", "steps", "lesson"}:
        return "a scenario has title, needs, phone, steps and lesson"
    if not data.get("title") or not data.get("lesson") or not data.get("steps"):
        return "title, steps and lesson must be there"
    unknown = [word for word in data.get("needs", []) if word not in SERVICES]
    if unknown:
        return f"unknown service {unknown[0]}"
    for number, step in enumerate(data["steps"], 1):
        kinds = [key for key in step if key in KINDS]
        if len(kinds) != 1 or set(step) - {kinds[0], "why", "says", "exit"}:
            return f"step {number} must have one of {', '.join(KINDS)}; also why, says and exit"
    return None


def missing(data: dict) -> list[str]:
    """Why the scenario cannot be played here and now; nothing when it can."""
    reasons = (SERVICES[word]() for word in data.get("needs", []))
    return [reason for reason in reasons if reason]


class Player:
    """A context manager: the phones that it made are gone afterwards, unless they are kept."""

    def __init__(self, data: dict, say: Callable[[str], None], pause: Callable[[], None]) -> None:
        self.data = data
        self.say, self.pause = say, pause
        self.name = ""
        self.made: list[str] = []
        self.keep = False
        self.alone = False  # nobody watches: no windows, and warnings are not waited for
        self.restarts = 0  # of the phone, before the last command
        self.kept_disk: str | None = None
        self.built: dict[tuple, Path] = {}
        self.roms = paths.BUILD / f".play-{secrets.token_hex(4)}"

    def __enter__(self) -> "Player":
        return self

    def __exit__(self, *_: object) -> None:
        for name in self.made:
            folder = paths.PHONES / name
            if folder.is_dir():
                _switch_off(folder)
                if not self.keep:
                    store.remove(name)
        shutil.rmtree(self.roms, ignore_errors=True)

    @property
    def folder(self) -> Path:
        return paths.PHONES / self.name

    def play(self) -> None:
        self.do_phone(self.data.get("phone", {}))
        steps = self.data["steps"]
        for number, step in enumerate(steps, 1):
            self.say(f"\n[{number}/{len(steps)}] {step.get('why', '')}".rstrip())
            kind = next(key for key in step if key in KINDS)
            if kind == "type":
                self.do_type(step["type"], step.get("says", []), step.get("exit", 0))
            else:
                KINDS[kind](self, step[kind])
            self.pause()

    # The kinds of steps.

    def do_phone(self, facts: dict) -> None:
        """Another phone, fresh from the factory."""
        if set(facts) - PHONE_KEYS:
            raise LabError(f"a phone has {', '.join(sorted(PHONE_KEYS))}")
        if self.name:
            _switch_off(self.folder)
        chosen = {**DEFAULTS, **facts}
        self.name = f"play-{secrets.token_hex(4)}"
        with store.NewPhone(**chosen, tag="play") as phone:
            phone.keep(self.name)
        self.made.append(self.name)
        words = " ".join(f"--{key} {value}" for key, value in chosen.items())
        self.say(f"$ scripts/phone new {self.name} {words}")

    def do_type(self, line: str, says: list[str] | str, exit_code: int) -> None:
        words = [self._fill(word) for word in shlex.split(line)]
        if self.alone and words[:2] == ["scripts/phone", "power"] and words[3] == "on":
            words += ["--headless", "--no-wait"]
        self.say("$ " + " ".join(words))
        program = words[0]
        if program == "scripts/phone":
            words[0] = str(paths.ROOT / program)
        elif program not in WORDS and not re.fullmatch(r".*/flash_all\w*\.sh", program):
            raise LabError(f"a scenario types {', '.join(sorted(WORDS))} or a flash_all script")
        self.restarts = self._power_ons()
        done = command.run(words, self._pass_on)
        said = done.stdout.decode(errors="replace").replace("\r", "\n")
        if done.returncode != exit_code:
            raise Failed(f"it ended with {done.returncode}, not {exit_code}")
        for wanted in [says] if isinstance(says, str) else says:
            if wanted not in said:
                raise Failed(f"it did not say: {wanted}")

    def _pass_on(self, line: str) -> None:
        """What a command says, while it says it; of a hundred percentages, the tens."""
        percent = PERCENT.search(line)
        if line.strip() and (percent is None or percent[1].endswith("0")):
            self.say(f"    {schema.printable(line.strip())}")

    def do_restarts(self, wanted: str) -> None:
        """The phone starts anew, and comes to this verdict."""
        self._wait(wanted, lambda events: self._power_ons(events) > self.restarts)

    def do_verdict(self, wanted: str) -> None:
        """The phone comes to this verdict."""
        self._wait(wanted, lambda events: True)

    def _wait(self, wanted: str, ready: Callable[[list[dict]], bool]) -> None:
        def look() -> str | None:
            events = self._events()
            words = verdict.words(_of_last_start(events)) if ready(events) else None
            return words if words and verdict.meets(words, wanted) else None

        words = self._until(look, lambda: f"{wanted}; last: {verdict.words(self._events())}")
        self.restarts = self._power_ons()
        self.say(f"    verdict: {words}")
        if not words.startswith("home"):
            self._advise()

    def do_event(self, wanted: dict) -> None:
        """The phone reports this event: its name as stage/event, and fields with their values."""
        fields = {key: value for key, value in wanted.items() if key != "name"}

        def look() -> dict | None:
            last = [e for e in self._events() if schema.key(e) == wanted["name"]]
            return last[-1] if last and fields.items() <= last[-1].items() else None

        event = self._until(look, lambda: json.dumps(wanted))
        self.say(f"    {schema.Schema().sentence(event)}")

    def do_remember(self, what: str) -> None:
        """Takes note of every byte on the disk, for `same`."""
        self.kept_disk = disk_digest(self.folder / "disk.img")
        self.say(f"    (noted: the {what} as it is now)")

    def do_same(self, what: str) -> None:
        if disk_digest(self.folder / "disk.img") != self.kept_disk:
            raise Failed(f"the {what} was changed")
        self.say(f"    (compared: not one byte of the {what} has changed)")

    def do_user_data(self, what: str) -> None:
        """leave: the owner's data is put into userdata. gone, there: is it still?"""
        image = self.folder / "disk.img"
        at = disk.partitions(image)["userdata"][0] + MARK_OFFSET
        with open(image, "r+b") as file:
            file.seek(at)
            if what == "leave":
                file.write(MARK)
            elif (file.read(len(MARK)) == MARK) != (what == "there"):
                raise Failed(f"the user's data is not {what}")
        self.say(f"    (the user's data: {'put on the phone' if what == 'leave' else what})")

    def do_fuses(self, wanted: int) -> None:
        counted = fuses.count(fuses.read(self.folder / "nor.img"), fuses.ROLLBACK)
        if counted != wanted:
            raise Failed(f"the fuses count {counted}, not {wanted}")
        self.say(f"    (the rollback fuses count {wanted})")

    def do_force(self, package: str) -> None:
        """What a custom recovery does: writes a ROM past every check. The phone must be off."""
        if store.is_running(self.folder):
            raise LabError("the phone must be off for that")
        image, folder = self.folder / "disk.img", Path(self._fill(package)) / "images"
        for name in ("vbmeta", "boot"):
            with open(image, "r+b") as file:
                file.seek(disk.partitions(image)[name][0])
                file.write((folder / f"{name}.img").read_bytes())
        self.say(f"    (a custom recovery writes {folder.parent.name})")

    # What steps are made of.

    def _fill(self, word: str) -> str:
        """{phone}, {at}, {adb}, {package:ROM}, {package:ROM:INDEX}, {zip:ROM}."""

        def value(found: re.Match) -> str:
            name, *rest = found[1].split(":")
            fillers = {"phone": lambda: self.name, "adb": self._adb, "at": self._at}
            if name in ("package", "zip"):
                return str(self._package(name, rest[0], rest[1] if len(rest) > 1 else None))
            if name not in fillers or rest:
                raise LabError(f"a scenario says {{{found[1]}}}, which is nothing")
            return fillers[name]()

        return re.sub(r"\{([^{}]+)\}", value, word)

    def _port(self, service: str) -> int:
        try:
            ports = json.loads((self.folder / qemu.PORTS).read_text(encoding="utf-8"))
            return int(ports[service])
        except (OSError, ValueError, KeyError, TypeError):
            raise LabError(f"the phone is off, or has no {service}") from None

    def _at(self) -> str:
        return f"tcp:127.0.0.1:{self._port(qemu.FASTBOOT)}"

    def _adb(self) -> str:
        return f"127.0.0.1:{self._port(qemu.ADB)}"

    def _package(self, kind: str, rom: str, index: str | None) -> Path:
        model = str(store.facts(self.folder)["model"])
        if index is None:
            return (roms.package if kind == "package" else roms.recovery_zip)(model, rom)
        known = (kind, model, rom, index)
        if known not in self.built:
            self.built[known] = self._build(kind, model, rom, index)
        return self.built[known]

    def _build(self, kind: str, model: str, rom: str, index: str | None) -> Path:
        self.roms.mkdir(exist_ok=True)
        inputs = store.rom_inputs(model, rom)
        if index is not None:
            manifest = self.roms / f"{rom}.yaml"
            text = Path(inputs[0]).read_text(encoding="utf-8")
            manifest.write_text(f"{text}rollback_index: {int(index)}\n", encoding="utf-8")
            inputs[0] = manifest
        what = ["ota", *inputs]
        if kind == "package":
            what = ["package", *inputs, "--scripts", roms.TEMPLATES]
        done = command.run([str(paths.ROMC), *map(str, what), "-o", str(self.roms)])
        if done.returncode != 0:
            raise LabError(done.stdout.decode(errors="replace").strip())
        return self.roms / done.stdout.decode().strip()

    def _events(self) -> list[dict]:
        try:
            return schema.read_trace(self.folder / "trace.jsonl")
        except LabError:
            return []

    def _power_ons(self, events: list[dict] | None = None) -> int:
        told = self._events() if events is None else events
        return sum(1 for event in told if schema.key(event) == "flow/power-on")

    def _until(self, look: Callable[[], object], what: Callable[[], str]):
        start, told = time.monotonic(), False
        while time.monotonic() < start + WAIT_S:
            found = look()
            if found:
                return found
            if not told and time.monotonic() > start + PATIENCE_S:
                self.say("    (waiting for the phone)")
                told = True
            time.sleep(LOOK_S)
        raise Failed(f"it did not come to this in {WAIT_S:g} s: {what()}")

    def _advise(self) -> None:
        events = self._events()
        last = next((e for e in reversed(events) if verdict.is_verdict(e)), None)
        advice = schema.Schema().advice_for(last, verdict.words(events) or "") if last else None
        if advice:
            self.say(f"    What could be done: {advice}")


KINDS = {
    "type": Player.do_type,
    "phone": Player.do_phone,
    "restarts": Player.do_restarts,
    "verdict": Player.do_verdict,
    "event": Player.do_event,
    "remember": Player.do_remember,
    "same": Player.do_same,
    "user_data": Player.do_user_data,
    "fuses": Player.do_fuses,
    "force": Player.do_force,
}


def _of_last_start(events: list[dict]) -> list[dict]:
    starts = [n for n, event in enumerate(events) if schema.key(event) == "flow/power-on"]
    return events[starts[-1] :] if starts else events


def disk_digest(image: Path) -> str:
    """Of what is on the disk, and where; holes are passed over."""
    import hashlib

    seen = hashlib.sha256()
    with open(image, "rb") as file:
        end, at = file.seek(0, os.SEEK_END), 0
        while at < end:
            try:
                first = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                break  # nothing but a hole is left
            at = os.lseek(file.fileno(), first, os.SEEK_HOLE)
            seen.update(f"{first}-{at} ".encode() + os.pread(file.fileno(), at - first, first))
    return seen.hexdigest()


def _switch_off(folder: Path) -> None:
    if store.is_running(folder):
        power.off(folder)


# The command.


def add_command(add: Callable[..., argparse.ArgumentParser]) -> None:
    sub = add(
        "play",
        cmd_play,
        "play a scenario step by step: what is typed, and what comes of it",
        "  scripts/phone play               (lists them)\n"
        "  scripts/phone play 7\n"
        "  scripts/phone play classic --auto",
    )
    sub.add_argument("scenario", metavar="N|NAME", nargs="?")
    sub.add_argument("--auto", action="store_true", help="do not wait for Enter after each step")
    sub.add_argument("--keep", action="store_true", help="keep the phones that were made for it")


def cmd_play(args: argparse.Namespace) -> int:
    if args.scenario is None:
        for file in files():
            data = load(file)
            print(f"{file.stem:<28} {data['title']}")
            for reason in missing(data):
                print(f"{'':<28} cannot be played: {reason}")
        return 0
    file = find(args.scenario)
    data = load(file)
    reasons = missing(data)
    if reasons:
        raise LabError(f"{file.stem} cannot be played: {'; '.join(reasons)}")
    paths.need(paths.ROMC, paths.FIRMWARE, paths.ROOT_KEY)
    session.tell(f"{file.stem}: {data['title']}")
    asks = not args.auto and sys.stdin.isatty()

    def pause() -> None:
        if asks:
            try:
                input("    (Enter goes on) ")
            except EOFError:
                raise LabError("the input has ended; --auto plays without it") from None

    with Player(data, lambda line: print(line, flush=True), pause) as player:
        player.keep, player.alone = args.keep, args.auto
        player.play()
        if args.keep:
            session.tell(f"kept: {', '.join(player.made)}")
    print(f"\n{data['lesson'].strip()}", flush=True)
    return 0
