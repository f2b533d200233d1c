# SPDX-License-Identifier: MIT
"""
The core's readers beside other people's, over files made at random: good ones by their writers,
and damaged ones. What the judge refuses, we refuse; what both take means the same; what the judge
takes and we do not is refused by a reason that stands here. FLASHLAB_SOAK tries ten times as many.
"""

from __future__ import annotations

import gzip
import os
import random
import struct
import subprocess
import zlib
from collections import Counter
from pathlib import Path
from typing import Callable, Iterable, NamedTuple

import pytest
from bad_images import CRC, FILL, RAW, SKIP, SPARSE, chunk
from romc_inputs import HANG_S, tool

from lab import paths

TIMES = 10 if os.environ.get("FLASHLAB_SOAK") else 1
READER = paths.BUILD / "tests" / "reader"


class Read(NamedTuple):
    """What one side made of one file."""

    taken: bool
    words: str
    out: bytes | None = None


def ours(kind: str, files: list[Path]) -> list[Read]:
    done = subprocess.run(
        [READER, kind],
        input="".join(f"{file}\n" for file in files),
        text=True,
        capture_output=True,
        timeout=HANG_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(files)
    return [Read(line.startswith("OK"), line, out_of(file)) for file, line in zip(files, lines)]


def out_of(file: Path) -> bytes | None:
    out = file.with_name(file.name + ".out")
    return out.read_bytes() if out.exists() else None


def judge(*command: object, good: str = "") -> Read:
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=HANG_S,
        check=False,
    )
    said = done.stdout + done.stderr
    return Read(done.returncode == 0 and good in said, said)


