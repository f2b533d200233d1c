# SPDX-License-Identifier: MIT
"""
What is measured beside our bootloader: a firmware of six instructions, QEMU's own loader, U-Boot, and
EDK2 - to which QEMU hands the kernel: it starts files of an EFI partition, which a phone does not have.

All of them start the phone's kernel and ramdisk, with the words that our bootloader says to the
kernel. Neither QEMU nor U-Boot unpacks an Image.lz4: on their disk the kernel lies plain.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import zlib
from pathlib import Path
from typing import NamedTuple

from .. import disk, paths, qemu, shell, store, verdict
from ..errors import LabError

HANG_S = 60.0
PIXELS = 0x70000000  # out of the way of U-Boot, which moves itself to the end of the memory
UBOOT = Path("/usr/lib/u-boot/qemu_arm64/u-boot.bin")  # Debian package u-boot-qemu
EDK2 = Path("/usr/share/qemu-efi-aarch64/QEMU_EFI.fd")  # Debian package qemu-efi-aarch64
UBOOT_ENV_BYTES = 0x40000
FLASH_BYTES = 64 << 20
SECTOR = 512

# Line 0 of the secure PL061 is the power switch.
FLOOR = """
    mov x1, #0x090b0000
    mov w2, #1
    str w2, [x1, #0x400]    /* line 0 is an output */
    str wzr, [x1, #4]
    str w2, [x1, #4]        /* off */
    b .
"""


class Piece(NamedTuple):
    """A part of the boot image: where it lies on the disk."""

    offset: int
    length: int


def floor_nor(folder: Path, template: Path, name: str = "floor", before: str = "") -> Path:
    """A NOR as the phones have, with the floor's firmware in it: what it does `before` it powers off."""
    (folder / f"{name}.s").write_text(before + FLOOR)
    subprocess.run(
        ["aarch64-linux-gnu-as", "-o", f"{name}.o", f"{name}.s"], cwd=folder, check=True
    )
    subprocess.run(
        ["aarch64-linux-gnu-objcopy", "-O", "binary", "-j", ".text", f"{name}.o", f"{name}.bin"],
        cwd=folder,
        check=True,
    )
    code = (folder / f"{name}.bin").read_bytes()
    assert before or len(code) == 6 * 4, len(code)
    nor = folder / f"{name}.img"
    subprocess.run(["cp", "--sparse=always", template, nor], check=True)
    with open(nor, "r+b") as file:
        file.write(code)
    return nor


def plain_disk(folder: Path, model: str, rom: str) -> Path:
    """The phone's disk, but for the kernel: as Debian packs it."""
    inputs = [str(word) for word in store.rom_inputs(model, rom)]
    inputs[inputs.index("--kernel") + 1] = str(paths.ARM64 / "vmlinuz")
    image = folder / "plain.img"
    subprocess.run([paths.ROMC, "disk", *inputs, "-o", image], check=True)
    return image


def boot_pieces(image: Path) -> tuple[Piece, Piece]:
    """Kernel and ramdisk in the disk's boot partition (boot image v0 to v2)."""
    begin, _ = disk.partitions(image)["boot"]
    with open(image, "rb") as file:
        file.seek(begin)
        header = file.read(40)
    kernel_bytes, _, ramdisk_bytes = struct.unpack_from("<3I", header, 8)
    page = struct.unpack_from("<I", header, 36)[0]
    ramdisk = page + (kernel_bytes + page - 1) // page * page
    return Piece(begin + page, kernel_bytes), Piece(begin + ramdisk, ramdisk_bytes)


def copy_out(image: Path, piece: Piece, out: Path) -> None:
    with open(image, "rb") as file:
        file.seek(piece.offset)
        out.write_bytes(file.read(piece.length))


def command_line(folder: Path) -> str:
    """What our bootloader tells the kernel, asked on the console."""
    with qemu.RunningPhone(folder) as phone:
        if not phone.wait_for(lambda: verdict.words(phone.events), HANG_S):
            raise LabError("the phone that should boot gave no verdict")
        said, code = shell.ask(phone, "cat /proc/cmdline")
        found = re.search(r"^(console=.*|.*androidboot\..*)$", said, re.MULTILINE)
        if code != 0 or not found:
            raise LabError(f"the ROM's shell did not tell the kernel's command line: {said!r}")
        return found.group(1)


def panel_of(model: str) -> tuple[int, int]:
    """The model's panel: width and height in pixels."""
    file = paths.MODEL_FILES / f"{model}.yaml"
    facts = json.loads(subprocess.check_output([paths.BOARDC, "facts", file]))
    return facts["panel_width_px"], facts["panel_height_px"]


def tree_with_framebuffer(folder: Path, machine: list[str], canvas: tuple[int, int]) -> Path:
    """The machine's own device tree, with a panel as our bootloader describes it."""
    tree = folder / "machine.dtb"
    name, *rest = machine[1:]
    dump = [qemu.QEMU, "-M", f"{name},dumpdtb={tree}", *rest]
    subprocess.run(dump, check=True, capture_output=True)
    width, height = canvas
    pixels = [0, PIXELS, 0, (width * height * 4 + 4095) // 4096 * 4096]
    wide = {"#address-cells": [2], "#size-cells": [2], "ranges": []}
    panel = {
        "reg": pixels,
        "compatible": "simple-framebuffer",
        "width": [width],
        "height": [height],
        "stride": [width * 4],
        "format": "x8r8g8b8",
    }
    nodes = {
        "/chosen": wide,
        f"/chosen/framebuffer@{PIXELS:x}": panel,
        "/reserved-memory": wide,
        f"/reserved-memory/framebuffer@{PIXELS:x}": {"reg": pixels, "no-map": []},
    }
    for node, properties in nodes.items():
        for key, value in properties.items():
            words = [value] if isinstance(value, str) else [hex(cell) for cell in value]
            kind = "s" if isinstance(value, str) else "x"
            subprocess.run(["fdtput", "-p", "-t", kind, tree, node, key, *words], check=True)
    return tree


def _read(address: str, piece: Piece) -> str:
    blocks = (piece.length + SECTOR - 1) // SECTOR
    assert piece.offset % SECTOR == 0
    return f"virtio read {address} {piece.offset // SECTOR:x} {blocks:x}"


def uboot_nor(folder: Path, image: Path, words: str) -> Path:
    """U-Boot's second NOR bank: an environment that boots from the phone's disk without waiting."""
    kernel, ramdisk = boot_pieces(image)
    steps = [
        "virtio scan",
        _read("${kernel_addr_r}", kernel),
        _read("${ramdisk_addr_r}", ramdisk),
        f"booti ${{kernel_addr_r}} ${{ramdisk_addr_r}}:{ramdisk.length:x} ${{fdtcontroladdr}}",
    ]
    variables = {
        "bootdelay": "-2",
        "bootcmd": "; ".join(steps),
        "bootargs": words,
        "kernel_addr_r": "0x40400000",
        "ramdisk_addr_r": "0x44000000",
        # Where they are is where they stay: nothing is moved.
        "fdt_high": "0xffffffffffffffff",
        "initrd_high": "0xffffffffffffffff",
    }
    data = b"".join(f"{key}={value}".encode() + b"\0" for key, value in variables.items())
    data = data.ljust(UBOOT_ENV_BYTES - 4, b"\0")
    nor = folder / "uboot-env.img"
    with open(nor, "wb") as file:
        file.write(struct.pack("<I", zlib.crc32(data)) + data)
        file.truncate(FLASH_BYTES)
    return nor
