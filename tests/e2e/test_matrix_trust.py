# SPDX-License-Identifier: MIT
"""
Who signed the ROM x how new it is x whom it is for x lock x policy, in QEMU: a sample of what
tests/unit/test_flow_trust.c plays in full. The phone is whyred, made for China, index 4.

What is expected is written down from the announcement and the design, apart from the phone's code.
ROMs that are refused have a tiny kernel: nobody starts it.
"""

from __future__ import annotations

import hashlib
import itertools
import struct
import subprocess
import zlib
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import HANG_S
from romc_inputs import Inputs
from story import check_trace

from lab import paths, store, verdict
from lab.disk import flip, partition, partitions
from lab.qemu import RunningPhone

INDEX = 4
STATE_OFFSETS = (0x180000, 0x1C0000)
RECORD_BYTES = 148  # bootloader/format/state_record.h
USER_KEY_OFFSET, ROLLBACK_OFFSET, CRC_OFFSET = 40, 72, 144
NO_WAIT = {"no-wait": "1"}

SIGNERS = ("oem", "user", "reseller", "none", "flipped-vbmeta", "flipped-boot")
AGES = {"lower": INDEX - 1, "equal": INDEX, "higher": INDEX + 1}
MARKERS = ("cn", "global", None)
LOCKS = ("locked", "unlocked")
POLICIES = ("announced", "shipped", "none")


class Cell(NamedTuple):
    signer: str
    age: str
    marker: str | None
    lock: str
    policy: str


LOCKED = {
    "oem": "home green",
    "user": "home yellow",
    "reseller": "brick wrong-key",
    "none": "brick bad-signature",
    "flipped-vbmeta": "brick bad-signature",
}


def expected(cell: Cell) -> str:
    """The verdict, in the order of the decisions. A flipped kernel is found once it is read."""
    first = "home orange" if cell.lock == "unlocked" else LOCKED.get(cell.signer, "home red")
    if first.startswith("brick"):
        return first
    if cell.age == "lower":
        return "dead rollback"
    if cell.policy == "announced" and cell.marker != "cn":
        reason = "region-mismatch" if cell.marker else "region-unknown"
        return f"brick {reason} made-for=cn rom={cell.marker or 'unknown'}"
    if first == "home red":
        return "brick bad-hash"
    return f"{first} rom={cell.marker or 'cn'}"


CELLS = [Cell(*values) for values in itertools.product(SIGNERS, AGES, MARKERS, LOCKS, POLICIES)]
REFUSED = [cell for cell in CELLS if not expected(cell).startswith("home")]
SAMPLE = REFUSED[::4]

# Each takes seconds. A wrong region under `shipped` is the ROM's own business: other tests.
STARTED = [
    Cell("oem", "equal", "cn", "locked", "announced"),
    Cell("oem", "higher", "global", "locked", "none"),
    Cell("user", "equal", "cn", "locked", "announced"),
    Cell("user", "higher", None, "locked", "none"),
    Cell("user", "equal", "cn", "unlocked", "announced"),
    Cell("reseller", "equal", "cn", "unlocked", "shipped"),
    Cell("none", "higher", "cn", "unlocked", "announced"),
    Cell("flipped-vbmeta", "equal", "global", "unlocked", "none"),
    Cell("flipped-boot", "equal", "cn", "unlocked", "announced"),
]


def name(cell: Cell) -> str:
    return "-".join(str(value) for value in cell)


def enroll(nor: Path, key: bytes, rollback: dict[int, int] | None = None) -> None:
    """Changes what the factory's state record says of the user's key and of stored indexes."""
    with open(nor, "r+b") as file:
        for offset in STATE_OFFSETS:
            file.seek(offset)
            record = bytearray(file.read(RECORD_BYTES))
            if record[:8] != b"FLSTATE1":
                continue
            assert struct.unpack_from("<I", record, CRC_OFFSET)[0] == zlib.crc32(
                record[:CRC_OFFSET]
            )
            record[USER_KEY_OFFSET : USER_KEY_OFFSET + 32] = hashlib.sha256(key).digest()
            for location, index in (rollback or {}).items():
                struct.pack_into("<Q", record, ROLLBACK_OFFSET + 8 * location, index)
            struct.pack_into("<I", record, CRC_OFFSET, zlib.crc32(record[:CRC_OFFSET]))
            file.seek(offset)
            file.write(record)


def make_nor(folder: Path, lock: str, policy: str, rollback: dict[int, int] | None = None) -> None:
    subprocess.run(
        [
            paths.BOARDC,
            "nor",
            paths.MODEL_FILES / "whyred.yaml",
            "--region",
            "cn",
            "--firmware",
            paths.FIRMWARE,
            "--root-key",
            paths.ROOT_KEY,
            "--serial",
            "trust01",
            "--lock",
            lock,
            "--policy",
            policy,
            "-o",
            folder / "nor.img",
        ],
        check=True,
    )
    enroll(folder / "nor.img", (paths.KEYS / "user.avbpubkey").read_bytes(), rollback)