# Each in a process of its own, as it is meant to be, but Python and its modules are loaded once.
IN_TURN = """
import os, runpy, sys
tool = sys.argv[1]
for line in sys.stdin:
    sys.argv = [tool, *line.split()]
    if (child := os.fork()) == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        runpy.run_path(tool, run_name="__main__")
        sys.exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def judge_in_turn(program: str, words: Iterable[list[object]]) -> list[bool]:
    """A tool that is a Python program: which of these it takes."""
    lines = "".join(" ".join(map(str, line)) + "\n" for line in words)
    done = subprocess.run(
        ["/usr/bin/python3", "-c", IN_TURN, program],
        input=lines,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=HANG_S,
        check=True,
    )
    return [code == "0" for code in done.stdout.split()]


def write_all(folder: Path, images: Iterable[bytes]) -> list[Path]:
    files = []
    for number, image in enumerate(images):
        files.append(folder / str(number))
        files[-1].write_bytes(image)
    return files


def damaged(rng: random.Random, good: bytes, fields: int) -> bytes:
    """A bit, a field of four bytes, a cut, or bytes behind; in the first `fields` bytes."""
    image = bytearray(good)
    at = rng.randrange(min(fields, len(image)))
    way = rng.randrange(4)
    if way == 0:
        image[at] ^= 1 << rng.randrange(8)
    elif way == 1:
        image[at & ~3 : (at & ~3) + 4] = struct.pack(
            "<I", rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, len(good)))
        )
    elif way == 2:
        del image[rng.randrange(len(image)) :]
    else:
        image += rng.randbytes(rng.choice((1, 4, 12)))
    return bytes(image)


# Sparse images.


def sparse_image(rng: random.Random) -> bytes:
    """Right in all of its numbers; also with chunks of no blocks, as real writers make them."""
    block = rng.choice((4, 512, 1024, 4096, 4096, 4096))
    chunks, total = [], 0
    for _ in range(rng.randrange(1, 8)):
        count = rng.choice((0, 1, 1, 2, 3, 7))
        kind = rng.choice((RAW, FILL, SKIP, CRC))
        data = {RAW: rng.randbytes(count * block), FILL: rng.randbytes(4), SKIP: b""}.get(
            kind, bytes(4)
        )
        count = 0 if kind == CRC else count
        chunks.append(chunk(kind, count, data))
        total += count
    head = struct.pack(
        "<IHHHHIIII", SPARSE, 1, rng.randrange(3), 28, 12, block, total, len(chunks), 0
    )
    return head + b"".join(chunks)


def plain(image: bytes) -> tuple[bytes, bool]:
    """What is in it; and whether a chunk of no blocks carries data: simg2img moves what follows."""
    block, _, count = struct.unpack("<III", image[12:24])
    out, at, empty = b"", 28, False
    for _ in range(count):
        kind, _, blocks, total = struct.unpack("<HHII", image[at : at + 12])
        data = image[at + 12 : at + total]
        out += {RAW: data, FILL: data * (blocks * block // 4), SKIP: bytes(blocks * block)}.get(
            kind, b""
        )
        empty = empty or kind in (RAW, FILL) and blocks == 0
        at += total
    return out, empty


# What simg2img takes and the phone does not, and why not.
SPARSE_NAMED = {
    "E_SPARSE_HEADER": "nothing to write; a block, version or header of another format",
    "E_SPARSE_RANGE": "bytes behind the last chunk; chunks that do not add up",
    "E_SPARSE_CHUNK": "a chunk whose size is not what its kind has",
    "E_SPARSE_SPACE": "larger than the partition",
}


def test_sparse_images_and_simg2img(build, tmp_path):
    rng = random.Random(20180914)
    good = [sparse_image(rng) for _ in range(200 * TIMES)]
    bad = [damaged(rng, image, 28 + 24) for image in good for _ in range(2)]
    files = write_all(tmp_path, good + bad)
    seen: Counter = Counter()
    for number, (file, mine) in enumerate(zip(files, ours("sparse", files))):
        out = tmp_path / "judged"
        out.unlink(missing_ok=True)
        theirs = judge(tool("simg2img"), file, out)
        data = out.read_bytes() if theirs.taken else b""
        is_sparse = file.read_bytes()[:4] == struct.pack("<I", SPARSE)
        if mine.taken:
            assert theirs.taken, f"{file}: we take what simg2img refuses: {theirs.words}"
            meant, empty = plain(file.read_bytes())
            assert mine.out == meant, file
            assert data == meant or empty, f"{file}: other bytes by simg2img"
        elif theirs.taken:
            assert mine.words in SPARSE_NAMED, f"{file}: {mine.words}"
            (blocks,) = struct.unpack("<I", file.read_bytes()[16:20])
            assert (
                number >= len(good) or blocks == 0
            ), f"{file}: {mine.words}, and nothing is wrong with it"
        seen["both" if mine.taken else mine.words if theirs.taken else "neither"] += is_sparse
    assert seen["both"] > 150 * TIMES and seen["neither"] > 50 * TIMES, seen


# Partition tables.


def random_table(rng: random.Random, file: Path) -> Read:
    with open(file, "wb") as disk:
        disk.truncate(2 << 20)
    words: list[object] = ["-a", 1]
    at = 34
    for number in range(1, rng.randrange(2, 12)):
        size = rng.randrange(1, 200)
        words += ["-n", f"{number}:{at}:{at + size - 1}", "-c", f"{number}:part{number}"]
        at += size + rng.randrange(20)
    return judge(tool("sgdisk"), *words, file)


def sealed(table: bytearray) -> bytes:
    """The primary's checksums made right, so that what is behind them is looked at."""
    struct.pack_into("<I", table, 512 + 88, zlib.crc32(table[1024 : 1024 + 128 * 128]))
    struct.pack_into("<I", table, 512 + 16, 0)
    struct.pack_into("<I", table, 512 + 16, zlib.crc32(table[512 : 512 + 92]))
    return bytes(table)


def told(disk: bytes) -> str:
    """What its primary table says, in the words of our reader."""
    words = ["OK"]
    for at in range(1024, 1024 + 128 * 128, 128):
        first, last = struct.unpack_from("<QQ", disk, at + 32)
        if any(disk[at : at + 16]):
            name = disk[at + 56 : at + 128].decode("utf-16-le", "replace").partition("\0")[0]
            words.append(f"{name}:{first}+{last - first + 1}")
    return " ".join(words)


