# SPDX-License-Identifier: MIT
"""
What romc's options make of a ROM, by the rules of AVB 2.0 (avb_check.py), and what is in `system`.
"""

from __future__ import annotations

import os
import subprocess
import zlib
from pathlib import Path

import avb_check
import pytest
from lab import paths
from romc_inputs import Inputs, elf, romc, tool

LOCATIONS = {"boot": 1, "recovery": 2, "dtbo": 3}
KEYS = ("oem", "reseller", "user")


@pytest.fixture
def inputs(tmp_path: Path, build: Path) -> Inputs:
    return Inputs(tmp_path)


def public_key(name: str) -> bytes:
    return (paths.KEYS / f"{name}.avbpubkey").read_bytes()


@pytest.mark.parametrize("signer", KEYS)
def test_signed_by_another_key(inputs, signer):
    images = inputs.all_images("--sign-with", signer)
    assert avb_check.check_vbmeta(images["vbmeta"]).public_key == public_key(signer)


def test_not_signed_index_and_flags(inputs):
    images = inputs.all_images("--sign-with", "none", "--rollback-index", "0", "--flags", "3")
    vbmeta = avb_check.check_vbmeta(images["vbmeta"])
    assert (vbmeta.algorithm, vbmeta.rollback_index, vbmeta.flags) == (0, 0, 3)
    avb_check.check_image(vbmeta, "boot", images["boot"])
    images = inputs.all_images("--rollback-index", "64", "--flags", "1")
    vbmeta = avb_check.check_vbmeta(images["vbmeta"])
    assert (vbmeta.algorithm, vbmeta.rollback_index, vbmeta.flags) == (2, 64, 1)


@pytest.mark.parametrize(
    "chains",
    [{}, {"boot": "user"}, {"dtbo": "oem"}, {"recovery": "reseller", "boot": "user", "dtbo": "oem"}],
)
def test_chained_partitions(inputs, chains):
    """Their vbmeta lies behind the image, the footer at the end of the partition."""
    words = [word for name, key in chains.items() for word in ("--chain", f"{name}={key}")]
    images = inputs.all_images(*words, "--rollback-index", "5")
    vbmeta = avb_check.check_vbmeta(images["vbmeta"])
    chains = {"recovery": "oem", **chains}  # it stands alone: signed as the ROM is, unless told
    assert sorted(vbmeta.chains) == sorted(chains)
    for name in LOCATIONS:
        if name not in chains:
            avb_check.check_image(vbmeta, name, images[name])
            continue
        own = avb_check.check_chained(vbmeta, name, images[name], LOCATIONS[name])
        assert (own.public_key, own.rollback_index) == (public_key(chains[name]), 5)
        assert len(images[name]) == (8 if name == "dtbo" else 64) << 20


@pytest.mark.parametrize(
    "words",
    [
        ("--sign-with", "me"),
        ("--rollback-index", "65"),
        ("--flags", "x"),
        ("--rollback-index", ""),
        ("--rollback-index", "-1"),
        ("--chain", "boot"),
        ("--chain", "system=oem"),
        ("--chain", "boot=me"),
        ("--chain", "boot=oem", "--chain", "boot=user"),
        ("--flags", "99999999999999999999999"),
    ],
)
def test_options_that_make_no_sense(inputs, tmp_path, words):
    done = romc("images", *inputs.words(), *words, "-o", tmp_path / "out")
    assert (done.returncode, done.stdout) == (1, "") and done.stderr
    assert not (tmp_path / "out").exists()


def unpacked(image: Path, to: Path) -> dict[str, bytes]:
    """path -> content; of a link, where it leads."""
    subprocess.run(
        [tool("unsquashfs"), "-no-progress", "-dest", to, image], check=True, capture_output=True
    )
    return {
        str(path.relative_to(to)): (
            os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
        )
        for path in to.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def test_what_is_in_system(inputs, tmp_path):
    inputs.busybox.write_bytes(inputs.busybox.read_bytes() + bytes(range(256)) * 64)
    inputs.all_images()
    files = unpacked(tmp_path / "out" / "system.img", tmp_path / "cn")
    assert files["build.prop"] == inputs.ramdisk()["default.prop"].content
    assert files["bin/busybox"] == inputs.busybox.read_bytes()
    assert "app/Settings/about.txt" in files and "app/CryingCartoon/about.txt" not in files
    assert "media/pictures-and-sounds" not in files
    inputs.rom = paths.ROM_FILES / "reseller.yaml"
    inputs.copy("rom", ("region:", "media_mib: 3\nregion:"))
    inputs.all_images()
    files = unpacked(tmp_path / "out" / "system.img", tmp_path / "reseller")
    assert "app/CryingCartoon/about.txt" in files
    noise = files["media/pictures-and-sounds"]
    assert len(noise) == 3 << 20 and len(zlib.compress(noise)) > len(noise)


def test_programs_of_system(inputs, tmp_path):
    inputs.odd_userland()
    inputs.all_images()
    files = unpacked(tmp_path / "out" / "system.img", tmp_path / "cn")
    programs = {name[4:]: content for name, content in files.items() if name.startswith("bin/")}
    links = {name for name, content in programs.items() if content == b"busybox"}
    assert {"sh", "devmem", "poweroff"} <= links
    own = {name: content for name, content in programs.items() if name not in links}
    assert own.pop("dmesg") == elf(b"our own")  # goes before busybox's
    assert own == {"busybox": inputs.busybox.read_bytes(), "getprop": elf()}
    real = paths.BUSYBOX.read_bytes()
    for name in links:
        assert b"\0" + name.encode() + b"\0" in real, f"busybox has no applet {name}"
    done = romc("images", *inputs.words()[:-2], "-o", tmp_path / "plain")
    assert done.returncode == 0 and inputs.words()[-2] == "--busybox"
    files = unpacked(tmp_path / "plain" / "system.img", tmp_path / "without")
    assert {name for name in files if name.startswith("bin/")} == {"bin/dmesg", "bin/getprop"}
