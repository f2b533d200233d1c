# SPDX-License-Identifier: MIT
"""
ROM packages, kept in build/roms and made anew when an input changed: every model's for fastboot, and
for adb sideload those that were asked for.

    NAME/, NAME.tgz, NAME-img.zip   for fastboot          .made/MODEL-ROM-package.*   of what (kept.py)
    miui_....zip                    for adb sideload      .made/MODEL-ROM-ota.*
"""

from __future__ import annotations

import argparse
import concurrent.futures
import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Callable

from . import catalog, ending, paths, store
from .errors import LabError
from .kept import kept

ROMS = paths.BUILD / "roms"
SHELVES = paths.BUILD / "exercises"
TEMPLATES = paths.ROM_FILES / "package" / "flash_scripts"
RESELLERS_END = "2018"  # shops put their ROMs on phones from before the lock
PARTS = ("", ".tgz", "-img.zip")  # of a package for fastboot; its archives take longest to make
ZIP_PARTS = ("",)
WORKERS = min(4, os.cpu_count() or 1)
PACKAGE_BYTES = 95_000_000  # about: images, archive and zip of one
STALE_S = 600  # what an interrupted romc left is swept away after this


def fits(model: str, rom: str) -> bool:
    """Is there such a package? The maker's ROMs are there for every model."""
    if catalog.facts_of_rom(rom).get("official", True):
        return True
    return str(catalog.facts_of_model(model).get("released", "")) < RESELLERS_END


def all_packages() -> list[tuple[str, str]]:
    return [(m, r) for m in catalog.models() for r in catalog.roms() if fits(m, r)]


def package(model: str, rom: str, out: Path = ROMS, archives: bool = False) -> Path:
    """
    The folder of the package, made now if it is not there or not of today's inputs; with its
    archives beside it, if they are wanted.
    """
    return _package(model, rom, out, archives, [])


def recovery_zip(model: str, rom: str, out: Path = ROMS) -> Path:
    """The same for the recovery ROM, which adb sideload sends."""
    return _kept(model, rom, out, "ota", ZIP_PARTS, [])


def variant(
    kind: str,
    model: str,
    rom: str,
    index: int | None = None,
    key: str | None = None,
    archives: bool = False,
) -> Path:
    """A `package` or `zip` that differs in its rollback index, or in whose key signs it."""
    more, name = [], []
    if index is not None:
        more, name = ["--rollback-index", str(index)], [f"anti-{index}"]
    if key is not None:
        more, name = [*more, "--sign-with", key], [*name, f"key-{key}"]
    out = ROMS / "-".join(name) if name else ROMS
    if kind == "zip":
        return _kept(model, rom, out, "ota", ZIP_PARTS, more)
    return _package(model, rom, out, archives, more)


def named(
    kind: str, model: str, rom: str, index: int | None = None, archives: bool = False
) -> Path:
    """A `package` or `zip` by a name that can be typed, such as build/roms/dipper-cn: a link."""
    words = [model, rom, *([f"anti{index}"] if index is not None else [])]
    link = ROMS / ("-".join(words) + (".zip" if kind == "zip" else ""))
    _link(link, variant(kind, model, rom, index, archives=archives))
    return link


def shelf(name: str, model: str, wanted: dict[str, dict]) -> Path:
    """
    A folder of packages whose names give nothing away, for an exercise: `wanted` has, for each,
    its rom, and its index or key where they are other ones.
    """
    made = {
        word: variant("package", model, rom["rom"], rom.get("index"), rom.get("key"))
        for word, rom in wanted.items()
    }
    folder = SHELVES / f"{name}-{model}"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for word, package in made.items():
            _put(folder, word, package)
    return folder


def _put(folder: Path, word: str, package: Path) -> None:
    """A copy without copying: the package's files under another folder's name."""
    there, record = folder / word, folder / f".{word}"
    if there.is_dir() and record.is_file() and record.read_text(encoding="utf-8") == str(package):
        return
    shutil.rmtree(there, ignore_errors=True)
    shutil.copytree(package, there, copy_function=os.link)
    record.write_text(str(package), encoding="utf-8")


def _link(link: Path, target: Path) -> None:
    """Whole at any moment: others may be reading it."""
    wanted = os.path.relpath(target, link.parent)
    if link.is_symlink() and os.readlink(link) == wanted:
        return
    part = link.with_name(f".{link.name}.{os.getpid()}.{threading.get_ident()}")
    part.symlink_to(wanted)
    os.replace(part, link)


