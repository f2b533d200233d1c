# SPDX-License-Identifier: MIT
"""
ROM packages on real phones, with the stock client: flash_all.sh and its sisters, fastboot update,
unlocking with the account service.

FASTBOOT_CLIENTS names the clients to try, paths with colons between (scripts/fetch-fastboot).
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable, Iterator, TypeVar

import pytest
from conftest import CLOCK, HANG_S, phone
from rom_on_disk import flash_offline
from romc_inputs import romc, written
from test_fastboot import wait_for

from lab import account, disk, fastboot, fuses, keys, paths, roms, store
from lab.errors import LabError
from lab.qemu import FASTBOOT, RunningPhone

CLIENTS = os.environ.get("FASTBOOT_CLIENTS", "fastboot").split(":")
MODE = {"hold": "power,volume-down", "no-wait": "1"}
FLASHED = ("boot", "recovery", "vbmeta", "dtbo", "system")
Result = TypeVar("Result")
SECRET = b"a person's own picture" * 4096


@pytest.fixture(params=CLIENTS)
def client(request, tmp_path, monkeypatch) -> None:
    """That client goes by the name of fastboot."""
    if "/" in request.param:
        (tmp_path / "fastboot").symlink_to(Path(request.param).absolute())
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


@contextlib.contextmanager
def in_fastboot_mode(folder: Path) -> Iterator[RunningPhone]:
    before = fuses.read(folder / "nor.img")
    with RunningPhone(folder, rtc=CLOCK, lab=MODE) as running:
        wait_for(running, "fastboot keys")
        yield running
    assert fuses.tampering(before, fuses.read(folder / "nor.img")) is None


def meanwhile(running: RunningPhone, act: Callable[..., Result], *given: object) -> Result:
    """Does it while the phone is listened to: nobody reads its lines, and all of QEMU waits."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        done = pool.submit(act, *given)
        while not done.done():
            running.pump(0.02)
        running.pump(0.1)
        return done.result()


def run(command: list[object]) -> subprocess.CompletedProcess:
    """With all that it started, should it hang: a client waits for its phone for ever."""
    with subprocess.Popen(
        command,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=HANG_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def flash(running: RunningPhone, package: Path, script: str = "flash_all.sh"):
    address = f"tcp:127.0.0.1:{running.ports[FASTBOOT]}"
    return meanwhile(running, run, [package / script, "-s", address])


def client_says(running: RunningPhone, *asked: str) -> str:
    address = f"tcp:127.0.0.1:{running.ports[FASTBOOT]}"
    done = meanwhile(running, run, ["fastboot", "-s", address, *asked])
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def unlock(running: RunningPhone) -> Path:
    return meanwhile(running, account.unlock, running.folder, None)


def written_in(folder: Path, name: str) -> dict[int, bytes]:
    """What a partition holds: digests of its blocks, by their place in it."""
    begin, length = disk.partitions(folder / "disk.img")[name]
    blocks = written(folder / "disk.img")
    return {at - begin: blocks[at] for at in blocks if begin <= at < begin + length}


def keep_a_picture(folder: Path) -> None:
    offset, _ = disk.partitions(folder / "disk.img")["userdata"]
    with open(folder / "disk.img", "r+b") as file:
        file.seek(offset + (1 << 20))
        file.write(SECRET)


def has_the_picture(folder: Path) -> bool:
    offset, _ = disk.partitions(folder / "disk.img")["userdata"]
    with open(folder / "disk.img", "rb") as file:
        file.seek(offset + (1 << 20))
        return file.read(len(SECRET)) == SECRET


def test_global_bricks_and_china_cures(factory, client):
    """The one by its script, the other as the zip for `fastboot update`."""
    folder = factory(lock="unlocked")
    keep_a_picture(folder)
    with in_fastboot_mode(folder) as running:
        done = flash(running, roms.package("dipper", "global"))
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "done"), done.stderr
        wait_for(running, "brick region-mismatch made-for=cn rom=global")
        keys.press(folder, ["volume-down+power"])
        wait_for(running, "fastboot keys")
        update = f"{roms.package('dipper', 'cn', archives=True)}-img.zip"
        client_says(running, "update", update)
        wait_for(running, "home orange rom=cn", decided=True)
    assert not has_the_picture(folder)


