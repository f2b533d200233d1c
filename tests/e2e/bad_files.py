# SPDX-License-Identifier: MIT
"""
Bad files for the host's tools, made from good ones: a kind of mistake, a case of it, the command,
and the words that it must be refused with. Every tool ends with status 1 (or 2: wrong words),
leaves no file behind, and says neither a traceback nor a signal.
"""

from __future__ import annotations

import gzip
import re
import struct
from pathlib import Path
from typing import Iterator, NamedTuple

import bad_images
from lab import paths
from romc_inputs import TINY_KERNEL


class BadFile(NamedTuple):
    kind: str
    name: str
    file: str  # what it is called, in a folder of its own
    data: bytes
    words: str  # part of what is said; with "FILE" in it, the file's path
    command: tuple[object, ...]  # "FILE", "FOLDER" (the file's) and "OUT" stand for paths
    beside: tuple[str, ...] = ()  # files of a byte in the same folder


# YAML.

BOARDC = (paths.BOARDC, "check", "FILE")
# What breaks any YAML file, and what must be said of it.
DAMAGE = (
    ("empty", lambda text: "", "FILE"),
    ("a list on top", lambda text: "- a\n- b\n", "FILE:1"),
    ("a scalar on top", lambda text: "dipper\n", "FILE:1"),
    ("NUL", lambda text: text.replace(":", "\0:", 1), "FILE"),
    ("not UTF-8", lambda text: text.replace(" ", " \udcff", 1), "FILE"),
    ("a control character", lambda text: text.replace(": ", ": \x07", 1), "FILE"),
    ("tab for blanks", lambda text: "a:\n\tb: c\n" + text, "FILE:2"),
    ("anchor", lambda text: "x: &a b\n" + text, "FILE:1"),
    ("alias", lambda text: "x: *a\n" + text, "FILE:1"),
    ("bomb", lambda text: "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n" + text, "FILE:1"),
    ("tag", lambda text: "x: !!python/object/apply:os.system [id]\n" + text, "FILE:1"),
    ("merge key", lambda text: "<<: {a: b}\n" + text, "FILE:1"),
    ("two documents", lambda text: text + "---\n" + text, "FILE"),
    ("deep lists", lambda text: "x: " + "[" * 200 + "]" * 200 + "\n" + text, "FILE:1"),
    ("deep maps", lambda text: "x: " + "{a: " * 200 + "}" * 200 + "\n" + text, "FILE:1"),
    ("lists without an end", lambda text: "x: " + "[" * 50_000 + "\n" + text, "FILE:1"),
    ("no date", lambda text: "x: 2018-13-45\n" + text, "FILE:1"),
    ("a number without measure", lambda text: "x: " + "9" * 5000 + "\n" + text, "FILE:1"),
    ("no character", lambda text: 'x: "\\UFFFFFFFF"\n' + text, "FILE:1"),
    ("a key that is a number", lambda text: "7: x\n" + text, "FILE:1"),
    ("open bracket", lambda text: text + "x: [a, b\n", "FILE"),
    ("open quote", lambda text: text + 'x: "abc\n', "FILE"),
    ("unknown key", lambda text: text + "colour: red\n", "unknown key"),
    ("a key that is a map", lambda text: "{a: b}: c\n" + text, "FILE:1"),
    ("too large", lambda text: text + "#" * (1 << 20) + "\n", "FILE"),
)


def damaged_yaml(
    kind: str, source: Path, name: str, command: tuple[object, ...]
) -> Iterator[BadFile]:
    good = source.read_text(encoding="utf-8")
    for what, change, words in DAMAGE:
        data = change(good).encode("utf-8", "surrogateescape")
        yield BadFile(f"{kind}: {what}", what, name, data, words, command)
    lines = good.splitlines()
    keys = [line.split(":")[0] for line in lines if re.match(r"[a-z_]+:", line)]
    for key in keys:
        yield BadFile(
            f"{kind}: twice the same key",
            key,
            name,
            (good + f"{key}: x\n").encode(),
            f"{key}",
            command,
        )
        yield BadFile(
            f"{kind}: no value",
            key,
            name,
            re.sub(rf"^{key}:.*(\n(?: .*|))*", f"{key}:\n", good, count=1, flags=re.M).encode(),
            "FILE:",
            command,
        )
        yield BadFile(
            f"{kind}: a map for a word",
            key,
            name,
            re.sub(
                rf"^{key}:.*(\n +.*)*", f"{key}: {{a: {{b: c}}}}", good, count=1, flags=re.M
            ).encode(),
            "FILE:",
            command,
        )


