# SPDX-License-Identifier: MIT
"""ROM packages for fastboot: what romc writes, held against other people's tools."""

from __future__ import annotations

import re
import stat
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from lab import paths, roms
from romc_inputs import Inputs, elf, romc, tool

SHELL_SCRIPTS = ("flash_all.sh", "flash_all_except_storage.sh", "flash_all_lock.sh")
SCRIPTS = tuple(sorted((*SHELL_SCRIPTS, *(name[:-3] + ".bat" for name in SHELL_SCRIPTS))))
TEXTS = tuple(
    "android-info.txt anti_version.txt cksum.txt crclist.txt rawprogram0.xml sparsecrclist.txt".split()
)
IMAGES = {
    f"{name}.img"
    for name in ("boot", "cache", "dtbo", "misc", "recovery", "system", "userdata", "vbmeta")
}


@pytest.fixture
def inputs(tmp_path: Path, build: Path) -> Inputs:
    return Inputs(tmp_path)


def make(inputs: Inputs, out: str = "packages", archives: bool = False) -> Path:
    """The package's folder."""
    where = inputs.folder / out
    how = ["--scripts", roms.TEMPLATES, *([] if archives else ["--archives", "no"])]
    done = romc("package", *inputs.words(), *how, "-o", where)
    assert (done.returncode, done.stderr) == (0, "")
    name = done.stdout.removesuffix("\n")
    parts = roms.PARTS if archives else ("",)
    assert {f"{name}{part}" for part in parts} <= {path.name for path in where.iterdir()}
    return where / name


def files_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_what_a_package_holds(inputs):
    folder = make(inputs)
    assert re.fullmatch(
        r"dipper_images_8\.8\.31_20180905\.0000\.00_8\.1_cn_[0-9a-f]{10}", folder.name
    )
    files = files_of(folder)
    images = {name.removeprefix("images/") for name in files if name.startswith("images/")}
    assert {*SCRIPTS, "misc.txt"} == {name for name in files if "/" not in name}
    assert images == set(TEXTS) | IMAGES | {"system.raw"}
    boot, vbmeta = inputs.images()
    assert files["images/boot.img"] == boot and files["images/vbmeta.img"] == vbmeta
    assert files["images/misc.img"] == bytes(2048)
    assert files["misc.txt"].decode().splitlines() == [
        "device=dipper",
        "build_number=V9.6.5.0.OEACNFD",
        "userdata_version=8.8.31",
    ]
    assert files["images/anti_version.txt"] == b"1\n"
    assert files["images/android-info.txt"] == b"require product=dipper\n"


def test_archives_hold_the_same(inputs):
    assert make(inputs, "alone").name == make(inputs, archives=True).name
    assert [path.name for path in (inputs.folder / "alone").iterdir()] == [make(inputs).name]
    folder = make(inputs)
    assert sorted(path.name for path in folder.parent.iterdir()) == sorted(
        f"{folder.name}{part}" for part in roms.PARTS
    )
    files = files_of(folder)
    with tarfile.open(f"{folder}.tgz", "r:gz") as tgz:
        packed = {m.name: tgz.extractfile(m).read() for m in tgz.getmembers()}
        modes = {m.name.rsplit("/", 1)[-1]: m.mode for m in tgz.getmembers()}
    assert packed == {f"{folder.name}/{name}": content for name, content in files.items()}
    for path in folder.rglob("*"):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == modes[path.name]
    assert {name for name, mode in modes.items() if mode & 0o100} == set(SHELL_SCRIPTS)
    with zipfile.ZipFile(f"{folder}-img.zip") as update:
        assert update.testzip() is None
        unpacked = {name: update.read(name) for name in update.namelist()}
    wanted = ("images/android-info.txt", *(n for n in files if n.endswith(".img")))
    assert unpacked == {name.removeprefix("images/"): files[name] for name in wanted}


def test_lists_of_checksums(inputs):
    folder = make(inputs)
    images = sorted((folder / "images").glob("*.img"))
    said = subprocess.run(
        ["cksum", *(path.name for path in images)],
        cwd=folder / "images",
        text=True,
        capture_output=True,
        check=True,
    )
    listed = (folder / "images" / "cksum.txt").read_text().splitlines()
    assert sorted(listed) == sorted(said.stdout.splitlines())


@pytest.mark.parametrize(("name", "size"), (("cache", 256 << 20), ("userdata", 4 << 30)))
def test_blank_images_open_with_simg2img(inputs, name, size):
    image = make(inputs) / "images" / f"{name}.img"
    raw = inputs.folder / "raw"
    subprocess.run([tool("simg2img"), image, raw], check=True, capture_output=True)
    assert raw.stat().st_size == size
    with raw.open("rb") as file:
        assert not any(file.read(32 << 20))
    assert 16 << 20 <= raw.stat().st_blocks * 512 < 17 << 20


def test_the_system_opens_with_simg2img(inputs):
    package = make(inputs) / "images" / "system.img"
    done = romc("images", *inputs.words(), "-o", inputs.folder / "images")
    assert (done.returncode, done.stderr) == (0, "")
    system = (inputs.folder / "images" / "system.img").read_bytes()
    raw = inputs.folder / "raw"
    subprocess.run([tool("simg2img"), package, raw], check=True, capture_output=True)
    with raw.open("rb") as file:
        assert file.read(len(system)) == system and not any(file.read(1 << 20))
    assert raw.stat().st_size == 3072 << 20
    assert package.read_bytes()[-64:-60] != b"AVBf"  # newer clients would move this "footer"


