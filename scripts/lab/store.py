# SPDX-License-Identifier: MIT
"""
Phones on disk: one folder each under build/phones.

    phone.json    what it is          nor.img, disk.img   its two flash chips
    trace.jsonl   the last trace      log.txt             the last log
    screen.png    the last picture    lock                held (flock) while it runs or is being made
    qmp.sock      while it runs: QEMU's control socket
    vnc.sock      while it runs in the workshop: its screen
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import ContextManager, Iterator

from . import catalog, outside, paths
from .errors import LabError
from .kept import kept
from .qemu import overlaid_storage

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
FACT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
# What the phone writes of its NOR has its room from the start: a full disk loses no lock change, of
# which QEMU would not tell the phone.
NOR_USED_BYTES = 0x200000
TEXT_FACTS = {"model", "region", "rom", "lock", "policy", "serial"}
NEEDED_FACTS = {"model", "region", "serial"}
STALE_S = 60  # an unfinished folder that nobody holds is swept away after this
KEPT_OF_A_RUN = ("phone.json", "trace.jsonl", "log.txt", "screen.png")


def check_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise LabError(
            f"{name!r} cannot be a phone's name: a to z, 0 to 9, _ and -, at most 40", code=2
        )
    return name


def folder_of(name: str) -> Path:
    """The folder of a phone that exists."""
    folder = paths.PHONES / check_name(name)
    if not (folder / "phone.json").is_file():
        there = names()
        known = "phones: " + ", ".join(there) if there else "there are none yet"
        raise LabError(
            f"there is no phone {name!r}{catalog.near_miss(name, there)} ({known})\n"
            f"make one with: scripts/phone new {name} --region cn --rom cn",
            code=2,
        )
    return folder


def names() -> list[str]:
    if not paths.PHONES.is_dir():
        return []
    return sorted(
        f.name
        for f in paths.PHONES.iterdir()
        if NAME.fullmatch(f.name) and (f / "phone.json").is_file()
    )


def facts(folder: Path) -> dict:
    try:
        data = outside.read_json(folder / "phone.json")
    except (OSError, ValueError) as error:
        raise LabError(f"{folder}/phone.json cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise LabError(f"{folder}/phone.json cannot be read: it is no object")
    for name in sorted(TEXT_FACTS & data.keys()):
        if not isinstance(data[name], str) or not FACT.fullmatch(data[name]):
            raise LabError(
                f"{folder}/phone.json: {name} must be a name (letters, digits, . _ -, at most 64); "
                "make the phone again"
            )
    missing = sorted(NEEDED_FACTS - data.keys())
    if missing:
        raise LabError(f"{folder}/phone.json lacks {', '.join(missing)}; make the phone again")
    return data


class Held:
    """Holds a phone's folder for this process alone; the kernel lets go of it however we end."""

    def __init__(self, folder: Path) -> None:
        try:
            self._file = outside.written(folder / "lock", keep=True)
        except PermissionError:
            raise LabError(
                f"the phone {folder.name} belongs to {folder.owner()}: keep phones of your own in a build "
                "folder of your own, with FLASHLAB_BUILD=~/flashlab-build"
            ) from None
        except OSError as error:
            raise LabError(f"the phone {folder.name} cannot be held: {error}") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise LabError(
                f"the phone {folder.name} is already running; end it with: "
                f"scripts/phone power {folder.name} off"
            ) from None

    def __enter__(self) -> "Held":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def is_running(folder: Path) -> bool:
    """Also of a phone that is somebody else's."""
    try:
        with outside.opened(folder / "lock") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False  # there is none that anybody could hold


class Taken(LabError):
    """There is a phone of that name already."""


class NewPhone:
    """
    A phone fresh from the factory, made in a temporary folder. keep() gives it its name; without
    that it is gone when the `with` block is left, whatever the way. For one run it needs no disk of
    its own: `storage` is then QEMU's overlay on the factory's.
    """

    def __init__(
        self,
        *,
        model: str,
        region: str,
        rom: str,
        lock: str,
        policy: str,
        serial: str | None = None,
        rollback: int | None = None,
        tag: str = "new",
        for_one_run: bool = False,
    ) -> None:
        self.facts = {
            "model": catalog.check("model", model),
            "region": catalog.check("region", region),
            "rom": catalog.check("rom", rom),
            "lock": catalog.check("lock", lock),
            "policy": catalog.check("policy", policy),
            "serial": serial or os.urandom(4).hex(),
        }
        catalog.check_market(model, region)
        if rollback is not None:
            self.facts["rollback"] = rollback
        self.folder = paths.PHONES / f".{tag}-{os.urandom(6).hex()}"
        self.storage: list[str] | None = None
        self._for_one_run = for_one_run
        self._held: Held | None = None
        self._borrowed = contextlib.ExitStack()

    def __enter__(self) -> "NewPhone":
        paths.need(
            paths.BOARDC, paths.ROMC, paths.FIRMWARE, paths.ROOT_KEY, paths.KERNEL, paths.BUSYBOX
        )
        try:
            paths.PHONES.mkdir(parents=True, exist_ok=True)
            sweep()
            self.folder.mkdir()
            self._held = Held(self.folder)
            _write_nor(self.folder, self.facts)
            self._get_disk(factory_disk(self.facts["model"], self.facts["rom"]))
            (self.folder / "phone.json").write_text(json.dumps(self.facts, indent=2) + "\n")
        except OSError as error:
            self.__exit__()
            raise LabError(f"the phone could not be made: {error}") from None
        except BaseException:
            self.__exit__()
            raise
        return self

    def _get_disk(self, factory: ContextManager[Path]) -> None:
        if self._for_one_run:
            self.storage = overlaid_storage(self._borrowed.enter_context(factory))
            return
        with factory as made:
            tool(["cp", "--reflink=auto", "--sparse=auto", made, self.folder / "disk.img"])

    def keep(self, name: str) -> Path:
        """All or nothing: a rename. Refuses to replace a phone."""
        target = paths.PHONES / check_name(name)
        try:
            os.rename(self.folder, target)
        except OSError:
            if not target.exists():
                raise
            raise already_there(name) from None
        self.folder = target
        self.release()
        return target

    def release(self) -> None:
        if self._held:
            self._held.__exit__()
            self._held = None

    def __exit__(self, *_: object) -> None:
        if self.folder.name.startswith("."):
            shutil.rmtree(self.folder, ignore_errors=True)
        self._borrowed.close()
        self.release()