def values(
    kind: str,
    source: Path,
    name: str,
    command: tuple[object, ...],
    table: dict[str, tuple[str, ...]],
) -> Iterator[BadFile]:
    """Values of a key that it cannot have."""
    good = source.read_text(encoding="utf-8")
    for key, odd in table.items():
        for value in odd:
            line = f"{key}: {value}"
            text = re.sub(rf"^{key}:.*(\n  .*)*", lambda _: line, good, count=1, flags=re.M)
            words = "FILE:" if key in NESTED else key
            yield BadFile(f"{kind}: {key}", value[:40], name, text.encode(), words, command)


NESTED = ("panel", "model_numbers", "partitions")  # the message names what is inside
MODEL_VALUES = {
    "codename": ("", "Dipper", "../dipper", "a b", "x" * 32, "whyred", "7"),
    "name": ("''", "x" * 48, '"a\\tb"', "中"),
    "released": ("2018", "2018-13", "2018-00", "06-2018", "2018-6", "1999-01", "2100-01", "now"),
    "os": ("MIUI", "android", "[miui]", "''"),
    "policy_list": ("yes", "1", "True", "maybe"),
    "protections": (
        "verified-boot",
        "[verified-boot, verified-boot]",
        "[everything]",
        "[bootloader-lock, 1]",
    ),
    "rollback_index": ("-1", "65", "0x1", "1.5", "one", "18446744073709551616"),
    "panel": (
        "{width_px: 720}",
        "{width_px: 10, height_px: 1496}",
        "{width_px: 1080, height_px: 900}",
        "720x1496",
    ),
    "slots": ("1", "3", "-2", "two"),
    "model_numbers": ("{}", "{cn: ''}", "{us: M1}", "M1803E1A"),
    "partitions": (
        "[]",
        "[boot]",
        "{boot: 64 MiB}",
        "[{name: boot}]",
        "[{name: boot, size: 6 KiB}]",
        "[{name: boot, size: 64}]",
        "[{name: boot, size: -4 MiB}]",
        "[{name: boot, size: 64 MB}]",
        "[{name: ../boot, size: 64 MiB}]",
        "[{name: boot, size: 4 KiB}, {name: boot, size: 4 KiB}]",
        "[{name: boot, size: 99999999 GiB}]",
    ),
}

ROM_VALUES = {
    "name": ("''", "CN", "../cn", "a b", "global", "x" * 32),
    "title": ("''", "x" * 48, '"a\\nb"', '"a\\x1b[31m"'),
    "region": ("'c n'", "x" * 16, "[cn]"),
    "official": ("yes", "0", "'true'"),
    "signed_by": ("xiaomi", "OEM", "[oem]", "''"),
    "date": ('"2018"', '"20181301"', '"20180900"', '"2018-9-5"', '"yesterday"'),
    "android": ('"8"', '"8.1"', '"8.1.0.0"', '"8.128.0"', '"a.b.c"'),
    "security_patch": ("2018-13-01", "2018-09", "1999-01-01", "soon"),
    "region_check": ("1", "yes", "[true]"),
}


def models() -> Iterator[BadFile]:
    source = paths.MODEL_FILES / "dipper.yaml"
    yield from damaged_yaml("model", source, "dipper.yaml", BOARDC)
    yield from values("model", source, "dipper.yaml", BOARDC, MODEL_VALUES)
    yield BadFile(
        "model: another file's name",
        "mi8.yaml",
        "mi8.yaml",
        source.read_bytes(),
        "must be called",
        BOARDC,
    )
    overlay = (paths.BOARDC, "overlay", "FILE", "-o", "OUT")
    for policy in ("", "shiped", "ANNOUNCED", "none,shipped"):
        yield BadFile(
            "boardc: policy",
            policy,
            "dipper.yaml",
            source.read_bytes(),
            "policy",
            (*overlay, "--policy", policy),
        )


