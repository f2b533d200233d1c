# SPDX-License-Identifier: MIT
"""
ROMs for a page that runs no kernel: romc makes and signs them as ever, out of a kernel of 4 KiB
that is one only as far as the bootloader looks, and of programs that are none. So a ROM is some
20 KiB.
"""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from lab import paths
from lab.errors import LabError

KERNEL_BYTES = 4096
KERNEL_TEXT = b"No kernel runs in a web page: this one is here to be verified. "
MODULES = ("virtio_mmio", "virtio_console", "virtio_blk", "virtio_input", "evdev", "dm_verity",
           "squashfs", "sha512_generic")  # fmt: skip
PROGRAMS = ("init", "recovery")
AARCH64 = 183


def kernel() -> bytes:
    """The header of Documentation/arch/arm64/booting.rst, and words."""
    header = b"MZ" + bytes(6) + struct.pack("<QQQ", 0, KERNEL_BYTES, 0xA) + bytes(24) + b"ARM\x64"
    text = KERNEL_TEXT * (KERNEL_BYTES // len(KERNEL_TEXT))
    return (header + bytes(4) + text).ljust(KERNEL_BYTES, b"\0")[:KERNEL_BYTES]


def _elf(modinfo: bytes = b"") -> bytes:
    """The smallest ELF file for AArch64 that has a section .modinfo."""
    names = b"\0.shstrtab\0.modinfo\0"
    begin = 64 + len(names) + len(modinfo)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01" + bytes(9), 1, AARCH64, 1, 0, 0, begin, 0, 64,
        0, 0, 64, 3, 1)  # fmt: skip

    def section(name: int, kind: int, offset: int, size: int) -> bytes:
        return struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, offset, size, 0, 0, 1, 0)

    return (
        header
        + names
        + modinfo
        + section(0, 0, 0, 0)
        + section(1, 3, 64, len(names))
        + section(11, 1, 64 + len(names), len(modinfo))
    )


class StubRoms:
    """Makes ROMs in a folder of its own; the keys are those of the build folder."""

    def __init__(self, folder: Path) -> None:
        paths.need(paths.ROMC, paths.ROOT_KEY)
        self._folder = folder
        modules = folder / "modules" / "kernel"
        userland = folder / "userland"
        modules.mkdir(parents=True)
        userland.mkdir()
        (folder / "kernel").write_bytes(kernel())
        for name in PROGRAMS:
            program = userland / name
            program.write_bytes(_elf())
            program.chmod(0o755)
        for name in MODULES:
            info = b"license=GPL\0depends=\0name=" + name.encode() + b"\0"
            (modules / f"{name}.ko").write_bytes(_elf(info))
        order = "".join(f"kernel/{name}.ko\n" for name in MODULES)
        (modules.parent / "modules.order").write_text(order)
        (modules.parent / "modules.builtin").write_text("kernel/virtio.ko\n")

    def inputs(self, model: str, rom: str) -> list:
        return [
            paths.ROM_FILES / f"{rom}.yaml",
            "--model", paths.MODEL_FILES / f"{model}.yaml",
            "--keys", paths.KEYS,
            "--kernel", self._folder / "kernel",
            "--modules", self._folder / "modules",
            "--userland", self._folder / "userland",
        ]  # fmt: skip

    def images(self, model: str, rom: str, *options: object) -> dict[str, bytes]:
        """What of it lies in partitions: name (without a slot's suffix) -> bytes."""
        out = self._folder / "-".join([model, rom, *map(str, options)])
        if not out.is_dir():
            _run([paths.ROMC, "images", *self.inputs(model, rom), *options, "-o", out])
        return {path.stem: path.read_bytes() for path in sorted(out.iterdir())}

    def disk(self, model: str, rom: str) -> Path:
        """The whole disk, sparse, as a phone has it when it leaves the factory."""
        out = self._folder / f"{model}-{rom}.disk"
        if not out.is_file():
            _run([paths.ROMC, "disk", *self.inputs(model, rom), "-o", out])
        return out


def _run(command: list) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LabError(done.stderr.strip() or f"{command[0]} ended with {done.returncode}")
