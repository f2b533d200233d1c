# SPDX-License-Identifier: MIT
"""romc: what it makes, held against other people's tools and avb_check.py; and what it refuses."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import re
import shutil
import stat
import struct
import subprocess
from pathlib import Path

import avb_check
import pytest
import yaml
from lab import paths
from romc_inputs import HANG_S, MODULES, TINY_KERNEL, Inputs, elf, romc, tool, written

MODELS = sorted(path.stem for path in paths.MODEL_FILES.glob("*.yaml"))
ROMS = sorted(path.stem for path in paths.ROM_FILES.glob("*.yaml"))
UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


@pytest.fixture
def inputs(tmp_path: Path, build: Path) -> Inputs:
    return Inputs(tmp_path)


@pytest.fixture
def real(inputs: Inputs) -> Inputs:
    """With what phones are really made of."""
    inputs.kernel, inputs.modules = paths.KERNEL, paths.MODULES
    inputs.userland, inputs.busybox = paths.USERLAND, paths.BUSYBOX
    return inputs


def properties_of(entries: dict[str, avb_check.Entry]) -> dict[str, str]:
    lines = entries["default.prop"].content.decode().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_help_and_wrong_words(build):
    done = romc("--help")
    assert done.returncode == 0 and "usage: romc keys DIR" in done.stdout
    for words in ((), ("bake",), ("keys",), ("images",), ("disk", "--oven", "x"), ("images", "a", "b"),
                  ("disk", "--images", "x"), ("disk", "x.yaml", "--images", "x", "--model", "y", "-o", "z")):
        done = romc(*words)
        assert (done.returncode, done.stdout) == (1, "") and "romc" in done.stderr, words
    for words in (("--user", "x"), ("--user=x",)):
        said = romc("disk", "x.yaml", *words).stderr
        assert "an option in full, please: --userland" in said, words


NONCE = "0f" * 32


@pytest.mark.parametrize("changed, said", [
    ({"challenge": NONCE[:-2]}, "no challenge"),
    ({"challenge": NONCE.upper()}, "no challenge"),
    ({"challenge": NONCE[:-1] + "g"}, "no challenge"),
    ({"sign-with": "../oem"}, "../oem"),
    ({"chip-id": None}, "needs --challenge"),
])  # fmt: skip
def test_challenges_that_are_not_answered(build, tmp_path, changed, said):
    """The answers that are right: test_rescue.py."""
    options = {"challenge": NONCE, "chip-id": "8a7b6c5d", "sign-with": "oem", "keys": paths.KEYS}
    words = [f"--{name}={value}" for name, value in {**options, **changed}.items() if value is not None]
    done = romc("sign-rescue", *words, "-o", tmp_path / "answer")
    assert done.returncode == 1 and said in done.stderr
    assert not (tmp_path / "answer").exists()


def test_boot_image_of_real_parts(real, tmp_path):
    boot, vbmeta = real.images()
    avb_check.check_image(avb_check.check_vbmeta(vbmeta), "boot", boot)
    unpacked = subprocess.run([tool("unpack_bootimg"), "--boot_img", tmp_path / "out" / "boot.img",
                               "--out", tmp_path / "parts"], text=True, capture_output=True, check=True)
    assert "os version: 8.1.0" in unpacked.stdout and "os patch level: 2018-09" in unpacked.stdout
    cmdline = re.search("^command line args: (.*)$", unpacked.stdout, re.MULTILINE)[1]
    assert {"console=ttyAMA0", "quiet", "rdinit=/init"} < set(cmdline.split())
    assert (tmp_path / "parts" / "kernel").read_bytes() == paths.KERNEL.read_bytes()

    # AOSP's own tool makes the same bytes of the same parts.
    subprocess.run([tool("mkbootimg"), "--kernel", paths.KERNEL, "--ramdisk", tmp_path / "parts" / "ramdisk",
                    "--cmdline", cmdline, "--board", "flashlab", "--os_version", "8.1.0",
                    "--os_patch_level", "2018-09", "--header_version", "1", "--pagesize", "4096",
                    "-o", tmp_path / "aosp.img"], check=True, capture_output=True)
    assert (tmp_path / "aosp.img").read_bytes() == boot

    entries = avb_check.read_newc((tmp_path / "parts" / "ramdisk").read_bytes())
    load = entries["lib/modules/load"].content.decode().split()
    built_in = (paths.MODULES / "modules.builtin").read_text(encoding="ascii")
    for name in ("virtio_mmio", "virtio_console"):  # Debian 13's kernel has the second in itself
        assert f"/lib/modules/{name}.ko" in load or f"/{name}.ko\n" in built_in, name
    assert all(entries[path[1:]].content[:4] == b"\x7fELF" for path in load)
    assert entries["init"].content == (paths.USERLAND / "init").read_bytes()
    assert stat.S_ISLNK(entries["bin"].mode) and entries["bin"].content == b"system/bin"


def test_ramdisk(inputs):
    inputs.odd_userland()
    entries = inputs.ramdisk()
    assert list(entries) == sorted(entries)
    assert {(e.uid, e.gid) for e in entries.values()} == {(0, 0)}
    assert len({e.mtime for e in entries.values()}) == 1
    assert entries["init"].mtime < inputs.kernel.stat().st_mtime - 86400  # fixed, not today's
    assert entries["init"].mode == stat.S_IFREG | 0o755
    assert entries["dev/console"].mode == stat.S_IFCHR | 0o600
    assert entries["dev/console"].device == (5, 1)
    assert stat.S_ISDIR(entries["proc"].mode) and stat.S_ISDIR(entries["sys"].mode)
    assert not [name for name in entries if name.startswith(("bin/", "getprop", "dmesg", "home"))]


def test_properties(inputs):
    properties = properties_of(inputs.ramdisk())
    assert properties["ro.product.device"] == "dipper"
    assert properties["ro.product.mod_device"] == "dipper"
    assert properties["ro.product.model"] == "M1803E1A"
    assert properties["ro.build.version.incremental"] == "V9.6.5.0.OEACNFD"
    assert properties["ro.flashlab.region"] == "cn" and properties["ro.flashlab.adverts"] == "0"
    inputs.rom = paths.ROM_FILES / "reseller.yaml"
    inputs.model = paths.MODEL_FILES / "hermes.yaml"
    properties = properties_of(inputs.ramdisk())
    assert properties["ro.product.mod_device"] == "hermes_global"
    assert properties["ro.build.version.incremental"] == "V8.1.1.0.0.LHMMIDI"
    assert properties["ro.flashlab.region"] == "global" and properties["ro.flashlab.adverts"] == "1"
    assert properties["ro.build.tags"] == "test-keys"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("rom", ROMS)
def test_every_rom_for_every_model(inputs, rom, model):
    inputs.rom, inputs.model = paths.ROM_FILES / f"{rom}.yaml", paths.MODEL_FILES / f"{model}.yaml"
    manifest = yaml.safe_load(inputs.rom.read_text(encoding="utf-8"))
    facts = yaml.safe_load(inputs.model.read_text(encoding="utf-8"))
    images = inputs.all_images()
    vbmeta = avb_check.check_vbmeta(images.pop("vbmeta"))
    system = images.pop("system")
    recovery = images.pop("recovery", None)
    for name, image in images.items():
        avb_check.check_image(vbmeta, name, image)
    assert sorted(vbmeta.hashes) == sorted(images) and vbmeta.flags == 0
    assert list(vbmeta.trees) == ["system"]
    assert list(vbmeta.chains) == (["recovery"] if recovery else [])
    if recovery:
        own = avb_check.check_chained(vbmeta, "recovery", recovery, 2)
        assert (own.public_key, own.rollback_index) == (vbmeta.public_key, vbmeta.rollback_index)
    avb_check.check_tree(vbmeta.trees["system"], system)
    content, own = avb_check.check_footer(system)
    assert own.trees == vbmeta.trees and own.algorithm == 0
    assert content == own.trees["system"].image_size
    assert vbmeta.cmdlines == [(1, "flashlab.system=dm-verity"), (2, "flashlab.system=plain")]
    assert vbmeta.rollback_index == facts.get("rollback_index", 0)
    assert vbmeta.public_key == (paths.KEYS / f"{manifest['signed_by']}.avbpubkey").read_bytes()
    assert vbmeta.properties["flashlab.rom.name"] == rom
    assert vbmeta.properties["flashlab.rom.product"] == model
    assert vbmeta.properties["flashlab.rom.region"] == manifest["region"]
    assert re.fullmatch(r"V[\d.]+\.[LO][A-Z]{2}(CNFD|MIFD|MIDI)", vbmeta.properties["flashlab.rom.version"])
    assert vbmeta.properties["com.android.build.boot.os_version"] == manifest["android"]


@pytest.mark.parametrize("model", MODELS)
def test_disk(inputs, tmp_path, model):
    inputs.model = paths.MODEL_FILES / f"{model}.yaml"
    images = inputs.all_images()
    disk = tmp_path / "disk.img"
    assert romc("disk", *inputs.words(), "-o", disk).returncode == 0
    assert "No problems found" in subprocess.run([tool("sgdisk"), "-v", disk], text=True,
                                                 capture_output=True, check=True).stdout
    listed = subprocess.run([tool("sgdisk"), "-p", disk], text=True, capture_output=True, check=True).stdout
    rows = re.findall(r"^ +\d+ +(\d+) +(\d+) .* (\S+)$", listed, re.MULTILINE)
    wanted = yaml.safe_load(inputs.model.read_text(encoding="utf-8"))["partitions"]
    assert [name for _, _, name in rows] == [part["name"] for part in wanted]
    for (first, last, _), part in zip(rows, wanted):
        number, unit = part["size"].split()
        assert int(first) * 512 % (1 << 20) == 0
        assert (int(last) - int(first) + 1) * 512 >= int(number) * UNITS[unit]
    homes = [(int(first) * 512, name.removesuffix("_a").removesuffix("_b")) for first, _, name in rows]
    homes = [(offset, name) for offset, name in homes if name in images]
    assert len(homes) == len(images) * (2 if "boot_b" in listed else 1)  # both slots have the ROM
    with disk.open("rb") as file:
        for offset, name in homes:
            file.seek(offset)
            assert file.read(len(images[name])) == images[name], name
    room = sum(len(images[name]) for _, name in homes) + (1 << 20)
    assert disk.stat().st_blocks * 512 < room < disk.stat().st_size

    other = tmp_path / "other.img"
    assert romc("disk", "--images", tmp_path / "out", "--model", inputs.model, "-o", other).returncode == 0
    assert other.stat().st_size == disk.stat().st_size
    assert written(other) == written(disk)


def test_same_inputs_same_bytes(inputs, tmp_path):
    first = inputs.images("one")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(inputs.userland, elsewhere)
    for path in elsewhere.iterdir():
        os.utime(path, (1, 1))
    inputs.userland = elsewhere
    assert inputs.images("two") == first
    assert inputs.images("two") == first  # over what is there
    inputs.copy("rom", ("title: MIUI", "title: miui"))
    assert inputs.images("three") != first


def test_rom_without_marker_and_signature(inputs):
    inputs.copy("rom", ("region: cn", "rollback_index: 7"))
    inputs.copy("rom", ("signed_by: oem", "signed_by: none"))
    boot, image = inputs.images()
    vbmeta = avb_check.check_vbmeta(image)
    assert vbmeta.algorithm == 0 and vbmeta.rollback_index == 7
    assert "flashlab.rom.region" not in vbmeta.properties
    avb_check.check_image(vbmeta, "boot", boot)


BAD_MANIFESTS = {
    "unknown key": ("official: true", "oficial: true", 6, "oficial"),
    "missing key": ("official: true\n", "", None, "official"),
    "key twice": ("official: true", "official: true\nofficial: true", 7, "official"),
    "not a boolean": ("official: true", "official: maybe", 6, "official"),
    "unknown signer": ("signed_by: oem", "signed_by: me", 7, "signed_by"),
    "other name": ("name: cn", "name: global", 2, "global.yaml"),
    "path as a name": ("name: cn", "name: ../cn", 2, "name"),
    "android as a number": ('android: "8.1.0"', "android: 8.1", 11, "android"),
    "android too short": ('android: "8.1.0"', 'android: "8.1"', 11, "three numbers"),
    "android too large": ('android: "8.1.0"', 'android: "8.128.0"', 11, "127"),
    "no such month": ("2018-09-01", "2018-13-01", 12, "security_patch"),
    "no such day": ('"20180905"', '"20180999"', 10, "date"),
    "short date": ('"20180905"', '"2018"', 10, "date"),
    "braces": ("O{model}CNFD", "O{name}CNFD", 8, "{model}"),
    "braces twice": ("O{model}CNFD", "O{model}{model}D", 8, "{model}"),
    "long version": ("O{model}CNFD", "O" * 60, 8, "version"),
    "title with an escape": ("title: MIUI 9.6 China", 'title: "MIUI\\e[31m"', 3, "title"),
    "region with a newline": ("region: cn", 'region: "c\\nn"', 5, "region"),
    "rollback too high": ("region: cn", "region: cn\nrollback_index: 65", 6, "rollback_index"),
    "media too large": ("region: cn", "region: cn\nmedia_mib: 1025", 6, "media_mib"),
    "rollback negative": ("region: cn", "region: cn\nrollback_index: -1", 6, "rollback_index"),
    "clock": ("region: cn", 'region: cn\nclock: "25:00"', 6, "clock"),
    "a list": ("region: cn", "region: [cn]", 5, "region"),
    "not YAML": ("region: cn", "region: [cn", None, "cn.yaml:"),
}


@pytest.mark.parametrize("case", BAD_MANIFESTS)
def test_bad_manifest(inputs, case):
    old, new, line, word = BAD_MANIFESTS[case]
    copied = inputs.copy("rom", (old, new))
    inputs.refused(f"{copied}:{line}: " if line else f"{copied}:", word)


def test_bad_parts(inputs, tmp_path):
    for field, value, expected in (
            ("rom", tmp_path / "none.yaml", "none.yaml"),
            ("model", tmp_path / "none.yaml", "none.yaml"),
            ("keys", tmp_path / "none", "no key 'oem'"),
            ("kernel", tmp_path / "none", "No such file"),
            ("kernel", tmp_path, "not a regular file"),
            ("kernel", inputs.busybox, "not an arm64 Linux kernel image"),
            ("busybox", inputs.kernel, "not an arm64 program"),
            ("userland", inputs.modules, "no arm64 program called init"),
            ("userland", tmp_path / "none", "No such file"),
            ("modules", inputs.userland, "modules.order")):
        kept = getattr(inputs, field)
        setattr(inputs, field, value)
        inputs.refused(expected)
        setattr(inputs, field, kept)


def test_partition_too_small_keeps_the_old_disk(inputs, tmp_path):
    inputs.kernel.write_bytes(TINY_KERNEL + bytes(1 << 20))
    inputs.copy("model", ("{name: boot, size: 64 MiB}", "{name: boot, size: 1 MiB}"))
    disk = tmp_path / "disk.img"
    disk.write_text("the old one")
    before = sorted(tmp_path.iterdir())
    done = romc("disk", *inputs.words(), "-o", disk)
    assert done.returncode == 1 and 'dipper.yaml: partition "boot"' in done.stderr
    assert disk.read_text() == "the old one" and sorted(tmp_path.iterdir()) == before


def test_output_that_cannot_be_written(inputs, tmp_path):
    missing = tmp_path / "no" / "such" / "folder"
    for command in ("images", "disk"):
        done = romc(command, *inputs.words(), "-o", missing)
        assert done.returncode == 1 and str(missing) in done.stderr
    done = romc("disk", *inputs.words(), "-o", inputs.userland)
    assert done.returncode == 1 and sorted(p.name for p in inputs.userland.iterdir()) == ["init", "recovery"]


def test_full_disk_leaves_nothing(inputs, tmp_path):
    """A limit on the size of files stands in for a disk that gets full."""
    out = tmp_path / "out"
    inputs.kernel.write_bytes(TINY_KERNEL + bytes(1 << 20))
    command = "trap '' XFSZ; ulimit -f 512; exec \"$@\""
    for words in (("images", *inputs.words(), "-o", out), ("disk", *inputs.words(), "-o", out)):
        done = subprocess.run(["bash", "-c", command, "bash", paths.ROMC, *map(str, words)], text=True,
                              capture_output=True, timeout=HANG_S, check=False)
        assert done.returncode == 1 and "File too large" in done.stderr
        assert not [path for path in tmp_path.iterdir() if path.name.startswith("out")]


def zboot(payload: bytes) -> bytes:
    return b"MZ\0\0zimg" + struct.pack("<II", 64, len(payload)) + bytes(48) + payload


@pytest.mark.parametrize("packed", [gzip.compress(TINY_KERNEL), lzma.compress(TINY_KERNEL),
                                    zboot(gzip.compress(TINY_KERNEL))], ids=["gzip", "xz", "zboot"])
def test_kernel_packs_as_lz4_does(inputs, tmp_path, packed):
    """Whatever it was packed by; the lz4 program unpacks it."""
    plain = inputs.kernel.read_bytes()
    inputs.kernel.write_bytes(packed)
    out = tmp_path / "Image.lz4"
    assert romc("kernel", inputs.kernel, "-o", out).returncode == 0
    assert subprocess.run([tool("lz4"), "-d", "-c", out], capture_output=True, check=True).stdout == plain
    inputs.kernel.write_bytes(packed[:len(packed) // 2])
    done = romc("kernel", inputs.kernel, "-o", tmp_path / "none")
    assert done.returncode == 1 and "not an arm64 Linux kernel image" in done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("tail", [b"", bytes.fromhex("d00dfeed") + bytes(100)], ids=["alone", "dtb"])
def test_what_a_phone_unpacks_is_left_as_it_is(inputs, tmp_path, tail):
    packed = gzip.compress(TINY_KERNEL) + tail
    inputs.kernel.write_bytes(packed)
    boot = inputs.images()[0]
    assert boot[4096:4096 + len(packed)] == packed and boot[8:12] == struct.pack("<I", len(packed))


@pytest.mark.parametrize("packed", [lzma.compress(TINY_KERNEL), zboot(gzip.compress(TINY_KERNEL)),
                                    bytes.fromhex("04224d18") + bytes(100)], ids=["xz", "zboot", "frame"])
def test_what_a_phone_does_not_unpack_is_refused(inputs, packed):
    inputs.kernel.write_bytes(packed)
    inputs.refused("`romc kernel")


def test_packed_modules(inputs):
    plain = inputs.images("plain")
    for path in (inputs.modules / "kernel").iterdir():
        path.with_suffix(".ko.xz").write_bytes(lzma.compress(path.read_bytes()))
        path.unlink()
    assert inputs.images("packed") == plain


def test_modules_in_loading_order(inputs):
    inputs.set_modules({"evdev": "", "virtio_mmio": "ring,virtio", "ring": "odd_name", "odd-name": "",
                        "virtio_console": "ring", "virtio_blk": "", "virtio_input": "evdev", "other": "",
                        "squashfs": "", "dm-verity": "dm-mod", "dm-mod": "", "sha512_generic": ""})
    load = inputs.ramdisk()["lib/modules/load"].content.decode().split()
    assert load == [f"/lib/modules/{name}.ko" for name in (
        "odd_name", "ring", "virtio_mmio", "virtio_console", "virtio_blk", "evdev", "virtio_input",
        "dm_mod", "dm_verity", "squashfs", "sha512_generic")]


def test_modules_that_cannot_be_had(inputs):
    names = MODULES
    inputs.set_modules({**dict.fromkeys(names, ""), "virtio_mmio": "gone"})
    inputs.refused("no kernel module gone")
    inputs.set_modules({**dict.fromkeys(names, ""), "virtio_mmio": "evdev", "evdev": "virtio_mmio"})
    inputs.refused("in a circle")
    inputs.set_modules(dict.fromkeys(names[1:], ""))
    inputs.refused("no kernel module virtio_mmio")
    inputs.set_modules(dict.fromkeys(names, ""))
    whole = (inputs.modules / "kernel" / "evdev.ko").read_bytes()
    no_sections = whole[:60] + bytes(2) + whole[62:]
    for damaged in (whole[:5], whole[:63], whole[:100], whole[:-1], no_sections):
        (inputs.modules / "kernel" / "evdev.ko").write_bytes(damaged)
        inputs.refused("evdev")


def key_names(*kinds: str) -> list[str]:
    return [f"{name}.{kind}" for name in ("oem", "reseller", "user") for kind in kinds]


def test_keys(tmp_path, build):
    """
    What the build's `romc keys` made: the public half is the private one's, and what is there stays.
    That what is missing is made: tests/unit/test_key_files.c.
    """
    for name in key_names("avbpubkey", "pem"):
        shutil.copy2(paths.KEYS / name, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for name in ("oem", "reseller", "user"):
        private = tmp_path / f"{name}.pem"
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
        public = (tmp_path / f"{name}.avbpubkey").read_bytes()
        assert avb_check.check_key(public) == avb_check.check_private_key(private.read_text())
    assert len({hashlib.sha256(data).digest() for data in before.values()}) == 6

    (tmp_path / "user.avbpubkey").unlink()
    (tmp_path / "reseller.avbpubkey").write_bytes(b"other")
    assert romc("keys", tmp_path).returncode == 0
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before

    (tmp_path / "user.pem").write_text("precious, but no key\n")
    done = romc("keys", tmp_path)
    assert done.returncode == 1 and "user.pem: not a private RSA key" in done.stderr
    assert (tmp_path / "user.pem").read_text() == "precious, but no key\n"