@pytest.mark.parametrize("shell", ("dash", "bash"))
def test_scripts_are_shell(inputs, shell):
    folder = make(inputs)
    for name in SHELL_SCRIPTS:
        assert (folder / name).read_text().startswith("#!/bin/sh\n")
        subprocess.run([shell, "-n", folder / name], check=True)


@pytest.mark.parametrize(
    ("rom", "model", "begins", "region", "anti"),
    (
        ("global", "dipper", "dipper_global_images_8.7.12_20180712.0000.00_8.1_global_", "g", 1),
        ("cn", "whyred", "whyred_images_8.8.31_20180905.0000.00_8.1_cn_", "cn", 4),
        ("reseller", "hermes", "hermes_global_images_6.11.24_20161130.0000.00_5.0_global_", "g", 0),
    ),
)
def test_names_and_indexes(inputs, rom, model, begins, region, anti):
    inputs.rom = paths.ROM_FILES / f"{rom}.yaml"
    inputs.model = paths.MODEL_FILES / f"{model}.yaml"
    folder = make(inputs)
    assert re.fullmatch(re.escape(begins) + "[0-9a-f]{10}", folder.name)
    assert (folder / "images" / "anti_version.txt").read_text() == f"{anti}\n"
    assert f"require product={model}\n" in (folder / "images" / "android-info.txt").read_text()


def test_a_rom_without_a_region_has_a_name_too(inputs):
    inputs.copy("rom", ("region: cn\n", ""))
    assert "_8.1_none_" in make(inputs).name


def test_the_same_inputs_give_the_same_bytes(inputs):
    first, second = make(inputs, "one", archives=True), make(inputs, "two", archives=True)
    assert first.name == second.name
    assert files_of(first.parent) == files_of(second.parent)
    inputs.program("init", elf(b"another"))
    assert make(inputs, "three").name != first.name


def test_a_package_that_is_there_is_replaced(inputs):
    folder = make(inputs, archives=True)
    whole = files_of(folder.parent)
    (folder / "images" / "boot.img").write_bytes(b"damaged")
    (folder / "extra").write_bytes(b"a person's own")
    Path(f"{folder}.tgz").write_bytes(b"damaged")
    assert make(inputs, archives=True) == folder
    assert files_of(folder.parent) == whole


def refused(inputs: Inputs, *expected: str, scripts: Path = roms.TEMPLATES, out: str = "p") -> None:
    """Nothing is made, and nothing is left."""
    before = files_of(inputs.folder)
    done = romc("package", *inputs.words(), "--scripts", scripts, "-o", inputs.folder / out)
    assert (done.returncode, done.stdout) == (1, "")
    for part in expected:
        assert part in done.stderr
    assert files_of(inputs.folder) == before
    assert not (inputs.folder / "p").exists()


def test_what_is_refused(inputs, tmp_path):
    done = romc("package", *inputs.words(), "-o", tmp_path / "p")
    assert done.returncode == 1 and "missing: --scripts" in done.stderr
    how = ("--scripts", roms.TEMPLATES, "--archives", "yes")
    done = romc("package", *inputs.words(), *how, "-o", tmp_path / "p")
    assert done.returncode == 1 and "--archives can only be no, not yes" in done.stderr
    refused(inputs, "flash_all.sh.in", scripts=tmp_path / "nowhere")
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "flash_all.sh.in").write_text("@DEVISE@\n")
    (templates / "flash_all.bat.in").write_text("@STEPS@\n")
    refused(inputs, "flash_all.sh.in: an unknown @WORD@", scripts=templates)
    (tmp_path / "file").write_bytes(b"")
    refused(inputs, "file/p: Not a directory", out="file/p")
    refused(inputs, "file: Not a directory", out="file")
    model = inputs.copy("model", ("{name: boot, size: 64 MiB}", "{name: boot, size: 4 KiB}"))
    refused(inputs, f'{model}: partition "boot" has 4096 bytes')


def test_packages_are_kept_until_an_input_changes(tmp_path, build, monkeypatch):
    out = tmp_path / "roms"
    template = tmp_path / "templates" / "flash_all.sh.in"
    template.parent.mkdir()
    for name in ("flash_all.sh.in", "flash_all.bat.in"):
        (template.parent / name).write_text((roms.TEMPLATES / name).read_text())
    monkeypatch.setattr(roms, "TEMPLATES", template.parent)
    first = roms.package("mido", "reseller", out)
    made = (first / "misc.txt").stat().st_ino
    assert roms.package("mido", "reseller", out) == first
    assert (first / "misc.txt").stat().st_ino == made
    assert parts_in(out) == [first.name]
    assert roms.package("mido", "reseller", out, archives=True) == first
    assert parts_in(out) == sorted(f"{first.name}{part}" for part in roms.PARTS)
    template.write_text(template.read_text() + "# changed\n")
    second = roms.package("mido", "reseller", out)
    assert second.name != first.name
    assert parts_in(out) == [second.name]  # the archives of what was before are gone, too
    second.rename(out / "elsewhere")
    assert roms.package("mido", "reseller", out) == second and second.is_dir()


def parts_in(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if path.name != ".made")


def test_recovery_roms_are_kept_beside_them(tmp_path, build):
    out = tmp_path / "roms"
    first = roms.recovery_zip("mido", "reseller", out)
    made = first.stat().st_ino
    assert first.parent == out and zipfile.is_zipfile(first)
    assert roms.recovery_zip("mido", "reseller", out).stat().st_ino == made
    first.unlink()
    assert roms.recovery_zip("mido", "reseller", out) == first and first.exists()


def test_which_packages_there_are():
    every = roms.all_packages()
    assert ("dipper", "cn") in every and ("dipper", "global") in every
    assert ("hermes", "reseller") in every and ("dipper", "reseller") not in every