def nors() -> Iterator[BadFile]:
    model = (paths.MODEL_FILES / "dipper.yaml").read_bytes()
    good = {
        "--region": "cn",
        "--firmware": paths.FIRMWARE,
        "--root-key": paths.ROOT_KEY,
        "--serial": "X1",
    }

    def nor(name: str, words: str, **changed: object) -> BadFile:
        options = {
            **good,
            **{f"--{key.replace('_', '-')}": value for key, value in changed.items()},
        }
        flat = [part for option in options.items() if option[1] is not None for part in option]
        return BadFile(
            f"nor: {next(iter(changed))}",
            name,
            "dipper.yaml",
            model,
            words,
            (paths.BOARDC, "nor", "FILE", *flat, "-o", "OUT"),
        )

    for region in ("", "us", "CN", "cn,global", "cn "):
        yield nor(region, "region", region=region)
    for serial in ("", "a b", "x" * 32, "é", "a/b", "a;b"):
        yield nor(serial, "serial", serial=serial)
    for lock in ("", "open", "LOCKED", "1"):
        yield nor(lock, "lock", lock=lock)
    for rollback in ("-1", "65", "1.0", "x", "", "0x10", "99999999999999999999"):
        yield nor(rollback, "rollback", rollback=rollback)
    yield nor("none", "No such file", firmware="/nowhere")
    yield nor("a folder", "", firmware="/")
    yield nor("none", "No such file", root_key="/nowhere")
    yield nor("no key", "", root_key="/dev/null")
    for missing in ("region", "firmware", "root-key", "serial"):
        yield nor("left out", missing, **{missing.replace("-", "_"): None})


# What romc reads.


def romc_images(rom: object, kernel: object = "") -> tuple[object, ...]:
    kernel = kernel or paths.KERNEL
    return (
        paths.ROMC,
        "images",
        rom,
        "--model",
        paths.MODEL_FILES / "dipper.yaml",
        "--keys",
        paths.KEYS,
        "--kernel",
        kernel,
        "--modules",
        paths.MODULES,
        "--userland",
        paths.USERLAND,
        "--busybox",
        paths.BUSYBOX,
        "-o",
        "OUT",
    )


def roms() -> Iterator[BadFile]:
    source = paths.ROM_FILES / "cn.yaml"
    yield from damaged_yaml("ROM", source, "cn.yaml", romc_images("FILE"))
    yield from values("ROM", source, "cn.yaml", romc_images("FILE"), ROM_VALUES)
    yield BadFile(
        "ROM: another file's name",
        "x.yaml",
        "x.yaml",
        source.read_bytes(),
        "must be called",
        romc_images("FILE"),
    )


