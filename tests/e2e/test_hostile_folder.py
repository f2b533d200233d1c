# SPDX-License-Identifier: MIT
"""
A phone's folder that somebody else has filled - an archive that was handed on, a share of a class: what
stands there in the place of a file is not waited for, has an end, and leads nowhere else.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Callable

import pytest

from conftest import ROOT
from lab import account, fastboot, fuses, outside, paths, power, qemu, schema, store, trace, usb
from lab.errors import LabError

HANG_S = 60  # a detector: each of these takes no time
VICTIM = b"not of this phone\n"


def a_pipe(file: Path) -> None:
    os.mkfifo(file)


def a_device_without_end(file: Path) -> None:
    file.symlink_to("/dev/zero")


def a_link_to_itself(file: Path) -> None:
    file.symlink_to(file)


def a_folder(file: Path) -> None:
    file.mkdir()


def a_link_elsewhere(file: Path) -> None:
    file.symlink_to(file.with_name("victim"))


ODD = (a_pipe, a_device_without_end, a_link_to_itself, a_folder)
READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "facts": ("phone.json", store.facts),
    "trace": ("trace.jsonl", lambda folder: trace.read(folder / "trace.jsonl")),
    "log of the keeper": ("keeper.txt", power.what_keeper_said),
    "fuses": ("nor.img", lambda folder: fuses.read(folder / "nor.img")),
    "account": ("account.json", account.load),
    "ports": (qemu.PORTS, fastboot.address),
    "process": (qemu.PID, power._qemu_of),
    "port of the cable": (usb.PORT_FILE, usb._last_port),
    "whether it runs": ("lock", store.is_running),
}


@pytest.fixture(autouse=True)
def no_hang():
    def hangs(*_: object) -> None:
        raise AssertionError("it is waited for")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(HANG_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "phone"
    made.mkdir()
    (made / "victim").write_bytes(VICTIM)
    (made / "nor.img").write_bytes(bytes(0x180000))
    return made


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.__name__)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_file_is_not_read(folder, reader, odd, monkeypatch):
    name, read = READERS[reader]
    if name == qemu.PORTS:
        monkeypatch.setattr(store, "is_running", lambda folder: True)
    (folder / name).unlink(missing_ok=True)
    odd(folder / name)
    try:
        found = read(folder)
    except (LabError, OSError) as error:
        assert str(error)
    else:
        assert not found


@pytest.mark.parametrize("odd", (*ODD, a_link_elsewhere), ids=lambda odd: odd.__name__)
@pytest.mark.parametrize("name", ("lock", "trace.jsonl", "log.txt", "keeper.txt", "fuses.seen"))
def test_nothing_is_written_elsewhere(folder, name, odd):
    odd(folder / name)
    with pytest.raises(OSError):
        outside.written(folder / name)
    with pytest.raises(OSError):
        outside.written(folder / name, keep=True)
    assert (folder / "victim").read_bytes() == VICTIM


PHONE = ("--region", "cn", "--serial", "a", "--lock", "locked", "--policy", "none")
MADE_OF = ("--firmware", paths.FIRMWARE, "--root-key", paths.ROOT_KEY)
MODEL = paths.MODEL_FILES / "dipper.yaml"
ANSWER = ("--challenge", "0" * 64, "--chip-id", "a", "--sign-with", "oem", "--keys", paths.KEYS)
WRITERS: dict[str, tuple] = {
    "boardc": (paths.BOARDC, "nor", MODEL, *PHONE, *MADE_OF, "-o"),
    "romc": (paths.ROMC, "sign-rescue", *ANSWER, "-o"),
    "phone": (ROOT / "scripts" / "phone", "matrix", "x.yaml", "--junit"),
    "page": ("/usr/bin/python3", ROOT / "scripts" / "web" / "build_page.py"),
}


@pytest.mark.parametrize("odd", (a_pipe, a_link_elsewhere, a_folder), ids=lambda odd: odd.__name__)
@pytest.mark.parametrize("writer", WRITERS)
def test_what_is_no_file_is_not_replaced(build, folder, writer, odd):
    """By what is written beside it first: /dev/null was, for everybody on the computer."""
    out = folder / "out"
    odd(out)
    if out.is_dir():
        (out / "victim").write_bytes(VICTIM)
    before = out.lstat()
    done = subprocess.run([*WRITERS[writer], out], capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode in (1, 2) and str(out) in done.stderr
    assert (out.lstat().st_mode, out.lstat().st_ino) == (before.st_mode, before.st_ino)
    assert not out.is_dir() or (out / "victim").read_bytes() == VICTIM
    assert sorted(file.name for file in folder.iterdir()) == ["nor.img", "out", "victim"]


def test_a_pipe_is_no_kernel(build, folder):
    a_pipe(folder / "pipe")
    command = [paths.ROMC, "kernel", folder / "pipe", "-o", folder / "out"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 1 and "not a regular file" in done.stderr


@pytest.mark.parametrize("name", ("lock", "trace.jsonl", "log.txt", "fuses.seen"))
def test_a_phone_with_a_link_does_not_start(fake, name):
    victim = fake.folder / "victim"
    victim.write_bytes(VICTIM)
    (fake.phone_folder / name).symlink_to(victim)
    done = fake("brick", "run", "fake", "--headless")
    assert done.returncode in (1, 3) and name in done.stderr and "Traceback" not in done.stderr
    assert victim.read_bytes() == VICTIM


def test_a_trace_without_end_is_read_to_a_measure(tmp_path):
    file = tmp_path / "trace.jsonl"
    file.write_bytes(b'{"t_us":1,"stage":"flow","event":"power-on"}\n')
    os.truncate(file, 1 << 40)
    assert len(schema.read_trace(file)) == 1