def test_a_locked_phone_does_not_change(factory, client):
    folder = factory()
    before = written(folder / "disk.img")
    with in_fastboot_mode(folder) as running:
        done = flash(running, roms.package("dipper", "global"))
        assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "Erase boot error")
        assert "Erase is not allowed in Lock State" in done.stderr
        assert "unlocked: no" in client_says(running, "getvar", "unlocked")
    assert written(folder / "disk.img") == before


def test_another_models_package(factory, client):
    folder = factory(lock="unlocked")
    before = written(folder / "disk.img")
    with in_fastboot_mode(folder) as running:
        done = flash(running, roms.package("whyred", "cn"))
        assert (done.returncode, done.stdout.splitlines()[-1]) == (
            1,
            "Missmatching image and device",
        )
        update = f"{roms.package('whyred', 'cn', archives=True)}-img.zip"
        with pytest.raises(AssertionError, match="(?i)product"):
            client_says(running, "update", update)
    assert written(folder / "disk.img") == before


def test_an_older_package_stops_first(factory, client, tmp_path):
    """whyred left the factory with index 4."""
    inputs = [*store.rom_inputs("whyred", "cn"), "--rollback-index", "3"]
    how = ["--scripts", roms.TEMPLATES, "--archives", "no"]
    done = romc("package", *inputs, *how, "-o", tmp_path / "old")
    assert done.returncode == 0, done.stderr
    older = tmp_path / "old" / done.stdout.strip()
    folder = factory("whyred", lock="unlocked")
    before = written(folder / "disk.img")
    with in_fastboot_mode(folder) as running:
        done = flash(running, older)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (
            1,
            "current device antirollback version is greater than this package",
        )
        with pytest.raises(AssertionError, match="FAILED"):
            client_says(running, "flash", "vbmeta", str(older / "images" / "vbmeta.img"))
    assert written(folder / "disk.img") == before


def test_except_storage_keeps_user_data(factory, client):
    folder = factory(rom="global", lock="unlocked")
    keep_a_picture(folder)
    with in_fastboot_mode(folder) as running:
        done = flash(running, roms.package("dipper", "cn"), "flash_all_except_storage.sh")
        assert done.returncode == 0, done.stderr
        wait_for(running, "home orange rom=cn", decided=True)
    assert has_the_picture(folder)
    fresh = factory()  # what is flashed is what the factory writes
    for name in FLASHED:
        assert written_in(folder, name) == written_in(fresh, name) != {}, name


def test_the_classic_accident(factory, client):
    """An imported phone, unlocked; the Global ROM and "clean all and lock"."""
    folder = factory(lock="unlocked", policy="shipped")
    keep_a_picture(folder)
    with in_fastboot_mode(folder) as running:
        done = flash(running, roms.package("dipper", "global"), "flash_all_lock.sh")
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "done"), done.stderr
        wait_for(running, "recovery region-mismatch")
    assert not has_the_picture(folder)


def test_slots(factory, client):
    """Android One: every image to both slots, and slot a is the one to start."""
    folder = factory("jasmine_sprout", "global", "global", "unlocked")
    with in_fastboot_mode(folder) as running:
        client_says(running, "erase", "boot_b")
        done = flash(running, roms.package("jasmine_sprout", "global"))
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "done"), done.stderr
        wait_for(running, "home orange rom=global", decided=True)
    for name in ("boot", "vbmeta", "system"):
        assert written_in(folder, f"{name}_a") == written_in(folder, f"{name}_b") != {}, name


def test_unlocking_with_the_account(factory, client):
    """Scenarios 4 and 5: refused while the time runs, then unlocked, and user data is gone."""
    folder = factory()
    keep_a_picture(folder)
    account.bind(folder, "workshop", None)
    with in_fastboot_mode(folder) as running:
        with pytest.raises(LabError, match="After 360 hours of trying to unlock the device"):
            unlock(running)
        account.move_clock(folder, 360)
        answer = unlock(running)
        client_says(running, "stage", str(answer))
        client_says(running, "oem", "unlock")
        wait_for(running, "home orange rom=cn", decided=True)
    assert not has_the_picture(folder)
    with in_fastboot_mode(folder) as running:
        assert "unlocked: yes" in client_says(running, "getvar", "unlocked")


