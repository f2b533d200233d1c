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
import subprocess
import tempfile
import threading
from pathlib import Path

from conftest import CLOCK, HANG_S
from phone_model import ERASED, OTHER, ROMS
from romc_inputs import romc
from test_fastboot import MODE, Client, wait_for
from test_recovery import mark

from lab import account, disk, fuses, qemu, rescue, store, verdict
from lab.errors import LabError
from lab.qemu import RunningPhone
from lab.qmp import connect

MODEL, SERIAL = "whyred", "e2e00001"
VERSION = "V9.6."
OTHER_VERSIONS = {"new": "V9.7.", "forged": "V9.8."}
KILL_S = 0.4  # a command is over by then, or nearly


class QemuPlayer:
    """Answers as the other player does. `images`: of each ROM, by images_of()."""

    everything = False  # slots and sideload are for the other

    def __init__(self, images: dict[str, dict[str, Path]]) -> None:
        self._images = images
        self._new: store.NewPhone | None = None
        self._cut: float | None = None
        self._dead = False  # it is in rescue mode by itself

    def close(self) -> None:
        if self._new:
            self._new.__exit__()

    def ask(self, *words: object) -> dict[str, str]:
        name, *rest = map(str, words)
        if name == "cut":
            self._cut = int(rest[0]) / 1000 * KILL_S
            return {}
        answer = "-"
        if name == "new":
            self._make(rest[0])
        elif name == "rescue":
            answer = self._in_rescue(*rest)
        elif name != "on":
            answer = self._in_fastboot(name, rest)
        self._cut = None
        return {"answer": answer, "broken": "-", **self._start()}

    def _make(self, lock: str) -> None:
        self.close()
        self._new = store.NewPhone(model=MODEL, region="cn", rom="cn", lock=lock, tag="life",
                                   policy="announced", serial=SERIAL)  # fmt: skip
        self._new.__enter__()
        self._places = mark(self._new.folder, "userdata")

    def _in_fastboot(self, name: str, rest: list[str]) -> str:
        with RunningPhone(self._new.folder, rtc=CLOCK, lab=MODE) as phone:
            wait_for(phone, "fastboot keys")
            client = Client("fastboot", phone)
            if name == "flash":
                words = ["flash", rest[0], self._images[rest[1]][rest[0]]]
            elif name == "erase":
                words = ["erase", rest[0]]
            else:
                words = ["oem", name]
            if name == "unlock":
                client.says("stage", self._answer_to(client))
            return self._run(phone, [client.program, "-s", self._at(phone), *map(str, words)])

    def _in_rescue(self, part: str, rom: str) -> str:
        with RunningPhone(self._new.folder, rtc=CLOCK, lab={} if self._dead else MODE) as phone:
            wait_for(phone, "dead" if self._dead else "fastboot keys")
            if not self._dead:
                Client("fastboot", phone).says("oem", "edl")
            talk = Talk(self._new.folder, part, self._images[rom][part])
            talk.start()
            over = phone.wait_for(lambda: not talk.is_alive() or None,
                                  HANG_S if self._cut is None else self._cut)  # fmt: skip
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
        account._sign(token, MODEL, SERIAL, answer)
        return answer

    def _run(self, phone: RunningPhone, command: list[str]) -> str:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as client:  # fmt: skip
            code = phone.wait_for(client.poll, HANG_S if self._cut is None else self._cut)
            if self._cut is not None:
                self._kill(phone)
                client.kill()
                return "?"  # nobody knows what it would have said
        assert code is not None, phone.events[-3:]
        return "OKAY" if code == 0 else "FAIL"

    def _start(self) -> dict[str, str]:
        with RunningPhone(self._new.folder, rtc=CLOCK, lab={"no-wait": "1"}) as phone:

            def decided() -> dict | None:
                return next(filter(verdict.is_verdict, phone.events), None)

            found = phone.wait_for(decided, HANG_S)
            assert found, phone.complaint() or phone.events[-3:]
            self._dead = found["fate"] == "dead"
            state = next(event for event in phone.events if event["event"] == "state")
        contents = {part: self._content(part) for part in ("vbmeta", "boot")}
        runs = contents["boot"] if found["fate"] == "boot" else "nothing"
        index = fuses.count(fuses.read(self._new.folder / "nor.img"), fuses.ROLLBACK)
        return {
            "fate": found["fate"], "reason": found["reason"], "lock": state["lock"],
            "index": str(index), "slot": "-", "data": self._data(),
            "runs": runs if runs in ROMS else "nothing", **contents,
        }  # fmt: skip

    def _content(self, part: str) -> str:
        there = disk.partition(self._new.folder / "disk.img", part)
        for rom, images in self._images.items():
            if there.startswith(images[part].read_bytes()):
                return rom
        return OTHER if any(there) else ERASED

    def _data(self) -> str:
        with open(self._new.folder / "disk.img", "rb") as file:
            found = []
            for place in self._places:
                file.seek(place)
                found.append(any(file.read(64)))
        return "there" if any(found) else "gone"


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


def images_of(out: Path) -> dict[str, dict[str, Path]]:
    """vbmeta and boot of each ROM of the model, for whyred."""
    made = {}
    for name in ROMS:
        manifest, *rest = store.rom_inputs(MODEL, "global" if name == "abroad" else "cn")
        options = {"new": ["--rollback-index", "5"], "forged": ["--sign-with", "reseller"]}
        if name in options:  # another version: another boot image
            text = Path(manifest).read_text(encoding="utf-8")
            manifest = out / f"as-{name}" / Path(manifest).name
            manifest.parent.mkdir()
            manifest.write_text(text.replace(VERSION, OTHER_VERSIONS[name]), encoding="utf-8")
        done = romc("images", manifest, *rest, *options.get(name, []), "-o", out / name)
        assert done.returncode == 0, done.stderr
        made[name] = {part: out / name / f"{part}.img" for part in ("vbmeta", "boot")}
    return made