def test_partition_tables_and_sgdisk(build, tmp_path):
    rng = random.Random(20180915)
    files, meant = [], []
    for number in range(12 * TIMES):
        file = tmp_path / f"good{number}"
        assert random_table(rng, file).taken
        good = file.read_bytes()
        files.append(file)
        for way in range(8):
            spoilt = bytearray(good)
            at = rng.choice((rng.randrange(512, 604), rng.randrange(1024, 1024 + 12 * 128)))
            spoilt[at] ^= 1 << rng.randrange(8)
            files.append(tmp_path / f"bad{number}-{way}")
            files[-1].write_bytes(sealed(spoilt) if way % 2 else bytes(spoilt))
        meant += [number * 9] * 9
    reads = ours("gpt", files)
    taken = 0
    for file, mine, source in zip(files, reads, meant):
        theirs = judge(tool("sgdisk"), "-v", file, good="No problems found")
        if file.name.startswith("good"):
            assert theirs.taken and mine.taken and mine.words.count(":") >= 1, (mine, theirs.words)
        elif mine.taken and not theirs.taken:
            # One copy is damaged, and the other was read: it must be what it was. Or both are
            # whole and differ, and the primary was read.
            is_sealed = int(file.name[-1]) % 2
            fitting = [reads[source].words, *([told(file.read_bytes())] if is_sealed else [])]
            assert mine.words in fitting, f"{file}: {mine.words}"
        taken += mine.taken
    assert taken > 60 * TIMES


# Device trees.


def random_tree(rng: random.Random) -> str:
    def node(depth: int) -> str:
        properties = "".join(
            f"p{i} = {rng.choice(('<1 2 3>', '[00 ff]', chr(34) + 'text' + chr(34), '<&{/}>'))};"
            if i % 3
            else f"p{i};"
            for i in range(rng.randrange(4))
        )
        inner = "".join(
            f"n{i}@{i} {{ {node(depth + 1)} }};"
            for i in range(rng.randrange(3) if depth < 4 else 0)
        )
        return properties + inner

    reserved = "".join(f"/memreserve/ {i:#x}000 0x1000;" for i in range(rng.randrange(3)))
    return f"/dts-v1/; {reserved} / {{ {node(0)} }};"


def test_device_trees_and_dtc(build, tmp_path):
    rng = random.Random(20180916)
    good = []
    for number in range(30 * TIMES):
        source, tree = tmp_path / f"{number}.dts", tmp_path / f"{number}.dtb"
        source.write_text(random_tree(rng))
        assert judge(tool("dtc"), "-q", "-I", "dts", "-O", "dtb", "-o", tree, source).taken
        good.append(tree.read_bytes())
    bad = [damaged(rng, tree, len(tree)) for tree in good for _ in range(8)]
    files = write_all(tmp_path, good + bad)
    taken = Counter()
    for number, (file, mine) in enumerate(zip(files, ours("dtb", files))):
        theirs = judge(tool("dtc"), "-q", "-f", "-I", "dtb", "-O", "dts", "-o", "/dev/null", file)
        assert mine.taken or number >= len(good), f"{file}: {mine.words}"
        assert theirs.taken or not mine.taken, f"{file}: dtc refuses it: {theirs.words}"
        taken[mine.taken, theirs.taken] += 1
    assert taken[True, True] >= 30 * TIMES and taken[False, False] >= 30 * TIMES, taken


# Boot images.


def make_boot(rng: random.Random, folder: Path, version: int) -> tuple[bytes, dict[str, bytes]]:
    parts = {
        name: rng.randbytes(rng.randrange(1, 9000))
        for name in ("kernel", "ramdisk", "dtb", "second")
    }
    words: list[object] = []
    for name in (
        "kernel",
        "ramdisk",
        *(("second",) if version < 2 else ("dtb",) if version == 2 else ()),
    ):
        (folder / name).write_bytes(parts[name])
        words += [f"--{name}", folder / name]
    page = rng.choice((2048, 4096, 8192, 16384))
    words += ["--pagesize", page] if version < 3 else []
    image = folder / "made.img"
    made = judge(
        tool("mkbootimg"),
        *words,
        "--cmdline",
        "quiet a=b",
        "--header_version",
        min(version, 3),
        "-o",
        image,
    )
    assert made.taken, made.words
    data = bytearray(image.read_bytes())
    data[40] = version  # Debian 12's mkbootimg does not know 4, which begins as 3 does
    return bytes(data), parts


