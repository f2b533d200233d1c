# SPDX-License-Identifier: MIT
"""
The power goes while a real phone is flashed, locked, or installs a package. Every write of it is
recorded (cut_disk.py); then the phone is switched on as each cut leaves it: with the first so many
events, the next one half done, and what was not flushed lost. And QEMU is killed at random moments.

`make test` takes some of the cuts, evenly; `make soak` a thousand, and two hundred kills.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import zipfile
from pathlib import Path
from typing import Callable, Iterator, NamedTuple

import pytest
from conftest import CLOCK, HANG_S
from cut_disk import Rebuilt, Recorder, all_cuts, some
from little_kernel import little_kernel
from romc_inputs import Inputs
from test_fastboot import MODE, Client, wait_for
from test_recovery import INTO_RECOVERY, mark, wait_for_page
from test_sideload import MENU_TO_ASSISTANT, Adb, sideload

from lab import disk, fuses, keys, paths, qemu, store, verdict
from lab.qemu import RunningPhone

SOAK = bool(os.environ.get("FLASHLAB_SOAK"))
FLASH_CUTS, LOCK_CUTS, SIDELOAD_CUTS = (340, 330, 330) if SOAK else (24, 16, 20)
FLASH_KILLS, SIDELOAD_KILLS = (140, 60) if SOAK else (2, 1)
KERNEL_BYTES = 3 << 20  # so that an image is written in pieces
VERSION, LATER_VERSION = "V9.6.5.0.", "V9.6.6.0."

# What a start may come to; each but a boot has a screen, or is dead on purpose.
FATES = {"boot", "brick", "recovery", "fastboot"}


class Start(NamedTuple):
    """What the firmware said of one start."""

    fate: str
    reason: str
    boot_state: str
    locked: bool


def start(phone: RunningPhone) -> Start:
    def decided() -> dict | None:
        return next((event for event in phone.events if verdict.is_verdict(event)), None)

    said = phone.wait_for(decided, HANG_S)
    assert said, phone.complaint() or phone.events[-3:]
    state = next(event for event in phone.events if event["event"] == "state")
    locked = state["lock"] == "locked"
    found = Start(said["fate"], said["reason"], said.get("boot_state", ""), locked)
    assert found.fate in FATES and state["record"] == "OK", (said, state)
    return found


def make_package(out: Path, inputs: list) -> Path:
    command = [paths.ROMC, "ota", *inputs, "-o", out]
    done = subprocess.run(list(map(str, command)), text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return out / done.stdout.strip()


@pytest.fixture(scope="module")
def packages(build, tmp_path_factory) -> dict[str, Path]:
    """A China ROM's package, and the same one a version later: every image of it is another."""
    out = tmp_path_factory.mktemp("packages")
    now, *rest = store.rom_inputs("dipper", "cn")
    text = now.read_text(encoding="utf-8")
    assert VERSION in text
    later = out / now.name
    later.write_text(text.replace(VERSION, LATER_VERSION), encoding="utf-8")
    made = {"later": make_package(out / "later", [later, *rest])}
    if SOAK:
        made["now"] = make_package(out / "now", [now, *rest])
    return made


def inputs_of(folder: Path, rom: str) -> list:
    """
    With `make soak` the whole ROM. Else one of a kernel that starts and does nothing: all that is
    asked is whether it is started.
    """
    if SOAK:
        return store.rom_inputs("dipper", rom)
    folder.mkdir()
    inputs = Inputs(folder)
    inputs.rom = paths.ROM_FILES / f"{rom}.yaml"
    inputs.kernel.write_bytes(little_kernel() + random.Random(1).randbytes(KERNEL_BYTES))
    return inputs.words()


def put_rom(folder: Path, work: Path, rom: str) -> None:
    """In the place of the ROM that the phone has from the factory."""
    command = [paths.ROMC, "disk", *inputs_of(work / rom, rom), "-o", folder / "disk.img"]
    subprocess.run(list(map(str, command)), check=True)


def images(package: Path, folder: Path) -> list[Path]:
    """Its images, unpacked, in the order in which flash_all writes them."""
    with zipfile.ZipFile(package) as opened:
        names = ["vbmeta.img", "boot.img", "recovery.img"]
        return [Path(opened.extract(name, folder)) for name in names]


