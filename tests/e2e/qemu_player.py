# SPDX-License-Identifier: MIT
"""
A real phone in QEMU behind the words of tests/fake/life_player.c: as far as the stock client and
EDL go. A cut is QEMU killed in the middle of the command.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable, TypeVar

from conftest import CLOCK, HANG_S, beside, listen
from phone_model import ERASED, OTHER, RECOVERY, ROMS, TRIES, Slot
from romc_inputs import romc
from test_fastboot import MODE, Client, wait_for
from test_recovery import INTO_RECOVERY, mark, wait_for_page
from test_sideload import MENU_TO_ASSISTANT, Adb

from lab import account, disk, fuses, keys, qemu, rescue, store, verdict
from lab.errors import LabError
from lab.qemu import RunningPhone
from lab.qmp import connect

Found = TypeVar("Found")

SERIAL = "e2e00001"
REGIONS = {"whyred": "cn", "jasmine_sprout": "global"}  # that they are made for
ASKED_ON_SCREEN = {"jasmine_sprout"}  # whether the lock is to be changed: no account
ABROAD = {"cn": "global", "global": "cn"}
VERSION = "V9.6."
OTHER_VERSIONS = {"new": "V9.7.", "forged": "V9.8."}
OPTIONS = {"new": ["--rollback-index", "5"], "forged": ["--sign-with", "reseller"]}
KILL_S = 0.4  # a command is over by then, or nearly
KILL_START_S = 2.0  # the ROM says that it is well by then
QUESTION = b"Answer on the phone"  # that it says to the client
YES = ["volume-down", "power"]
SLOTS = struct.Struct("<2048x4xI4x2H")  # of misc: bootloader/format/misc.h
SLOTS_MAGIC = 0x42414342


class Roms:
    """What there is to flash and to sideload; made when it is asked for."""

    def __init__(self, out: Path, model: str) -> None:
        self.model, self.region = model, REGIONS[model]
        self._out = out
        self._made: dict[str, Path] = {}

    def image(self, part: str, rom: str) -> Path:
        return self._make("images", rom) / f"{part.split('_')[0]}.img"

    def package(self, name: str) -> Path:
        if name == "damaged":
            return self._damaged()
        (package,) = self._make("ota", name).glob("*.zip")
        return package

    def _make(self, command: str, rom: str) -> Path:
        out = self._out / f"{command}-{rom}"
        if not out.exists():
            done = romc(command, *self._inputs(rom), *OPTIONS.get(rom, []), "-o", out)
            assert done.returncode == 0, done.stderr
        return out

    def _inputs(self, rom: str) -> list:
        region = ABROAD[self.region] if rom == "abroad" else self.region
        model = "dipper" if rom == "elsewhere" else self.model
        manifest, *rest = store.rom_inputs(model, region)
        if rom in OTHER_VERSIONS:  # another boot image
            text = Path(manifest).read_text(encoding="utf-8")
            manifest = self._out / f"as-{rom}" / Path(manifest).name
            manifest.parent.mkdir(exist_ok=True)
            manifest.write_text(text.replace(VERSION, OTHER_VERSIONS[rom]), encoding="utf-8")
        return [manifest, *rest]

    def _damaged(self) -> Path:
        data = bytearray(self.package("old").read_bytes())
        data[len(data) // 2] ^= 1
        damaged = self._out / "damaged.zip"
        damaged.write_bytes(data)
        return damaged


class QemuPlayer:
    """Answers as the other player does."""

    def __init__(self, roms: Roms) -> None:
        self._roms = roms
        self._new: store.NewPhone | None = None
        self._cut: float | None = None  # so far into it, of 1
        self._dead = False  # it is in rescue mode by itself
        self._adb: Adb | None = None

    def close(self) -> None:
        if self._adb:
            self._adb("kill-server")
        if self._new:
            self._new.__exit__()

    def ask(self, *words: object) -> dict[str, str]:
        name, *rest = map(str, words)
        if name == "cut":
            self._cut = int(rest[0]) / 1000
            return {}
        does = {
            "new": self._make, "on": self._switch_on, "success": self._run_rom,
            "rescue": self._in_rescue, "sideload": self._sideload,
        }.get(name)  # fmt: skip
        answer = does(*rest) if does else self._in_fastboot(name, rest)
        self._cut = None
        return {"answer": answer, "broken": "-", **self._start()}

    def _make(self, lock: str, _slots: str) -> str:
        self._new = store.NewPhone(model=self._roms.model, region=self._roms.region,
                                   rom=self._roms.region, lock=lock, tag="life",
                                   policy="announced", serial=SERIAL)  # fmt: skip
        self._new.__enter__()
        self._places = mark(self._new.folder, "userdata")
        self._parts = [p for p in ("vbmeta", "boot", "vbmeta_a", "boot_a", "vbmeta_b", "boot_b",
                                   "recovery") if p in disk.partitions(self._disk)]  # fmt: skip
        return "-"

    @property
    def _disk(self) -> Path:
        return self._new.folder / "disk.img"

    def _on(self, lab: dict[str, str] | None = None) -> RunningPhone:
        return RunningPhone(self._new.folder, rtc=CLOCK, lab={"no-wait": "1", **(lab or {})})

    def _switch_on(self) -> str:
        with self._on() as phone:
            if self._cut is not None:
                phone.settle(self._cut * KILL_S)
                self._kill(phone)
            else:
                self._decision(phone)
        return "-"

    def _run_rom(self) -> str:
        """Until it has said that it is well, if there is one that can."""
        with self._on() as phone:
            if self._cut is not None:
                phone.settle(self._cut * KILL_START_S)
                self._kill(phone)
                return "-"
            if self._decision(phone)["fate"] == "boot" and self._boots(phone) in ROMS:
                well = phone.wait_for(lambda: verdict.is_reported(phone.events) or None, HANG_S)
                assert well, phone.events[-3:]
        return "-"

    def _sideload(self, name: str) -> str:
        package = self._roms.package(name)
        torn = self._content("recovery") == OTHER
        with self._on(INTO_RECOVERY) as phone:
            begins = phone.wait_for(lambda: verdict.words(phone.events), HANG_S) or ""
            if not begins.startswith("recovery"):
                return "?" if torn else "FAIL"
            keys.press(self._new.folder, MENU_TO_ASSISTANT)
            wait_for_page(phone, "waiting")
            self._adb = self._adb or Adb(self._new.folder)
            self._adb.connect(phone)
            client = self._adb.start("sideload", package)
            came = self._installs(phone)
            client.communicate(timeout=HANG_S)
        return came

    def _installs(self, phone: RunningPhone) -> str:
        def news(*kinds: str) -> dict | None:
            return next((e for e in phone.events if e.get("page", e["event"]) in kinds), None)

        if self._cut is not None:  # what was checked before is read only
            assert phone.wait_for(lambda: news("installing", "package"), HANG_S)
            phone.settle(self._cut * KILL_S)
            self._kill(phone)
            return "?"
        event = phone.wait_for(lambda: news("package"), HANG_S)
        assert event, phone.events[-3:]
        return "OKAY" if event["result"] == "installed" else "FAIL"

    def _in_fastboot(self, name: str, rest: list[str]) -> str:
        with RunningPhone(self._new.folder, rtc=CLOCK, lab=MODE) as phone:
            wait_for(phone, "fastboot keys")
            client = Client("fastboot", phone)
            if name == "flash":
                words = ["flash", rest[0], self._roms.image(*rest)]
            elif name in ("erase", "set_active"):
                words = [name, rest[0]]
            elif self._roms.model in ASKED_ON_SCREEN:
                words = ["flashing", name]
            else:
                words = ["oem", name]
            if words == ["oem", "unlock"]:
                client.says("stage", self._answer_to(client))
            runs = self._ask_owner if words[0] == "flashing" else self._run
            return runs(phone, [client.program, "-s", self._at(phone), *map(str, words)])

    def _ask_owner(self, phone: RunningPhone, command: list[str]) -> str:
        """Says yes, if that is asked, as soon as the whole question is there to be seen."""
        menu = self._picture(phone)
        seen = [menu]

        def answered_or_asked() -> str | None:
            if client.poll() is not None:
                return "answered"
            if QUESTION in os.pread(said.fileno(), 1 << 16, 0):
                seen.append(self._picture(phone))
            return "asked" if len(seen) > 2 and seen[-1] == seen[-2] != menu else None

        with tempfile.TemporaryFile() as said, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        ) as client:
            if until(phone, answered_or_asked) == "asked":
                keys.press(self._new.folder, YES)
            if self._cut is not None:
                phone.settle(self._cut * KILL_S)
                self._kill(phone)
                client.kill()
                return "?"
            until(phone, lambda: client.poll() is not None or None)
        return "OKAY" if client.returncode == 0 else "FAIL"

    def _picture(self, phone: RunningPhone) -> bytes:
        shot = self._new.folder / "question.ppm"
        phone.shoot(shot, "ppm")
        return shot.read_bytes()

    def _in_rescue(self, part: str, rom: str) -> str:
        with RunningPhone(self._new.folder, rtc=CLOCK, lab={} if self._dead else MODE) as phone:
            wait_for(phone, "dead" if self._dead else "fastboot keys")
            if not self._dead:
                Client("fastboot", phone).says("oem", "edl")
            talk = Talk(self._new.folder, part, self._roms.image(part, rom))
            talk.start()
            over = phone.wait_for(lambda: not talk.is_alive() or None,
                                  HANG_S if self._cut is None else self._cut * KILL_S)  # fmt: skip
            if self._cut is not None:
                self._kill(phone)
            talk.join(HANG_S)
        assert over or self._cut is not None, phone.events[-3:]
        return "?" if self._cut is not None else talk.answer

    @staticmethod
    def _kill(phone: RunningPhone) -> None:
        os.kill(phone.pid, signal.SIGKILL)
        phone.wait_for(lambda: None, HANG_S)

    @staticmethod
    def _at(phone: RunningPhone) -> str:
        return f"tcp:127.0.0.1:{phone.ports[qemu.FASTBOOT]}"

    def _answer_to(self, client: Client) -> Path:
        token = re.search(r"token: (\S+)", client.says("oem", "get_token")).group(1)
        with tempfile.NamedTemporaryFile(suffix=".bin", delete=False) as file:
            answer = Path(file.name)
        account._sign(token, self._roms.model, SERIAL, answer)
        return answer

    def _run(self, phone: RunningPhone, command: list[str]) -> str:
        if self._cut is None:
            return "OKAY" if beside(phone, command).returncode == 0 else "FAIL"
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as client:  # fmt: skip
            phone.settle(self._cut * KILL_S)
            self._kill(phone)
            client.kill()
        return "?"  # nobody knows what it would have said

    @staticmethod
    def _decision(phone: RunningPhone) -> dict:
        def newest() -> dict | None:
            now = verdict.of_last_start(phone.events)
            return next(filter(verdict.is_verdict, now), None)

        found = phone.wait_for(newest, HANG_S)
        assert found, phone.complaint() or phone.events[-3:]
        return found

    def _out_of_recovery(self, phone: RunningPhone) -> dict:
        """Somebody presses Power on "Reboot"."""
        starts = verdict.power_ons(phone.events)
        wait_for(phone, "recovery")
        keys.press(self._new.folder, ["power"])
        again = phone.wait_for(lambda: verdict.power_ons(phone.events) > starts or None, HANG_S)
        assert again, phone.events[-3:]
        return self._decision(phone)

    def _start(self) -> dict[str, str]:
        with self._on() as phone:
            found, first = self._decision(phone), ""
            if found["fate"] == "recovery":
                first = f"{RECOVERY}, "
                found = self._out_of_recovery(phone)
            self._dead = found["fate"] == "dead"
            state = [event for event in phone.events if event["event"] == "state"][-1]
        runs = self._boots(phone) if found["fate"] == "boot" else "nothing"
        index = fuses.count(fuses.read(self._new.folder / "nor.img"), fuses.ROLLBACK)
        return {
            "fate": first + found["fate"], "reason": found["reason"], "lock": state["lock"],
            "index": str(index), "slot": self._slot(phone), "slots": self._slots(),
            "message": "yes" if self._misc().startswith(b"boot-recovery") else "no",
            "data": self._data(), "runs": runs if runs in ROMS else "nothing",
            **{part: self._content(part) for part in self._parts},
        }  # fmt: skip

    @staticmethod
    def _slot(phone: RunningPhone) -> str:
        """Which it looked at last."""
        looked = [event["slot"] for event in phone.events if event["event"] == "slot"]
        return f"_{looked[-1]}" if looked else ""

    def _boots(self, phone: RunningPhone) -> str:
        return self._content(f"boot{self._slot(phone)}")

    def _misc(self) -> bytes:
        return disk.partition(self._disk, "misc")

    def _slots(self) -> str:
        magic, *infos = SLOTS.unpack_from(self._misc())
        slots = [Slot(info & 15, info >> 4 & 7, bool(info >> 7 & 1)) for info in infos]
        slots = slots if magic == SLOTS_MAGIC else [Slot(tries=TRIES)] * 2
        return ",".join(f"{s.priority}/{s.tries}/{s.successful:d}" for s in slots)

    def _content(self, part: str) -> str:
        there = disk.partition(self._disk, part)
        for rom in ROMS:
            if there.startswith(self._roms.image(part, rom).read_bytes()):
                return rom
        return OTHER if any(there) else ERASED

    def _data(self) -> str:
        with open(self._disk, "rb") as file:
            found = []
            for place in self._places:
                file.seek(place)
                found.append(any(file.read(64)))
        return "there" if any(found) else "gone"


def until(phone: RunningPhone, look: Callable[[], Found | None]) -> Found:
    """What `look` finds, looked for again and again: it asks others than the phone."""
    deadline = time.monotonic() + HANG_S
    while (found := look()) is None:
        assert time.monotonic() < deadline, phone.events[-3:]
        listen(phone, 0.02)
    return found


class Talk(threading.Thread):
    """The maker's account writes one image, beside what the phone says elsewhere."""

    def __init__(self, folder: Path, part: str, image: Path) -> None:
        super().__init__(daemon=True)
        self._folder, self._part, self._image = folder, part, image
        self.answer = "FAIL"

    def run(self) -> None:
        with contextlib.suppress(LabError, OSError), open(self._image, "rb") as image:
            with connect(self._folder, qemu.RESCUE_SOCKET) as sock:
                talk = rescue.Rescue(sock, HANG_S)
                rescue.authenticate(talk, "authorised")
                rescue._write_image(talk, self._part, image)
                self.answer = "OKAY"