def already_there(name: str) -> Taken:
    return Taken(f"there is a phone {name} already (scripts/phone rm {name} removes it)", code=2)


def _write_nor(folder: Path, phone: dict) -> None:
    tool([*nor_command(phone), "-o", folder / "nor.img"])
    with_room(folder / "nor.img")


def with_room(nor: Path) -> None:
    with open(nor, "r+b") as file:
        os.posix_fallocate(file.fileno(), 0, NOR_USED_BYTES)


def nor_command(phone: dict) -> list:
    """How boardc makes the NOR of that phone; -o FILE is still to be said."""
    return [
        paths.BOARDC,
        "nor",
        paths.MODEL_FILES / f"{phone['model']}.yaml",
        "--region",
        phone["region"],
        "--firmware",
        paths.FIRMWARE,
        "--root-key",
        paths.ROOT_KEY,
        "--serial",
        phone["serial"],
        "--lock",
        phone["lock"],
        "--policy",
        phone["policy"],
        *(["--rollback", phone["rollback"]] if "rollback" in phone else []),
    ]


@contextlib.contextmanager
def factory_disk(model: str, rom: str) -> Iterator[Path]:
    """A disk that is kept: it is the same for all phones of a model with the same ROM. Read only."""
    inputs = rom_inputs(model, rom)
    key = f"{model}-{rom}"

    def make() -> str:
        tool([paths.ROMC, "disk", *inputs, "-o", paths.DISKS / f"{key}.img"])
        return f"{key}.img"

    with kept(
        paths.DISKS,
        key,
        [paths.ROMC, *inputs],
        make=make,
        is_whole=lambda name: (paths.DISKS / name).is_file(),
        remove=lambda name: (paths.DISKS / name).unlink(missing_ok=True),
    ) as name:
        yield paths.DISKS / name


def rom_inputs(model: str, rom: str) -> list:
    """What romc makes a ROM of: the manifest, then its options."""
    inputs = {
        "model": paths.MODEL_FILES / f"{model}.yaml",
        "keys": paths.KEYS,
        "kernel": paths.KERNEL,
        "modules": paths.MODULES,
        "userland": paths.USERLAND,
        "busybox": paths.BUSYBOX,
    }
    options = (word for name, path in inputs.items() for word in (f"--{name}", path))
    return [paths.ROM_FILES / f"{rom}.yaml", *options]


def tool(command: list) -> None:
    """Runs one of our compilers; what it complains about is passed on as it is."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        said = done.stdout.decode(errors="replace").strip()
        raise LabError(said or f"{command[0]} ended with {done.returncode} and said nothing")


def sweep() -> None:
    """Removes what a killed process left: hidden folders that nobody holds and that are not new."""
    for folder in paths.PHONES.glob(".*-*"):
        try:
            if time.time() - folder.stat().st_mtime > STALE_S and not is_running(folder):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # somebody else's, and just gone


def remember_last(folder: Path) -> None:
    """Keeps the small files of a fresh phone's run where `explain` and `shot` find them."""
    fresh = paths.BUILD / f".last-{os.urandom(6).hex()}"
    fresh.mkdir()
    try:
        for name in KEPT_OF_A_RUN:
            if (folder / name).exists():
                shutil.copyfile(folder / name, fresh / name)
        with open(paths.PHONES / ".last.lock", "a", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            shutil.rmtree(paths.LAST, ignore_errors=True)
            os.rename(fresh, paths.LAST)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def remove(name: str) -> None:
    """For ever; of a phone that is a link to another folder, the link."""
    folder = folder_of(name)
    with Held(folder):
        if folder.is_symlink():
            folder.unlink()
            return
        gone = paths.PHONES / f".gone-{os.urandom(6).hex()}"
        os.rename(folder, gone)
        shutil.rmtree(gone)
