# SPDX-License-Identifier: MIT
"""Packages from a computer, with Debian's stock adb."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import zipfile
from pathlib import Path

import bad_rescue
import pytest
from conftest import HANG_S
from romc_inputs import Inputs, romc, written
from small_zip import small_zip
from story import check_shown, run
from test_recovery import INTO_RECOVERY, wait_for_page

from lab import disk, keys, paths, qemu, store, verdict

MENU_TO_ASSISTANT = ["volume-down", "volume-down", "power"]

pytestmark = pytest.mark.skipif(shutil.which("adb") is None, reason="no adb (Debian package adb)")


def make_zip(out: Path, rom: str = "cn", model: str = "dipper", *words: str) -> Path:
    command = [paths.ROMC, "ota", *store.rom_inputs(model, rom), *words, "-o", out]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return out / done.stdout.strip()


@pytest.fixture(scope="module")
def zips(build, tmp_path_factory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("zips")
    return {"cn": make_zip(out), "global": make_zip(out, "global")}


@pytest.fixture(scope="module")
def refused(build, tmp_path_factory) -> dict[str, Path]:
    """Of the smallest images: a refusal looks at none of them."""
    out = tmp_path_factory.mktemp("refused")

    def ota(name: str, *words: str, rom: str = "cn", model: str = "dipper") -> Path:
        (out / name).mkdir()
        inputs = Inputs(out / name)
        inputs.rom, inputs.model = paths.ROM_FILES / f"{rom}.yaml", paths.MODEL_FILES / f"{model}.yaml"
        done = romc("ota", *inputs.words(), *words, "-o", out / name)
        assert done.returncode == 0, done.stderr
        return out / name / done.stdout.strip()

    made = {
        "global": ota("global", rom="global"),
        "whyred": ota("whyred", model="whyred"),
        "old": ota("old", "--rollback-index", "0"),
        "changed": ota("changed"),
        "forged": ota("forged", "--sign-with", "reseller"),
    }
    changed = bytearray(made["changed"].read_bytes())
    changed[len(changed) // 2] ^= 1
    made["changed"].write_bytes(changed)
    return made


class Adb:
    """The stock client with a server of its own: nobody else's is touched."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.env = {**os.environ, "HOME": str(folder), "ANDROID_ADB_SERVER_PORT": str(port)}

    def start(self, *words: object) -> subprocess.Popen:
        command = ["adb", *map(str, words)]
        return subprocess.Popen(command, env=self.env, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip

    def __call__(self, *words: object) -> tuple[int, str]:
        started = self.start(*words)
        said, _ = started.communicate(timeout=HANG_S)
        return started.returncode, said

    def connect(self, running) -> None:
        self("disconnect")  # a phone that lost its power is still on the list
        where = f"127.0.0.1:{running.ports[qemu.ADB]}"
        deadline = time.monotonic() + HANG_S
        while "connected to" not in self("connect", where)[1]:
            assert time.monotonic() < deadline
            running.settle(0.3)
        while f"{where}\tsideload" not in self("devices")[1]:
            assert time.monotonic() < deadline
            running.settle(0.3)


@pytest.fixture
def adb(tmp_path):
    client = Adb(tmp_path)
    yield client
    client("kill-server")


def sideload(running, adb: Adb, package: Path) -> tuple[int, str, dict]:
    """The client's exit code and words, and what the phone made of it."""
    seen = len(running.events)
    started = adb.start("sideload", package)

    def judged():
        running.pump(0)
        return next((e for e in running.events[seen:] if e["event"] == "package"), None)

    event = running.wait_for(judged, HANG_S)
    said, _ = started.communicate(timeout=HANG_S)
    assert event, (said, running.events[seen:])
    return started.returncode, said, event


def look(running, name: str) -> None:
    check_shown(running, running.folder / f"{name}.ppm", name)


def within(folder: Path, name: str, blocks: dict[int, bytes]) -> dict[int, bytes]:
    offset, length = disk.partitions(folder / "disk.img")[name]
    return {at: digest for at, digest in blocks.items() if offset <= at < offset + length}


def test_refused_and_then_cured(factory, zips, refused, adb, tmp_path):
    """
    A phone with the ROM of the classic accident: what its recovery refuses, and the package that
    cures it. The whole accident: tests/scenarios/11-sideload-cures.yaml.
    """
    folder = factory("dipper", "cn", "global", policy="shipped")
    with open(folder / "disk.img", "r+b") as file:
        file.seek(disk.partitions(folder / "disk.img")["userdata"][0] + (1 << 20))
        file.write(b"photos")

    def then(running):
        keys.press(folder, MENU_TO_ASSISTANT)
        wait_for_page(running, "waiting")
        look(running, "recovery-waiting")
        adb.connect(running)
        before = written(folder / "disk.img")
        refusals = {"global": "region", "whyred": "product", "forged": "signature",
                    "old": "rollback", "changed": "signature"}  # fmt: skip
        for name, check in refusals.items():
            code, said, event = sideload(running, adb, refused[name])
            assert (event["result"], event["check"]) == ("refused", check), name
            assert code != 0 and "serving" in said
            assert event["text"] in adb("shell")[1]
            wait_for_page(running, "refused")
        look(running, "recovery-refused")
        assert written(folder / "disk.img") == before
        keys.press(folder, ["power"])  # Back, and once more from the menu
        wait_for_page(running, "main")
        keys.press(folder, MENU_TO_ASSISTANT)
        wait_for_page(running, "waiting")
        adb.connect(running)
        code, said, event = sideload(running, adb, zips["cn"])
        assert (code, event["result"]) == (0, "installed") and "Total xfer" in said
        wait_for_page(running, "installed")
        look(running, "recovery-installed")
        now = written(folder / "disk.img")
        assert within(folder, "boot", now) != within(folder, "boot", before)
        assert within(folder, "userdata", now) == within(folder, "userdata", before) != {}
        seen = len(running.events)
        adb("reboot")

        def decided():
            return verdict.decision(running.events[seen:])

        assert running.wait_for(decided, HANG_S) == "home green rom=cn"

    # The page shows the port; its picture is one of 5555.
    ran = run(folder, then, lab={**INTO_RECOVERY, "adb-port": "5555"}, verdicts=2)
    assert ran.words == "recovery keys"


def places(package: bytes) -> dict[str, int]:
    """A byte of each kind that a package is made of."""
    central, end = package.rindex(b"PK\x01\x02"), package.rindex(b"PK\x05\x06")
    return {
        "first local header": 0,
        "a local header's size": package.index(b"PK\x03\x04", 4) + 22,
        "a file's name": 30,
        "metadata": package.index(b"pre-device"),
        "an image": len(package) // 2,
        "directory": central + 12,
        "a name in the directory": central + 46,
        "end record": end + 16,
        "length of the comment": end + 20,
        "comment": end + 22,
        "signature": package.rindex(b"\xff\xff") - 200,
        "where the signature begins": len(package) - 6,
        "mark before the end": len(package) - 4,
        "last byte": len(package) - 1,
    }


def test_one_byte_is_enough(factory, adb, tmp_path):
    """Each kind of damage is refused and not one block of the disk is another; whole, it is taken."""
    folder = factory("dipper", "cn", "cn")
    inputs = Inputs(tmp_path)
    done = romc("ota", *inputs.words(), "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    whole = small_zip(tmp_path / done.stdout.strip(), "recovery.img")
    package = tmp_path / "package.zip"

    def then(running):
        keys.press(folder, MENU_TO_ASSISTANT)
        wait_for_page(running, "waiting")
        adb.connect(running)
        before = written(folder / "disk.img")
        for name, place in places(whole).items():
            damaged = bytearray(whole)
            damaged[place] ^= 1
            package.write_bytes(damaged)
            code, _, event = sideload(running, adb, package)
            assert code != 0 and event["result"] == "refused", name
            assert event["check"] in ("signature", "unsigned"), (name, event)
            assert written(folder / "disk.img") == before, name
        package.write_bytes(whole)
        assert sideload(running, adb, package)[2]["result"] == "installed"
        assert written(folder / "disk.img") != before

    assert run(folder, then, lab=INTO_RECOVERY).words == "recovery keys"


@pytest.mark.soak
def test_packages_that_are_none(factory, adb, tmp_path):
    folder = factory("dipper", "cn", "cn")
    package = tmp_path / "package.zip"

    def then(running):
        keys.press(folder, MENU_TO_ASSISTANT)
        wait_for_page(running, "waiting")
        adb.connect(running)
        before = written(folder / "disk.img")
        for name, data, check in bad_rescue.packages():
            package.write_bytes(data)
            code, _, event = sideload(running, adb, package)
            assert (code != 0, event["result"], event["check"]) == (True, "refused", check), (
                name,
                event,
            )
        assert written(folder / "disk.img") == before

    assert run(folder, then, lab=INTO_RECOVERY).words == "recovery keys"


def test_what_a_package_looks_like(zips):
    assert zips["cn"].name.startswith("miui_MI8_8.8.31_") and zips["cn"].name.endswith("_8.1.zip")
    assert zips["global"].name.startswith("miui_MI8Global_8.7.12_")
    with zipfile.ZipFile(zips["cn"]) as package:
        assert package.testzip() is None
        lines = package.read("META-INF/com/android/metadata").decode().splitlines()
        assert {"pre-device=dipper", "flashlab-region=cn", "flashlab-date=20180905"} <= set(lines)
        names = package.namelist()
        assert names[-1] == "vbmeta.img" and {"boot.img", "recovery.img"} <= set(names)
        assert all(info.compress_type == zipfile.ZIP_STORED for info in package.infolist())
        assert package.comment.startswith(b"signed by") and package.comment[-4:-2] == b"\xff\xff"