def manifest(folder: Path, marker: str | None) -> Path:
    if marker:
        return paths.ROM_FILES / f"{marker}.yaml"
    text = (paths.ROM_FILES / "cn.yaml").read_text(encoding="utf-8")
    assert "region: cn\n" in text
    (folder / "cn.yaml").write_text(text.replace("region: cn\n", ""), encoding="utf-8")
    return folder / "cn.yaml"


def make_disk(folder: Path, inputs: list, *options: object) -> Path:
    disk = folder / "disk.img"
    subprocess.run([paths.ROMC, "disk", *inputs, *map(str, options), "-o", disk], check=True)
    return disk


def tiny_inputs(folder: Path, rom: Path) -> list:
    (folder / "parts").mkdir()
    inputs = Inputs(folder / "parts")
    inputs.program("recovery")
    inputs.rom, inputs.model = rom, paths.MODEL_FILES / "whyred.yaml"
    return inputs.words()


def make_phone(folder: Path, cell: Cell) -> None:
    make_nor(folder, cell.lock, cell.policy)
    rom = manifest(folder, cell.marker)
    tiny = not expected(cell).startswith("home")
    inputs = tiny_inputs(folder, rom) if tiny else [rom, *store.rom_inputs("whyred", "cn")[1:]]
    signer = cell.signer if cell.signer in LOCKED and "flipped" not in cell.signer else "oem"
    disk = make_disk(folder, inputs, "--sign-with", signer, "--rollback-index", AGES[cell.age])
    if cell.signer == "flipped-vbmeta":
        blocks = struct.unpack_from(">2Q", partition(disk, "vbmeta"), 12)
        flip(disk, partitions(disk)["vbmeta"][0] + 256 + sum(blocks) - 200)  # in the key
    if cell.signer == "flipped-boot":
        flip(disk, partitions(disk)["boot"][0] + 48 + 15)  # its name: harmless to run


def verdict_of(folder: Path) -> str:
    with RunningPhone(folder, lab=NO_WAIT) as phone:
        words = phone.wait_for(lambda: verdict.words(phone.events), HANG_S)
        assert phone.running, phone.complaint() or phone.events
    check_trace(phone)
    return words


def test_the_sample_is_large_enough_and_of_everything():
    sample = SAMPLE + STARTED
    assert len(CELLS) == 324 and len(sample) >= 60 and len(set(sample)) == len(sample)
    for field, values in zip(Cell._fields, (SIGNERS, AGES, MARKERS, LOCKS, POLICIES)):
        assert {getattr(cell, field) for cell in sample} == set(values)
    assert {expected(cell).split()[0] for cell in sample} == {"home", "brick", "dead"}


@pytest.mark.parametrize("cell", SAMPLE, ids=name)
def test_refused(build, tmp_path, cell):
    make_phone(tmp_path, cell)
    assert verdict_of(tmp_path) == expected(cell)


@pytest.mark.parametrize("cell", STARTED, ids=name)
def test_started(build, tmp_path, cell):
    make_phone(tmp_path, cell)
    assert verdict_of(tmp_path) == expected(cell)


def stored_index(nor: Path, location: int) -> int:
    """Of the record that counts: the one with the higher sequence."""
    data = nor.read_bytes()
    records = [data[offset : offset + RECORD_BYTES] for offset in STATE_OFFSETS]
    valid = [record for record in records if record[:8] == b"FLSTATE1"]
    newest = max(valid, key=lambda record: struct.unpack_from("<Q", record, CRC_OFFSET - 8))
    return struct.unpack_from("<Q", newest, ROLLBACK_OFFSET + 8 * location)[0]


def test_a_chained_boot_starts_and_raises_its_stored_index(build, tmp_path):
    make_nor(tmp_path, "locked", "announced", {1: INDEX - 1})
    make_disk(tmp_path, store.rom_inputs("whyred", "cn"), "--chain", "boot=reseller")
    assert verdict_of(tmp_path) == "home green rom=cn"
    assert stored_index(tmp_path / "nor.img", 1) == INDEX


def test_a_chained_boot_below_its_stored_index(build, tmp_path):
    """Android's red, not the hard brick: that is the fuses' alone."""
    make_nor(tmp_path, "locked", "announced", {1: INDEX + 1})
    make_disk(
        tmp_path, tiny_inputs(tmp_path, paths.ROM_FILES / "cn.yaml"), "--chain", "boot=reseller"
    )
    assert verdict_of(tmp_path) == "brick rollback"


@pytest.mark.parametrize(
    "where, words", [(300, "brick bad-signature"), (-60, "brick bad-signature")]
)
def test_a_damaged_chained_boot(build, tmp_path, where, words):
    """In its own vbmeta, and in the footer that points at it."""
    make_nor(tmp_path, "locked", "announced")
    disk = make_disk(
        tmp_path, tiny_inputs(tmp_path, paths.ROM_FILES / "cn.yaml"), "--chain", "boot=user"
    )
    boot, length = partitions(disk)["boot"]
    own = struct.unpack_from(">Q", partition(disk, "boot"), length - 64 + 20)[0]
    flip(disk, boot + (own + where if where > 0 else length + where))
    assert verdict_of(tmp_path) == words