def try_these(rebuilt: Rebuilt, cuts: list, lab: dict, judge: Callable[[Start], None]) -> None:
    before = fuses.read(rebuilt.folder / "nor.img")
    for where, done in cuts:
        rebuilt.becomes(done)
        assert fuses.tampering(before, fuses.read(rebuilt.folder / "nor.img")) is None, where
        with switched_on(rebuilt, lab) as phone:
            try:
                judge(start(phone))
            except AssertionError as error:
                raise AssertionError(f"cut {where}: {error}") from error


@contextlib.contextmanager
def switched_on(rebuilt: Rebuilt, lab: dict[str, str]) -> Iterator[RunningPhone]:
    """Whatever this start writes is taken back: the next cut begins from the same files."""
    with Recorder(rebuilt.folder, take_back=True) as recorder:
        options = recorder.options()
        with RunningPhone(rebuilt.folder, rtc=CLOCK, lab=lab, options=options) as phone:
            yield phone


def rebuilt_from(folder: Path, tmp_path: Path) -> Rebuilt:
    (tmp_path / "cut").mkdir()
    return Rebuilt(tmp_path / "cut", folder)


def test_while_it_is_flashed(factory, tmp_path):
    """Unlocked: it may be a brick afterwards, one that says why; and it can be flashed again."""
    folder = factory("dipper", "cn", "global", lock="unlocked", policy="none")
    put_rom(folder, tmp_path, "global")
    package = make_package(tmp_path / "package", inputs_of(tmp_path / "cn", "cn"))
    rebuilt = rebuilt_from(folder, tmp_path)
    with Recorder(folder) as recorder:
        with RunningPhone(folder, rtc=CLOCK, lab=MODE, options=recorder.options()) as phone:
            wait_for(phone, "fastboot keys")
            for image in images(package, tmp_path):
                Client("fastboot", phone).says("flash", image.stem, image)
    seen = []

    def judge(said: Start) -> None:
        seen.append(said.fate)
        assert not said.locked

    cuts = some(all_cuts(recorder.events), FLASH_CUTS)
    try_these(rebuilt, cuts, {"no-wait": "1"}, judge)
    assert "boot" in seen
    print(f"flash_all: {len(recorder.events)} events, {len(cuts)} cuts, {seen.count('boot')} boot")
    check_the_last(rebuilt, recorder.events)


