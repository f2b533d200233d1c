# SPDX-License-Identifier: MIT
"""
Every kind of valid image that AVB 2.0 has is verified, or named as what it is; never called damaged.

The images are made by avb_make.py, apart from the C code; the bootloader's own verify stage judges them as
a program (tests/avb_judge.c), and a few of them start a phone.
"""

from __future__ import annotations

import itertools
import random
import subprocess
from pathlib import Path
from typing import Iterator, NamedTuple

import avb_make
import pytest
from avb_make import ALGORITHMS, Key, chain_of, cmdline_of, hash_of, hashtree_of, property_of, vbmeta
from lab import paths

JUDGE = paths.BUILD / "tests" / "avb_judge"
TAKEN = [name for name, (_, _, bits) in ALGORITHMS.items() if bits < 8192]
SALTS = (0, 32, 700)
BLOCKS = 150  # of system: two hash blocks by SHA-256, three by SHA-512
REGION = property_of("flashlab.rom.region", "cn")


class Found(NamedTuple):
    verdict: str
    check: str
    region: str
    index: str
    wrong_blocks: int
    chained: dict[int, int]
    words: str


@pytest.fixture(scope="session")
def keys(build: Path) -> dict[int, Key]:
    oem = avb_make.key_in((paths.KEYS / "oem.pem").read_text(encoding="ascii"))
    return {2048: avb_make.new_key(2048), 4096: oem, 8192: avb_make.no_key(8192)}


@pytest.fixture(scope="session")
def boot() -> bytes:
    kernel = bytes(56) + b"ARM\x64" + random.Random(1).randbytes(9000)
    return avb_make.boot_image(kernel, random.Random(2).randbytes(3001))


@pytest.fixture(scope="session")
def system() -> bytes:
    return random.Random(3).randbytes(BLOCKS * avb_make.BLOCK)


