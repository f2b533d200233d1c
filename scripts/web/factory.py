# SPDX-License-Identifier: MIT
"""What leaves the factory, as the page's files: packs (pack.js reads them), the table of models."""

from __future__ import annotations

import json
import struct
import subprocess
import zlib
from pathlib import Path

from lab import catalog, disk, paths
from lab.errors import LabError
from lab.qemu import MACHINE, QEMU
from stub import StubRoms

NOR_BEGIN, NOR_END, NOR_SECTOR = 0x100000, 0x200000, 0x40000
BLOCK = 4096  # of images: what is all zeros is left out
GPT_HEAD_BYTES = 34 * disk.SECTOR
GPT_TAIL_BYTES = 33 * disk.SECTOR
DTB_HEADER = struct.Struct(">10I")  # Devicetree Specification, 5.2
KEPT = (  # of a model's facts
    "codename", "name", "os", "released", "regions", "protections", "slots", "rollback_index",
)  # fmt: skip
FDT_BEGIN_NODE, FDT_PROP, FDT_END = 1, 3, 9


def pack(pieces: dict[str, bytes]) -> bytes:
    index, at = {}, 0
    for name, piece in pieces.items():
        index[name] = [at, len(piece)]
        at += len(piece)
    head = json.dumps(index, separators=(",", ":")).encode()
    return struct.pack("<I", len(head)) + head + b"".join(pieces.values())


def image_pieces(rom: str, images: dict[str, bytes]) -> dict[str, bytes]:
    """Images without their zeros: "ROM/NAME@OFFSET" -> bytes; and the whole sizes, as JSON."""
    sizes = {name: len(content) for name, content in images.items()}
    pieces = {f"{rom}/sizes": json.dumps(sizes).encode()}
    for name, content in images.items():
        begin = None
        for at in range(0, len(content) + BLOCK, BLOCK):
            is_blank = not content[at : at + BLOCK].strip(b"\0")
            if begin is None and not is_blank:
                begin = at
            elif begin is not None and is_blank:
                pieces[f"{rom}/{name}@{begin}"] = content[begin:at]
                begin = None
    return pieces


def alike_together(pieces: dict[str, bytes]) -> dict[str, bytes]:
    """The ROMs' images of one name behind one another: gzip looks back 32 KiB, and no further."""
    return dict(sorted(pieces.items(), key=lambda piece: piece[0].split("/")[1]))


def serial(model: str) -> str:
    """The same for everybody who opens the page."""
    return f"{zlib.crc32(model.encode()):08x}"


def nor(model: str, region: str, lock: str, policy: str, folder: Path, *options: object) -> bytes:
    """Everything behind the firmware: overlay, fuses, state."""
    out = folder / "nor.img"
    command = [
        paths.BOARDC, "nor", paths.MODEL_FILES / f"{model}.yaml", "--region", region,
        "--firmware", paths.FIRMWARE, "--root-key", paths.ROOT_KEY, "--serial", serial(model),
        "--lock", lock, "--policy", policy, *options, "-o", out,
    ]  # fmt: skip
    done = subprocess.run([str(word) for word in command], capture_output=True, check=False)
    if done.returncode != 0:
        raise LabError(done.stderr.decode(errors="replace").strip())
    with open(out, "rb") as file:
        file.seek(NOR_BEGIN)
        return file.read(NOR_END - NOR_BEGIN)


def nor_pieces(name: str, content: bytes) -> dict[str, bytes]:
    """Sector by sector, without the ones at its end."""
    pieces = {}
    for at in range(0, len(content), NOR_SECTOR):
        sector = content[at : at + NOR_SECTOR].rstrip(b"\xff")
        if sector:
            pieces[f"{name}/{NOR_BEGIN + at:x}"] = sector
    return pieces


def model_pack(model: str, roms: StubRoms, folder: Path) -> tuple[dict, bytes]:
    """The facts about a model, and a pack with its partition table and all its factory NORs."""
    facts = json.loads(_facts(model))
    image = roms.disk(model, "cn")
    size = image.stat().st_size
    with open(image, "rb") as file:
        head = file.read(GPT_HEAD_BYTES)
        file.seek(size - GPT_TAIL_BYTES)
        tail = file.read()
    pieces = {"gpt/head": head, "gpt/tail": tail}
    for region in facts["regions"]:
        for lock in catalog.LOCKS:
            for policy in catalog.POLICIES:
                content = nor(model, region, lock, policy, folder)
                pieces.update(nor_pieces(f"nor/{region}/{lock}/{policy}", content))
    about = {key: facts[key] for key in KEPT if key in facts}
    about |= {
        "serial": serial(model),
        "blocks": size // disk.SECTOR,
        "panel": [facts["panel_width_px"], facts["panel_height_px"]],
        "partitions": disk.partitions(image),
    }
    return about, pack(pieces)


def _facts(model: str) -> str:
    command = [str(paths.BOARDC), "facts", str(paths.MODEL_FILES / f"{model}.yaml")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def machine_dtb(folder: Path) -> bytes:
    """The tree that QEMU gives the bootloader on the other port."""
    out = folder / "machine.dtb"
    machine = [word + f",dumpdtb={out}" if word.startswith("virt,") else word for word in MACHINE]
    done = subprocess.run(
        [QEMU, *machine, "-display", "none"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if not out.is_file():
        said = done.stderr.decode(errors="replace").strip()
        raise LabError(f"{QEMU} gave no device tree: {said}")
    return _without_room(out.read_bytes())


def seeds(dtb: bytes) -> list[list[int]]:
    """
    Where its seeds lie, [offset, length] each: QEMU makes them anew at each start, and so must the
    page (bootloader/fastboot/unlock.c takes them for its nonces).
    """
    _, _, structs, strings, *_ = DTB_HEADER.unpack_from(dtb)
    found, at = [], structs
    while (token := _word(dtb, at)) != FDT_END:
        at += 4
        if token == FDT_BEGIN_NODE:
            at = (dtb.index(b"\0", at) + 4) & ~3
        elif token == FDT_PROP:
            length, name = _word(dtb, at), strings + _word(dtb, at + 4)
            if dtb[name : dtb.index(b"\0", name)] in (b"rng-seed", b"kaslr-seed"):
                found.append([at + 8, length])
            at = (at + 8 + length + 3) & ~3
    return found


def _word(dtb: bytes, at: int) -> int:
    return int.from_bytes(dtb[at : at + 4], "big")


def _without_room(dtb: bytes) -> bytes:
    """QEMU leaves most of a MiB free behind its tree."""
    magic, _, structs, strings, *rest = DTB_HEADER.unpack_from(dtb)
    size = max(structs + rest[-1], strings + rest[-2])
    return DTB_HEADER.pack(magic, size, structs, strings, *rest) + dtb[DTB_HEADER.size : size]
