# SPDX-License-Identifier: MIT
"""
The two ports beside each other: one phone in QEMU and one under Node (tests/page/session.mjs), from
the same factory and through the same steps. Whatever the bootloader says, shows and leaves behind
must be the same; only `t_us` may differ.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from conftest import CLOCK, HANG_S, ROOT
from PIL import Image, ImageChops

from lab import disk, paths, verdict
from lab.qemu import FASTBOOT, RunningPhone

WEB = ROOT / "scripts" / "web"
sys.path.insert(0, str(WEB))

import factory as page_factory  # noqa: E402
from stub import StubRoms  # noqa: E402

SESSION = ROOT / "tests" / "page" / "session.mjs"
JUDGE = WEB / "node" / "judge.js"
NODE_ENV = {**os.environ, "FLASHLAB_WEB": str(WEB)}
QEMU_KEYS = {"volume-up": "up", "volume-down": "down", "power": "ret"}
NOR_BEGIN, NOR_END = page_factory.NOR_BEGIN, page_factory.NOR_END


def site() -> Path:
    """What `make page` wrote; the tests of the page need it."""
    folder = paths.BUILD / "page"
    assert (folder / "data" / "models.json").is_file(), f"{folder} is not there: make page"
    return folder


class Scene(NamedTuple):
    model: str
    made_for: str
    rom: str
    lock: str = "locked"
    policy: str = "announced"


class Ran(NamedTuple):
    events: list[dict]
    answers: list[list[str]]


def bootloader_events(events: list[dict]) -> list[dict]:
    """As far as the bootloader speaks, and without the time."""
    kept = [event for event in events if event["stage"] not in ("rom", "recovery")]
    return [{key: value for key, value in event.items() if key != "t_us"} for event in kept]


class QemuTwin:
    """The phone in QEMU, made in `folder`."""

    def __init__(self, folder: Path, roms: StubRoms, scene: Scene) -> None:
        self.folder = folder
        self.scene = scene
        self._roms = roms
        self._client: socket.socket | None = None
        self._answers: list[list[str]] = []
        self._events: list[dict] = []
        nor = page_factory.nor(scene.model, scene.made_for, scene.lock, scene.policy, folder)
        with open(folder / "nor.img", "r+b") as file:
            assert len(nor) == NOR_END - NOR_BEGIN
            file.truncate(0x4000000)
        source = roms.disk(scene.model, scene.rom)
        copy = ["cp", "--reflink=auto", "--sparse=always", str(source), str(folder / "disk.img")]
        subprocess.run(copy, check=True)

    def change(self, change: dict) -> None:
        """As judge.js describes changes."""
        if change.get("flip") == "nor":
            disk.flip(self.folder / "nor.img", change["at"], change.get("mask", 1))
            return
        image = self.folder / "disk.img"
        name = change.get("flip") or change.get("zero") or change.get("write")
        begin, size = disk.partitions(image).get(name, (0, image.stat().st_size))
        at = begin + (size + change["at"] if change.get("at", 0) < 0 else change.get("at", 0))
        if "flip" in change:
            disk.flip(image, at, change.get("mask", 1))
            return
        if "zero" in change:
            content = bytes(change.get("length", size))
        else:
            content = self._roms.images(change["model"], change["rom"])[change["image"]]
        with open(image, "r+b") as file:
            file.seek(at)
            file.write(content)

    def run(self, steps: list[dict], is_patient: bool = False) -> Ran:
        lab = {} if is_patient else {"no-wait": "1"}
        hold = steps[0].get("hold")
        if hold:
            lab["hold"] = ",".join(hold)
        with RunningPhone(self.folder, rtc=CLOCK, lab=lab) as phone:
            for step in steps[1:]:
                getattr(self, f"_{step['do']}")(phone, step)
            self._events = phone.events
            if self._client:
                self._client.close()
        return Ran(bootloader_events(self._events), self._answers)

    def _verdict(self, phone: RunningPhone, step: dict) -> None:
        def found() -> str | None:
            verdicts = [event for event in phone.events if verdict.is_verdict(event)]
            words = verdict.words(phone.events) or "boot"
            is_so = len(verdicts) >= step.get("nth", 1) and words.startswith(step["begins"])
            return words if is_so else None

        assert phone.wait_for(found, HANG_S), (step, phone.complaint(), phone.events[-4:])

    def _press(self, phone: RunningPhone, step: dict) -> None:
        keys = [{"type": "qcode", "data": QEMU_KEYS[step["key"]]}]
        phone.qmp.command("send-key", keys=keys)
        phone.settle(0.2)

    def _picture(self, phone: RunningPhone, step: dict) -> None:
        phone.settle(0.1)
        phone.shoot(Path(step["file"]).with_suffix(".qemu.png"))

    def _dump(self, phone: RunningPhone, step: dict) -> None:
        pass  # nor.img and disk.img are the phone's own

    # Fastboot, over TCP.

    def _ask(self, phone: RunningPhone, text: bytes) -> list[str]:
        if self._client is None:
            where = ("127.0.0.1", phone.ports[FASTBOOT])
            self._client = socket.create_connection(where, HANG_S)
            self._client.setblocking(False)
            self._send_all(phone, b"FB01")
            assert self._read(phone, 4) == b"FB01"
        self._send(phone, text)
        return self._answer(phone)

    def _answer(self, phone: RunningPhone) -> list[str]:
        lines = []
        while True:
            length = int.from_bytes(self._read(phone, 8), "big")
            answer = self._read(phone, length).decode(errors="replace")
            if not answer.startswith("INFO"):
                return [*lines, answer]
            lines.append(answer[4:])

    def _send(self, phone: RunningPhone, packet: bytes) -> None:
        self._send_all(phone, len(packet).to_bytes(8, "big") + packet)

    # The phone's other channels are listened to meanwhile: it waits for who does not.

    def _send_all(self, phone: RunningPhone, content: bytes) -> None:
        assert self._client
        while content:
            try:
                content = content[self._client.send(content) :]
            except BlockingIOError:
                phone.pump(0.01)

    def _read(self, phone: RunningPhone, count: int) -> bytes:
        assert self._client
        found = b""
        end = time.monotonic() + HANG_S
        while len(found) < count:
            try:
                piece = self._client.recv(count - len(found))
                assert piece, "the phone hung up"
                found += piece
            except BlockingIOError:
                assert time.monotonic() < end, "the phone does not answer"
                phone.pump(0.01)
        return found

    def _command(self, phone: RunningPhone, step: dict) -> None:
        self._answers.append(self._ask(phone, step["text"].encode()))
        phone.pump(0.05)

    def _leave(self, phone: RunningPhone, step: dict) -> None:
        self._command(phone, step)
        assert self._client
        self._client.close()
        self._client = None

    def _stage(self, phone: RunningPhone, step: dict) -> None:
        content = Path(step["file"]).read_bytes()
        answer = self._ask(phone, b"download:%08x" % len(content))
        if answer[-1].startswith("DATA"):
            self._send(phone, content)
            answer = self._answer(phone)
        self._answers.append(answer[-1:])

    def _flash(self, phone: RunningPhone, step: dict) -> None:
        self._stage(phone, step)
        if self._answers[-1][0].startswith("OKAY"):
            self._answers[-1] = self._ask(phone, f"flash:{step['partition']}".encode())[-1:]


def in_node(
    scene: Scene,
    steps: list[dict],
    changes: list[dict],
    is_patient: bool = False,
    is_system_run: bool = False,
) -> Ran:
    request = {
        "folder": str(site()),
        "scene": scene._asdict(),
        "changes": changes,
        "steps": steps,
        "isPatient": is_patient,
        "isSystemRun": is_system_run,
    }
    done = subprocess.run(
        ["node", str(SESSION)],
        input=json.dumps(request),
        env=NODE_ENV,
        text=True,
        capture_output=True,
        timeout=HANG_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert "error" not in answer, answer
    return Ran(bootloader_events(answer["events"]), answer["answers"])


class Judge:
    """One process of the fast judge, for many cells."""

    def __enter__(self) -> "Judge":
        self._process = subprocess.Popen(
            # A collector beside it would take a fifth of the processor more.
            ["node", "--single-threaded-gc", str(JUDGE), str(site()), "--events"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def __call__(self, scene: Scene, **more: object) -> dict:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({**scene._asdict(), **more}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the judge ended"
        return json.loads(line)


def assert_same_picture(file: Path) -> None:
    """Node's `file` and QEMU's beside it."""
    ours = Image.open(file).convert("RGB")
    theirs = Image.open(file.with_suffix(".qemu.png")).convert("RGB")
    assert ours.size == theirs.size
    assert ImageChops.difference(ours, theirs).getbbox() is None, f"{file} differs from QEMU's"