@pytest.fixture(scope="session")
def judging(build: Path) -> Iterator[subprocess.Popen]:
    """One process for all of them: a sanitizer takes longer to begin than an image to be judged."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([JUDGE], text=True, **pipes) as process:
        yield process
        process.stdin.close()
        assert process.wait(120) == 0


@pytest.fixture
def judge(judging, tmp_path):
    def run(root: Key, blocks: int = 0, **images: bytes) -> Found:
        for name, image in images.items():
            (tmp_path / f"{name}.img").write_bytes(image)
        (tmp_path / "key").write_bytes(avb_make.public(root))
        judging.stdin.write(f"{blocks} {tmp_path}\n")
        judging.stdin.flush()
        first, chained, words = (judging.stdout.readline() for _ in range(3))
        assert words, "it ended, and said why"
        verdict, check, *rest = first.split()
        region, index, wrong = (word.partition("=")[2] for word in rest)
        indexes = (pair.split(":") for pair in chained.split())
        chained = {int(at): int(i) for at, i in indexes}
        return Found(verdict, check, region, index, int(wrong), chained, words.removesuffix("\n"))

    return run


def key_of(keys: dict[int, Key], algorithm: str) -> Key:
    return keys[ALGORITHMS[algorithm][2]]


VARIANTS = list(itertools.product(TAKEN, ("sha256", "sha512"), ("sha1", "sha256", "sha512"), SALTS))


def test_there_are_72():
    assert len(VARIANTS) == 72


@pytest.mark.parametrize("algorithm, function, tree_function, salt_size", VARIANTS)
def test_a_valid_image_is_authentic(judge, keys, boot, system, algorithm, function, tree_function, salt_size):
    key, salt = key_of(keys, algorithm), random.Random(salt_size).randbytes(salt_size)
    tree_salt = salt[:256]
    tree, root = avb_make.tree_over(system, tree_function, tree_salt)
    image = vbmeta(
        key, algorithm, REGION, hash_of("boot", boot, function, salt),
        hashtree_of("system", len(system), len(tree), root, tree_function, tree_salt), index=3,
    )  # fmt: skip
    good = {"vbmeta": image, "boot": boot, "system": system + tree}
    assert judge(key, BLOCKS, **good) == Found("authentic", "OK", "cn", "3", 0, {}, "")
    other = avb_make.no_key(2048)
    assert judge(other, **good)[:2] == ("wrong-key", "E_VBMETA_KEY")
    changed = bytearray(boot)
    changed[len(boot) // 2] ^= 1
    assert judge(key, **{**good, "boot": bytes(changed)})[:2] == ("bad-hash", "E_VBMETA_HASH")
    for at in random.Random(salt_size).sample(range(len(image)), 4):
        changed = bytearray(image)
        changed[at] ^= 0x10
        assert judge(key, **{**good, "vbmeta": bytes(changed)}).verdict in ("bad-signature", "unsupported"), at
    changed = bytearray(system)
    changed[70 * 4096] ^= 1
    assert judge(key, BLOCKS, **{**good, "system": bytes(changed) + tree}).wrong_blocks == 1


@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name not in TAKEN])
def test_8192_bits_are_named(judge, keys, boot, algorithm):
    """What the image says of itself is read all the same: an unlocked phone goes by it."""
    image = vbmeta(keys[8192], algorithm, REGION, hash_of("boot", boot), index=5)
    assert judge(keys[8192], vbmeta=image, boot=boot)[:4] == ("unsupported", "E_VBMETA_UNSUPPORTED", "cn", "5")


@pytest.mark.parametrize("minor", (1, 2, 3))
def test_a_later_minor_version_is_named(judge, keys, boot, minor):
    image = vbmeta(keys[4096], "SHA256_RSA4096", REGION, hash_of("boot", boot), index=5, minor=minor)
    found = judge(keys[4096], vbmeta=image, boot=boot)
    assert found[:4] == ("unsupported", "E_VBMETA_VERSION", "unknown", "")  # no index is not index 0


@pytest.mark.parametrize(
    "case, check",
    [
        ("persistent digest", "E_VBMETA_UNSUPPORTED"),
        ("another hash function", "E_VBMETA_UNSUPPORTED"),
        ("no tree", "E_VBMETA_UNSUPPORTED"),
        ("a tree by another function", "E_VBMETA_UNSUPPORTED"),
        ("more words than a kernel takes", "E_VBMETA_UNSUPPORTED"),
    ],
)
def test_what_is_not_taken_leaves_the_region(judge, keys, boot, system, case, check):
    tree, root = avb_make.tree_over(system, "sha1", b"")
    good = hash_of("boot", boot)
    bad = {
        "persistent digest": [hash_of("boot", boot, digest=b"")],
        "another hash function": [hash_of("boot", boot, "blake2b", digest=bytes(32))],
        "no tree": [hashtree_of("system", len(system), 0, root, "sha1", b""), good],
        "a tree by another function": [hashtree_of("system", len(system), len(tree), root, "md5", b""), good],
        "more words than a kernel takes": [cmdline_of(b"x" * 2047), good],
    }[case]
    image = vbmeta(keys[2048], "SHA512_RSA2048", *bad, REGION)
    found = judge(keys[2048], vbmeta=image, boot=boot, system=system + tree)
    assert found[:3] == ("unsupported", check, "cn")
    assert judge(keys[4096], vbmeta=image, boot=boot).verdict == "wrong-key", "whoever signed it is asked first"


def test_an_image_that_is_not_started_may_be_of_any_kind(judge, keys, boot):
    recovery = hash_of("recovery", boot, "blake2b", digest=bytes(64))
    image = vbmeta(keys[4096], "SHA256_RSA4096", REGION, recovery, hash_of("boot", boot))
    assert judge(keys[4096], vbmeta=image, boot=boot)[:2] == ("authentic", "OK")


WORDS = [b"one", b"", b"two=2", "标记=中国".encode(), b"x" * 1500]


def test_words_of_any_length_and_script(judge, keys, boot):
    image = vbmeta(
        keys[4096], "SHA512_RSA4096", hash_of("boot", boot), *map(cmdline_of, WORDS), cmdline_of(b"never", 2)
    )
    found = judge(keys[4096], vbmeta=image, boot=boot)
    assert found[:2] == ("authentic", "OK") and found.words == b" ".join(WORDS).decode()


@pytest.mark.parametrize("own", TAKEN)
@pytest.mark.parametrize("location", (1, 8, 31))
def test_a_chained_image_of_another_kind(judge, keys, boot, own, location):
    """With words for the kernel, which AVB takes from every vbmeta."""
    inner = vbmeta(key_of(keys, own), own, hash_of("boot", boot, "sha512", b"s" * 99), cmdline_of(b"inner=1"), index=7)
    image = vbmeta(keys[4096], "SHA512_RSA4096", REGION, cmdline_of(b"outer=1"),
                   chain_of("boot", location, key_of(keys, own)))  # fmt: skip
    partition = avb_make.with_footer(boot, inner, 1 << 17)
    found = judge(keys[4096], vbmeta=image, boot=partition)
    assert found == Found("authentic", "OK", "cn", "0", 0, {location: 7}, "outer=1 inner=1")


@pytest.mark.parametrize("location", (0, 32))
def test_locations_that_there_are_not(judge, keys, boot, location):
    image = vbmeta(keys[4096], "SHA256_RSA4096", REGION, chain_of("boot", location, keys[2048]))
    assert judge(keys[4096], vbmeta=image, boot=boot)[:3] == ("bad-signature", "E_VBMETA_LOCATION", "cn")


def test_a_chained_image_with_8192_bits_is_named(judge, keys, boot):
    inner = vbmeta(keys[8192], "SHA512_RSA8192", hash_of("boot", boot))
    image = vbmeta(keys[4096], "SHA256_RSA4096", REGION, chain_of("boot", 1, keys[8192]))
    found = judge(keys[4096], vbmeta=image, boot=avb_make.with_footer(boot, inner, 1 << 17))
    assert found[:3] == ("unsupported", "E_VBMETA_UNSUPPORTED", "cn")


def test_the_hash_is_over_so_many_bytes_of_the_partition(judge, keys, boot):
    """More than the header inside tells of, or up to the ramdisk's last byte."""
    end = len(boot) - (-3001 % 2048)
    for image, verdict in ((boot + b"behind" * 100, "authentic"), (boot[:end], "authentic"), (boot[: end - 1], "bad-hash")):
        signed = vbmeta(keys[4096], "SHA256_RSA4096", hash_of("boot", image))
        assert judge(keys[4096], vbmeta=signed, boot=image.ljust(len(boot), b"\0")).verdict == verdict


def test_a_signed_vbmeta_may_leave_system_out(judge, keys, boot, system):
    image = vbmeta(keys[4096], "SHA256_RSA4096", REGION, hash_of("boot", boot))
    assert judge(keys[4096], vbmeta=image, boot=boot, system=system)[:2] == ("authentic", "OK")