def test_boot_images_and_mkbootimg(build, tmp_path):
    rng = random.Random(20180917)
    made = [
        (version, *make_boot(rng, tmp_path, version)) for version in (0, 1, 2, 3, 4) * (3 * TIMES)
    ]
    files = write_all(tmp_path, (image for _, image, _ in made))
    outs = [tmp_path / f"parts{file.name}" for file in files]
    taken = judge_in_turn(
        tool("unpack_bootimg"),
        (["--boot_img", file, "--out", out] for file, out in zip(files, outs)),
    )
    for (version, image, parts), mine, out, theirs in zip(made, ours("boot", files), outs, taken):
        if version > 2:
            assert mine.words == "E_BOOT_IMAGE_VERSION"
            continue
        assert mine.taken, mine.words
        found = dict(word.split("=", 1) for word in mine.words.split()[1:-1])
        for name in ("kernel", "ramdisk"):
            offset, size = map(int, found[name].split("+"))
            assert image[offset : offset + size] == parts[name]
        assert theirs
        assert (out / "kernel").read_bytes() == parts["kernel"]


def test_damaged_boot_images_and_unpack_bootimg(build, tmp_path):
    """Before the name: unpack_bootimg stops at one that is no text, and nobody starts it."""
    rng = random.Random(20180918)
    good = [make_boot(rng, tmp_path, version)[0] for version in (0, 1, 2) * TIMES]
    files = write_all(tmp_path, (damaged(rng, image, 48) for image in good for _ in range(12)))
    taken = [file for file, mine in zip(files, ours("boot", files)) if mine.taken]
    theirs = judge_in_turn(
        tool("unpack_bootimg"),
        (["--boot_img", file, "--out", tmp_path / "parts"] for file in taken),
    )
    assert taken and [file for file, took in zip(taken, theirs, strict=True) if not took] == []


# Packed kernels.


def payload(rng: random.Random) -> bytes:
    words = [rng.randbytes(rng.randrange(1, 40)) for _ in range(20)]
    return b"".join(rng.choice(words) for _ in range(rng.randrange(1, 3000))) + rng.randbytes(
        rng.randrange(100)
    )


def pack(program: str, *words: str) -> Callable[[bytes], bytes]:
    return lambda data: subprocess.run(
        [tool(program), *words], input=data, capture_output=True, check=True
    ).stdout


@pytest.mark.parametrize(
    "kind, packers, unpack",
    [
        (
            "gzip",
            [pack("gzip", "-1"), pack("gzip", "-9"), lambda data: gzip.compress(data, 6)],
            ["gzip", "-dc"],
        ),
        (
            "lz4",
            [pack("lz4", "-l", "-1"), pack("lz4", "-l", "-9"), pack("lz4", "-l", "-12")],
            ["lz4", "-dcq"],
        ),
    ],
    ids=["gzip", "lz4"],
)
def test_packed_kernels(build, tmp_path, kind, packers, unpack):
    rng = random.Random(20180919)
    plain = [payload(rng) for _ in range(30 * TIMES)]
    good = [packers[i % 3](data) for i, data in enumerate(plain)]
    bad = [damaged(rng, image, len(image)) for image in good for _ in range(4)]
    files = write_all(tmp_path, good + bad)
    both = 0
    for number, (file, mine) in enumerate(zip(files, ours(kind, files))):
        if number < len(plain):
            assert mine.taken and mine.out == plain[number], mine.words
        elif mine.taken:
            done = subprocess.run(
                [tool(unpack[0]), *unpack[1:]],
                stdin=file.open("rb"),
                capture_output=True,
                check=False,
            )
            # What is behind a kernel is a device tree to us, and to them damage.
            assert done.stdout[: len(mine.out)] == mine.out, f"{file}: {done.stderr}"
            both += 1
    assert both >= 1