def kernels() -> Iterator[BadFile]:
    packed = gzip.compress(TINY_KERNEL, mtime=0)
    zboot = b"MZ\0\0zimg" + struct.pack("<II", 64, 0x7FFFFFFF) + bytes(48) + packed
    no_kernel = "not an arm64 Linux kernel image"
    cases = (
        ("empty", b""),
        ("text", b"a kernel\n" * 100),
        ("x86", b"\0" * 510 + b"\x55\xaa"),
        ("cut", TINY_KERNEL[:59]),
        ("gzip cut", packed[: len(packed) // 2]),
        ("gzip head", packed[:10]),
        ("gzip of nothing", gzip.compress(b"", mtime=0)),
        ("zboot outside", zboot),
        ("bzip2", b"BZh9" + bytes(60)),
        ("xz cut", b"\xfd7zXZ\0" + bytes(10)),
        ("zstd cut", b"\x28\xb5\x2f\xfd" + bytes(6)),
        ("zeros", bytes(100000)),
    )
    for name, data in cases:
        yield BadFile(
            "kernel to pack",
            name,
            "Image",
            data,
            no_kernel,
            (paths.ROMC, "kernel", "FILE", "-o", "OUT"),
        )
    for name, data in (*cases[:4], *cases[8:]):
        yield BadFile(
            "kernel of a ROM",
            name,
            "Image",
            data,
            no_kernel,
            romc_images(paths.ROM_FILES / "cn.yaml", "FILE"),
        )
    for version in (3, 4, 5, 0xFFFFFFFF):
        image = bad_images.boot_image(header_version=version)
        yield BadFile(
            "kernel: a newer boot image",
            str(version),
            "boot.img",
            image,
            f"header version {version}",
            romc_images(paths.ROM_FILES / "cn.yaml", "FILE"),
        )


READY = ("boot.img", "recovery.img", "vbmeta.img", "dtbo.img", "system.img")


def ready_images() -> Iterator[BadFile]:
    """`romc disk --images FOLDER`: the file's own folder."""
    command = (
        paths.ROMC,
        "disk",
        "--images",
        "FOLDER",
        "--model",
        paths.MODEL_FILES / "dipper.yaml",
        "-o",
        "OUT",
    )
    for name in ("boot.img", "recovery.img"):
        for version in (3, 4, 0xFFFFFFFF):
            yield BadFile(
                f"disk: a newer {name}",
                str(version),
                name,
                bad_images.boot_image(header_version=version),
                f"header version {version}",
                command,
                READY,
            )
    yield BadFile(
        "disk: an image too large",
        "vbmeta",
        "vbmeta.img",
        bytes((1 << 20) + 1),
        "make it larger",
        command,
        READY,
    )
    for name in ("boot.img", "vbmeta.img"):
        others = tuple(other for other in READY if other != name)
        yield BadFile(
            "disk: an image is missing", name, "x", b"", f"{name}: No such file", command, others
        )


def tokens() -> Iterator[BadFile]:
    """Unlock tokens for the account's key."""
    nonce, product, chip = (1, bytes(16)), (3, b"dipper"), (2, b"8a7b6c5d")

    def token(*records: tuple[int, bytes], head: bytes = b"U\1\1", more: int = 0) -> bytes:
        body = b"".join(bytes([kind, len(value)]) + value for kind, value in records)
        return head + bytes([len(body) + more & 255]) + body

    good = token(nonce, product, chip)
    cases = {
        "empty": b"",
        "text": b"a token",
        "version": token(nonce, product, chip, head=b"U\2\1"),
        "magic": token(nonce, product, chip, head=b"V\1\1"),
        "length too large": token(nonce, product, chip, more=1),
        "length too small": token(nonce, product, chip, more=-1),
        "bytes behind": good + b"\0",
        "no nonce": token(product, chip),
        "no product": token(nonce, chip),
        "no chip": token(nonce, product),
        "another order": token(product, nonce, chip),
        "twice": token(nonce, nonce, product, chip),
        "another product": token(nonce, (3, b"whyred"), chip),
        "product begins so": token(nonce, (3, b"dip"), chip),
        "another chip": token(nonce, product, (2, b"00000000")),
        "chip goes on": token(nonce, product, (2, b"8a7b6c5d0")),
        "a short nonce": token((1, bytes(15)), product, chip),
        "unknown record": token(nonce, product, chip, (9, b"x")),
        "NUL in the product": token(nonce, (3, b"dipper\0"), chip),
        **{f"cut at {cut}": good[:cut] for cut in range(1, len(good), 5)},
    }
    for name, data in cases.items():
        yield BadFile(
            "token",
            name,
            "token.bin",
            data,
            "token",
            (
                paths.ROMC,
                "sign-unlock",
                "FILE",
                "--product",
                "dipper",
                "--chip-id",
                "8a7b6c5d",
                "--keys",
                paths.KEYS,
                "-o",
                "OUT",
            ),
        )


def for_the_tools() -> Iterator[BadFile]:
    for some in (models, nors, roms, kernels, ready_images, tokens):
        yield from some()