def check_the_last(rebuilt: Rebuilt, events: list) -> None:
    """In the middle of it: fastboot mode answers, and flashes what is missing."""
    rebuilt.becomes(events[: len(events) // 2])
    with switched_on(rebuilt, MODE) as phone:
        wait_for(phone, "fastboot keys")
        assert "product: dipper" in Client("fastboot", phone).says("getvar", "product")


def reads_as_zeros(folder: Path, place: int) -> bool:
    with open(folder / "disk.img", "rb") as file:
        file.seek(place)
        return not any(file.read(512))


def test_while_it_is_locked(factory, tmp_path):
    """Unlocked or locked, never between; and once it is locked the old user data is gone."""
    folder = factory("dipper", "cn", "cn", lock="unlocked")
    put_rom(folder, tmp_path, "cn")
    places = mark(folder, "userdata") + mark(folder, "cache")
    rebuilt = rebuilt_from(folder, tmp_path)
    with Recorder(folder) as recorder:
        with RunningPhone(folder, rtc=CLOCK, lab=MODE, options=recorder.options()) as phone:
            wait_for(phone, "fastboot keys")
            Client("fastboot", phone).says("oem", "lock")
    seen = []

    def judge(said: Start) -> None:
        seen.append(said.locked)
        assert said.fate == "boot"
        assert said.boot_state == ("green" if said.locked else "orange")
        assert [reads_as_zeros(rebuilt.folder, at) for at in places] == [said.locked] * len(places)

    cuts = some(all_cuts(recorder.events), LOCK_CUTS)
    try_these(rebuilt, cuts, {"no-wait": "1"}, judge)
    assert {True, False} == set(seen)
    print(f"lock: {len(recorder.events)} events, {len(cuts)} cuts, {seen.count(True)} locked")


@pytest.fixture
def adb(tmp_path):
    client = Adb(tmp_path)
    yield client
    client("kill-server")


needs_adb = pytest.mark.skipif(shutil.which("adb") is None, reason="no adb (Debian package adb)")


@needs_adb
def test_while_it_installs_a_package(factory, packages, adb, tmp_path):
    """Locked: the old ROM, the new one, or a recovery that can install it once more."""
    folder = factory("dipper", "cn", "cn")
    for image in images(packages["later"], tmp_path):
        there = disk.partition(folder / "disk.img", image.stem, image.stat().st_size)
        assert there != image.read_bytes()
    rebuilt = rebuilt_from(folder, tmp_path)
    with Recorder(folder) as recorder:
        options = recorder.options()
        with RunningPhone(folder, rtc=CLOCK, lab=INTO_RECOVERY, options=options) as phone:
            wait_for(phone, "recovery keys")
            keys.press(folder, MENU_TO_ASSISTANT)
            wait_for_page(phone, "waiting")
            adb.connect(phone)
            assert sideload(phone, adb, packages["later"])[2]["result"] == "installed"
    seen = []

    def judge(said: Start) -> None:
        seen.append(said.fate)
        assert said.locked and said.boot_state == "green"
        assert said.fate in ("boot", "recovery")  # by what misc says: nobody presses a key

    cuts = some(all_cuts(recorder.events), SIDELOAD_CUTS)
    try_these(rebuilt, cuts, {}, judge)
    assert {"boot", "recovery"} == set(seen)
    print(f"sideload: {len(recorder.events)} events, {len(cuts)} cuts, {seen.count('boot')} boot")


# QEMU is killed.


def kill(phone: RunningPhone) -> None:
    os.kill(phone.pid, signal.SIGKILL)
    phone.wait_for(lambda: None, HANG_S)
    assert not phone.running


def pump_until_over(phone: RunningPhone, client: subprocess.Popen, at_most_s: float) -> None:
    phone.wait_for(lambda: client.poll(), at_most_s)


def end(client: subprocess.Popen) -> None:
    """A client whose phone is gone may wait, or spin, for ever."""
    client.kill()
    client.wait(timeout=HANG_S)


def test_killed_while_it_is_flashed(factory, packages, tmp_path):
    folder = factory("dipper", "cn", "cn", lock="unlocked")
    files = images(packages["later"], tmp_path)
    before = fuses.read(folder / "nor.img")
    for number in range(FLASH_KILLS):
        moment = random.Random(number).uniform(0, 1.5)
        with RunningPhone(folder, rtc=CLOCK, lab=MODE) as phone:
            wait_for(phone, "fastboot keys")
            assert "product: dipper" in Client("fastboot", phone).says("getvar", "product")
            port = phone.ports[qemu.FASTBOOT]
            steps = [f"fastboot -s tcp:127.0.0.1:{port} flash {f.stem} {f}" for f in files]
            client = subprocess.Popen(["sh", "-c", " && ".join(steps)], start_new_session=True,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)  # fmt: skip
            pump_until_over(phone, client, moment)
            kill(phone)
            with contextlib.suppress(ProcessLookupError):  # it may be done
                os.killpg(client.pid, signal.SIGKILL)
            end(client)
        assert fuses.tampering(before, fuses.read(folder / "nor.img")) is None
        with RunningPhone(folder, rtc=CLOCK, lab={"no-wait": "1"}) as phone:
            assert not start(phone).locked
    with RunningPhone(folder, rtc=CLOCK, lab=MODE) as phone:
        wait_for(phone, "fastboot keys")
        for image in files:
            Client("fastboot", phone).says("flash", image.stem, image)
    with RunningPhone(folder, rtc=CLOCK, lab={"no-wait": "1"}) as phone:
        wait_for(phone, "home orange rom=cn")


@needs_adb
def test_killed_while_it_installs_a_package(factory, packages, adb):
    folder = factory("dipper", "cn", "cn")
    for number in range(SIDELOAD_KILLS):
        with RunningPhone(folder, rtc=CLOCK, lab=INTO_RECOVERY) as phone:
            wait_for(phone, "recovery")
            keys.press(folder, MENU_TO_ASSISTANT)
            wait_for_page(phone, "waiting")
            adb.connect(phone)
            client = adb.start("sideload", packages["later" if number % 2 == 0 else "now"])
            wait_for_page(phone, "installing")
            pump_until_over(phone, client, random.Random(number).uniform(0, 2))
            kill(phone)
            end(client)
        with RunningPhone(folder, rtc=CLOCK) as phone:
            said = start(phone)
        assert said.locked and (said.fate != "boot" or said.boot_state == "green")
        if said.fate == "brick":
            with RunningPhone(folder, rtc=CLOCK, lab=INTO_RECOVERY) as phone:
                assert start(phone).fate == "recovery"