def test_a_rom_of_ones_own(factory, client, tmp_path):
    """Signed with the user's key, which the unlocked phone is given: locked again, it is yellow."""
    key = paths.KEYS / "user.avbpubkey"
    folder = factory(lock="unlocked")
    flash_offline(folder, tmp_path, model="dipper", signed_by="user")
    with in_fastboot_mode(folder) as running:
        with pytest.raises(AssertionError, match="not an RSA key"):
            client_says(running, "flash", "avb_custom_key", str(paths.KEYS / "user.pem"))
        client_says(running, "flash", "avb_custom_key", str(key))
        assert "it would boot" in client_says(running, "oem", "lock-check")
        client_says(running, "oem", "lock")
        wait_for(running, "home yellow rom=cn", decided=True)
    with in_fastboot_mode(folder) as running:
        for asked in (("erase", "avb_custom_key"), ("flash", "avb_custom_key", str(key))):
            with pytest.raises(AssertionError, match="not allowed in Lock State"):
                client_says(running, *asked)


def test_as_a_person_types_it(build, client):
    name = f"flash-{time.time_ns() % 10**9}"
    assert phone("new", name).returncode == 0
    try:
        assert "is off" in phone("fastboot", name, "getvar", "product").stderr
        assert phone("account", "bind", name, "--hours", "0").returncode == 0
        on = phone("power", name, "on", "--headless", "--no-wait", "--hold", "power,volume-down")
        assert on.stdout == "verdict: fastboot keys\n", on.stderr
        assert "product: dipper" in phone("fastboot", name, "getvar", "product").stderr
        done = phone("account", "unlock", name, "--apply")
        assert done.returncode == 0 and "OKAY" in done.stderr, done.stderr
        assert phone("power", name, "off").returncode == 0
        assert phone("run", name, "--headless", "--no-wait").stdout == (
            "verdict: home orange rom=cn\n"
        )
    finally:
        phone("power", name, "cut")
        assert phone("rm", "--yes", name).returncode == 0


def test_answers_that_do_not_count(factory, client):
    """Of another phone, of another key, of an earlier switching-on, damaged, none."""
    folder, other = factory(), factory()
    account.bind(folder, "workshop", 0)
    with in_fastboot_mode(folder) as running:
        earlier = unlock(running).read_bytes()
    with in_fastboot_mode(folder) as running:
        answer = unlock(running)
        good = answer.read_bytes()
        assert good != earlier
        for number in (8, 600, len(good) - 1):
            answer.write_bytes(good[:number] + bytes([good[number] ^ 1]) + good[number + 1 :])
            refuses(running, answer)
        answer.write_bytes(earlier)
        refuses(running, answer)
        sign_with(
            paths.KEYS / "user.pem", meanwhile(running, fastboot.token, folder), answer, other
        )
        refuses(running, answer)
        with pytest.raises(AssertionError, match="Token Verify Failed"):
            client_says(running, "oem", "unlock")
        answer.write_bytes(good)
        client_says(running, "stage", str(answer))
        client_says(running, "oem", "unlock")


def refuses(running: RunningPhone, answer: Path) -> None:
    client_says(running, "stage", str(answer))
    with pytest.raises(AssertionError, match="Token Verify Failed"):
        client_says(running, "oem", "unlock")
    assert "unlocked: no" in client_says(running, "getvar", "unlocked")


def sign_with(key: Path, token: str, answer: Path, work: Path) -> None:
    """romc signs with what is called oem.pem in the folder that it is given."""
    folder = work / "keys"
    folder.mkdir()
    (folder / "oem.pem").write_bytes(key.read_bytes())
    words = ["--product", "dipper", "--chip-id", "e2e00001", "--keys", folder, "-o", answer]
    subprocess.run([paths.ROMC, "sign-unlock", token, *words], check=True, capture_output=True)