def _package(model: str, rom: str, out: Path, archives: bool, more: list) -> Path:
    parts, words = (PARTS, []) if archives else (PARTS[:1], ["--archives", "no"])
    return _kept(model, rom, out, "package", parts, ["--scripts", TEMPLATES, *more], words)


def _kept(
    model: str,
    rom: str,
    out: Path,
    command: str,
    parts: tuple[str, ...],
    more: list,
    how: list | None = None,
) -> Path:
    """`more` makes it another thing; `how`: what of it is written."""
    catalog.check("model", model)
    catalog.check("rom", rom)
    paths.need(paths.ROMC, paths.ROOT_KEY, paths.KERNEL, paths.BUSYBOX)
    inputs = [*store.rom_inputs(model, rom), *more]
    with kept(
        out,
        f"{model}-{rom}-{command}",
        [paths.ROMC, *inputs],
        make=lambda: _romc([command, *inputs, *(how or []), "-o", out]),
        is_whole=lambda name: all((out / f"{name}{part}").exists() for part in parts),
        remove=lambda name: _remove(out, name),
    ) as name:
        return out / name


def _romc(words: list) -> str:
    done = subprocess.run(
        [str(paths.ROMC), *map(str, words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LabError(done.stderr.strip() or f"romc ended with {done.returncode}")
    return done.stdout.strip()


def _remove(out: Path, name: str) -> None:
    for part in PARTS:
        path = out / f"{name}{part}"
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _sweep(out: Path) -> None:
    for left in out.glob(".package-*"):
        try:
            if time.time() - left.stat().st_mtime > STALE_S:
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue


def _used_bytes(out: Path) -> int:
    files = {(s.st_dev, s.st_ino): s.st_blocks * 512 for s in (f.lstat() for f in out.rglob("*"))}
    return sum(files.values())


def main(argv: list[str]) -> int:
    return ending.run("roms", lambda: _make(_parse(argv)))


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/roms",
        description="Builds ROM packages into build/roms: all models', or those of some.",
    )
    parser.add_argument("models", metavar="MODEL", nargs="*", help="codenames (default: all)")
    parser.add_argument("--rom", metavar="ROM", help="only this ROM")
    parser.add_argument(
        "--zip", action="store_true", help="recovery ROMs, for adb sideload, instead of fastboot's"
    )
    return parser.parse_args(argv)


def _make(args: argparse.Namespace) -> int:
    for model in args.models:
        catalog.check("model", model)
    if args.rom:
        catalog.check("rom", args.rom)
    wanted = _wanted(args.models, args.rom)
    if not args.models:
        _say_what_it_takes(wanted)
    kind = "zip" if args.zip else "package"
    return _build_all(wanted, lambda model, rom: named(kind, model, rom, archives=True))


def _wanted(models: list[str], rom: str | None) -> list[tuple[str, str]]:
    there = all_packages()
    wanted = [(m, r) for m, r in there if m in (models or [m]) and r == (rom or r)]
    if not wanted:
        made_for = ", ".join(model for model, other in there if other == rom)
        raise LabError(
            f"there is no {rom} ROM for {', '.join(models)}: resellers put theirs on phones from "
            f"before {RESELLERS_END}. There is one for {made_for}",
            code=2,
        )
    return wanted


def _say_what_it_takes(wanted: list[tuple[str, str]]) -> None:
    """All models: much room and some minutes. Whoever plays with one phone needs neither."""
    needed, free = len(wanted) * PACKAGE_BYTES, shutil.disk_usage(paths.BUILD).free
    one = "one model is enough to begin with: scripts/roms dipper"
    what = f"{len(wanted)} packages take {needed / 1e9:.1f} GB"
    if free < needed and not ROMS.is_dir():
        raise LabError(f"{what}, and {free / 1e9:.1f} GB are free in {paths.BUILD}; {one}")
    print(f"roms: {what} and some minutes, the first time; {one}", file=sys.stderr, flush=True)


def _build_all(wanted: list[tuple[str, str]], make: Callable[..., Path]) -> int:
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        try:
            done = pool.map(lambda choice: make(*choice), wanted)
            for number, ((model, rom), folder) in enumerate(zip(wanted, done), 1):
                said = f"[{number}/{len(wanted)}] {model} {rom}: {paths.short(folder)}"
                print(said, file=sys.stderr, flush=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    _sweep(ROMS)
    size = _used_bytes(ROMS) / (1 << 20)
    print(f"{len(wanted)} package{'s' * (len(wanted) != 1)} in {os.path.relpath(ROMS)}, {size:.0f} MiB", file=sys.stderr)
    return 0
