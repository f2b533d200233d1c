# SPDX-License-Identifier: MIT
"""What the tests of romc share: small inputs to build a ROM from, and ways to look at the result."""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import subprocess
from pathlib import Path

import avb_check
import yaml
from lab import paths

HANG_S = 300

ZEROS = bytes(4096)

# An arm64 kernel as far as anybody here looks at it.
TINY_KERNEL = b"MZ" + bytes(54) + b"ARM\x64" + bytes(4) + b"flashlab" * 1000

MODULES = ("virtio_mmio", "virtio_console", "virtio_blk", "virtio_input", "evdev", "dm_verity", "squashfs",
           "sha512_generic")


def tool(name: str) -> str:
    """Debian keeps some of them where a plain user's PATH does not go."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    assert found, f"{name} is missing"
    return found


def romc(*words: object) -> subprocess.CompletedProcess:
    return subprocess.run([paths.ROMC, *map(str, words)], text=True, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=HANG_S, check=False)


def elf(modinfo: bytes = b"", machine: int = 183) -> bytes:
    """The smallest ELF file for AArch64 with a section .modinfo."""
    names = b"\0.shstrtab\0.modinfo\0"
    begin = 64 + len(names) + len(modinfo)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01" + bytes(9), 1, machine, 1, 0, 0,
                         begin, 0, 64, 0, 0, 64, 3, 1)

    def section(name: int, kind: int, offset: int, size: int) -> bytes:
        return struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, offset, size, 0, 0, 1, 0)

    return (header + names + modinfo + section(0, 0, 0, 0) + section(1, 3, 64, len(names))
            + section(11, 1, 64 + len(names), len(modinfo)))


def written(path: Path) -> dict[int, bytes]:
    """What a sparse file holds: digests of its blocks that are not zero, by their place."""
    blocks, at = {}, 0
    with path.open("rb") as file:
        while True:
            try:
                at = os.lseek(file.fileno(), at, os.SEEK_DATA) & ~4095
            except OSError:
                return blocks
            end = os.lseek(file.fileno(), at, os.SEEK_HOLE)
            while at < end:
                block = os.pread(file.fileno(), 4096, at)
                if block != ZEROS[: len(block)]:
                    blocks[at] = hashlib.sha256(block).digest()
                at += 4096


class Inputs:
    """What a ROM is made of, small, in a folder of its own; change a field and build."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.rom = paths.ROM_FILES / "cn.yaml"
        self.model = paths.MODEL_FILES / "dipper.yaml"
        self.keys = paths.KEYS
        self.kernel = folder / "kernel"
        self.modules = folder / "modules"
        self.userland = folder / "userland"
        self.busybox = folder / "busybox"
        self.kernel.write_bytes(TINY_KERNEL)
        self.busybox.write_bytes(elf())
        self.userland.mkdir()
        self.program("init")
        self.program("recovery", elf(b"recovery"))
        self.modules.mkdir()
        self.set_modules(dict.fromkeys(MODULES, ""))

    def program(self, name: str, content: bytes = elf(), mode: int = 0o755) -> None:
        (self.userland / name).write_bytes(content)
        (self.userland / name).chmod(mode)

    def odd_userland(self) -> None:
        """Programs for the phone, one of them in an applet's place; and what a build folder has besides."""
        self.program("getprop")
        self.program("dmesg", elf(b"our own"))
        self.program("home-preview", elf(machine=62))  # for this machine
        self.program("notes.txt", b"not a program")
        self.program("object.o", elf(), mode=0o644)
        (self.userland / "init.p").mkdir()

    def set_modules(self, depends: dict[str, str], builtin: tuple[str, ...] = ("virtio",)) -> None:
        (self.modules / "kernel").mkdir(exist_ok=True)
        for name, needs in depends.items():
            info = b"license=GPL\0depends=" + needs.encode() + b"\0name=" + name.encode() + b"\0"
            (self.modules / "kernel" / f"{name}.ko").write_bytes(elf(info))
        (self.modules / "modules.order").write_text("".join(f"kernel/{n}.ko\n" for n in depends))
        (self.modules / "modules.builtin").write_text("".join(f"kernel/{n}.ko\n" for n in builtin))

    def copy(self, what: str, change: tuple[str, str] | None = None) -> Path:
        """Takes a copy of the manifest or the model instead, with a change in it."""
        text = getattr(self, what).read_text(encoding="utf-8")
        if change:
            assert change[0] in text
            text = text.replace(*change, 1)
        copied = self.folder / getattr(self, what).name
        copied.write_text(text, encoding="utf-8")
        setattr(self, what, copied)
        return copied

    def words(self) -> list[object]:
        return [self.rom, "--model", self.model, "--keys", self.keys, "--kernel", self.kernel,
                "--modules", self.modules, "--userland", self.userland, "--busybox", self.busybox]

    def image_names(self) -> list[str]:
        """What the model has partitions for; boot and vbmeta in any case."""
        partitions = yaml.safe_load(self.model.read_text(encoding="utf-8"))["partitions"]
        there = {part["name"].removesuffix("_a") for part in partitions}
        return [name for name in ("boot", "dtbo", "recovery", "system", "vbmeta") if name in there]

    def all_images(self, *options: object, name: str = "out") -> dict[str, bytes]:
        out = self.folder / name
        done = romc("images", *self.words(), *options, "-o", out)
        assert (done.returncode, done.stderr) == (0, "")
        assert sorted(path.name for path in out.iterdir()) == [f"{n}.img" for n in self.image_names()]
        return {path.stem: path.read_bytes() for path in out.iterdir()}

    def images(self, name: str = "out") -> tuple[bytes, bytes]:
        images = self.all_images(name=name)
        return images["boot"], images["vbmeta"]

    def ramdisk(self) -> dict[str, avb_check.Entry]:
        shutil.rmtree(self.folder / "for-ramdisk", ignore_errors=True)
        boot, _ = self.images("for-ramdisk")
        kernel_size, = struct.unpack("<I", boot[8:12])
        ramdisk_size, = struct.unpack("<I", boot[16:20])
        begin = 4096 + (kernel_size + 4095) // 4096 * 4096
        return avb_check.read_newc(boot[begin:begin + ramdisk_size])

    def refused(self, *expected: str) -> str:
        """Neither images nor a disk are made, both for the same reason, and nothing is left."""
        before = sorted(self.folder.iterdir())
        said = []
        for words in (("images", *self.words(), "-o", self.folder / "out"),
                      ("disk", *self.words(), "-o", self.folder / "disk.img")):
            done = romc(*words)
            assert done.returncode == 1 and done.stdout == ""
            said.append(done.stderr)
        assert sorted(self.folder.iterdir()) == before
        assert said[0] == said[1]
        for part in expected:
            assert part in said[0]
        return said[0]
